import { resolve } from "node:path";
import { usage } from "../arguments.ts";
import { defineCommand } from "../command.ts";

export const test = defineCommand({
  name: "test",
  summary: "Runs case files: a flow, what is sent to it and what is expected, on a virtual clock.",
  details:
    "Every `*.case.yaml` below the directory is run in the order of the names and gets one line: `ok NAME`, `FAIL NAME: what differs`, or `skip NAME: needs what` for a pattern or a capability that there is not. The last line counts them.",
  positionals: [
    {
      name: "DIR",
      description: "The app's directory; contracts in cases are found from here. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: { cases: { type: "string", value: "DIR", description: "The directory with the case files. Required." } },
  examples: [{ line: "portolan test --cases cases", does: "Runs the cases below ./cases." }],
  async run({ positionals: [path = "."], options, io }) {
    if (options.cases === undefined) throw usage(test, "test needs --cases DIR: the directory with the case files");
    const [{ runCases }, { createCaseHarness }] = await Promise.all([import("@portolan/testkit"), import("../case-harness.ts")]);
    const harness = createCaseHarness(resolve(io.directory, path));
    const { failed } = await runCases(resolve(io.directory, options.cases), { harness, print: (line) => io.stdout.write(`${line}\n`) });
    return failed === 0 ? "ok" : "failures";
  },
});
