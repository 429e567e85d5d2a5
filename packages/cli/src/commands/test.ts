import { defineCommand } from "../command.ts";
import { TEST_OPTIONS, testOrder } from "../test-order.ts";

export const test = defineCommand({
  name: "test",
  summary: "Runs the case files of an app: what is sent to it and what must be seen, on a virtual clock.",
  details: `Every \`*.case.yaml\` in the app's directory and below is run in the order of the names and gets one line: \`ok NAME\`, \`FAIL NAME: what differs\`, or \`skip NAME: needs what\` for a pattern or a capability that there is not. The last line counts them.

Stores are in memory, and nothing is opened: the app's targets record what they get under their addresses, such as \`rest:POST \${ERP_URL}/orders\`, and answer as the case says. A case may have a \`flow\` of its own instead.

With \`--cases\` every case of that directory must have a flow. TypeScript tests use \`testApp\` of \`portolan/testing\` in your own test runner.`,
  positionals: [
    {
      name: "DIR",
      description:
        "The app's directory, or one flow file or TypeScript file. With --cases: where contracts are found. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: TEST_OPTIONS,
  examples: [
    { line: "portolan test", does: "Runs the cases of the app in this directory." },
    { line: "portolan test --watch", does: "Runs them again whenever a file changes." },
    { line: "portolan test --coverage --min-coverage 80 --report junit=out/junit.xml", does: "For a build server." },
    { line: "portolan test --cases cases", does: "Runs the cases below ./cases, each with its own flow." },
  ],
  async run({ positionals: [path = "."], options, io }) {
    const order = testOrder({ path, options, io, command: test });
    if (options.watch === true) {
      const { superviseTests } = await import("../test-supervisor.ts");
      return superviseTests(order, io);
    }
    const { runTests } = await import("../test-run.ts");
    return runTests(order, { io });
  },
});
