import { defineCommand, type CommandDefinition } from "../command.ts";
import { CONTRACT_OPTIONS, contractOrder, refuseContractOptions } from "../contract/contract-order.ts";
import { TEST_OPTIONS, testOrder } from "../test-order.ts";

export const test: CommandDefinition = defineCommand({
  name: "test",
  summary: "Runs the case files of an app on a virtual clock, or tries an API by its own description.",
  details: `Every \`*.case.yaml\` in the app's directory and below is run in the order of the names and gets one line: \`ok NAME\`, \`FAIL NAME: what differs\`, or \`skip NAME: needs what\` for a pattern or a capability that there is not. The last line counts them.

Stores are in memory, and nothing is opened: the app's targets record what they get under their addresses, such as \`rest:POST \${ERP_URL}/orders\`, and answer as the case says. A case may have a \`flow\` of its own instead.

With \`--contract\` requests are made from the description of the API (of an app: its REST doors, the fields of its GraphQL endpoints and the operations of its SOAP services): right ones, whose answers have to be what it says, and ones with a single thing wrong (something missing, of another type, out of range, cut off, of an unknown content type), which have to be refused with a status 4xx, or an error or a fault that says so. An app is started for it with a store in memory and reaches no other system: what it sends is taken, and whoever it asks refuses; limits of rate do not hold. What goes wrong is printed with the smallest request that shows it, as a \`curl\` command.

With \`--cases\` every case of that directory must have a flow. TypeScript tests use \`testApp\` of \`portolan/testing\` in your own test runner.`,
  positionals: [
    {
      name: "DIR",
      description:
        "The app's directory, or one flow file or TypeScript file; with --contract also a description of OpenAPI. With --cases: where contracts are found. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: { ...TEST_OPTIONS, ...CONTRACT_OPTIONS },
  examples: [
    { line: "portolan test", does: "Runs the cases of the app in this directory." },
    { line: "portolan test --watch", does: "Runs them again whenever a file changes." },
    { line: "portolan test --coverage --min-coverage 80 --report junit=out/junit.xml", does: "For a build server." },
    { line: "portolan test --contract", does: "Starts the app, and tries its REST doors with requests made of their contracts." },
    {
      line: "portolan test --contract openapi.yaml --url http://127.0.0.1:9000",
      does: "Whether an API does what its description says, whatever it is written in.",
    },
    { line: "portolan test --cases cases", does: "Runs the cases below ./cases, each with its own flow." },
  ],
  async run({ positionals: [path = "."], options, io }) {
    if (options.contract === true) {
      const { runContractTests } = await import("../contract/contract-run.ts");
      return runContractTests(contractOrder({ path, options, io, command: test }), io);
    }
    refuseContractOptions(options, test);
    const order = testOrder({ path, options, io, command: test });
    if (options.watch === true) {
      const { superviseTests } = await import("../test-supervisor.ts");
      return superviseTests(order, io);
    }
    const { runTests } = await import("../test-run.ts");
    return runTests(order, { io });
  },
});
