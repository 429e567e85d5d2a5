import { basename, dirname, resolve } from "node:path";
import { type CommandDefinition, defineCommand } from "../command.ts";
import { NODE_OPTIONS, nodeSettings } from "../node-settings.ts";

const { port, host } = NODE_OPTIONS;

export const mock: CommandDefinition = defineCommand({
  name: "mock",
  summary: "Serves an API description (OpenAPI): checks requests, and answers with its examples or with what its schemas allow.",
  details: [
    "Callers choose by `Accept`, and by `Prefer: code=404`, `example=NAME`, `dynamic=true` and `seed=7`. Pages of any origin may call it.",
    "For the mocks of an app that has some routes already: `rest.mock(FILE)`, or `rest: { api: FILE, mock: true }` in a flow file.",
  ].join("\n\n"),
  positionals: [{ name: "FILE", description: "The API description: OpenAPI 2.0 to 3.2, JSON or YAML.", presence: "required" }],
  options: { port, host },
  examples: [{ line: "portolan mock openapi.yaml --port 9000", does: "Answers on http://127.0.0.1:9000, until Ctrl-C." }],
  async run({ positionals: [file = ""], options, io }) {
    const settings = nodeSettings({ ...options, store: "memory" }, mock, io);
    const path = resolve(io.directory, file);
    const [{ runNode }, { mockApp }] = await Promise.all([import("../node-process.ts"), import("../mock-app.ts")]);
    return runNode({ load: () => mockApp(dirname(path), basename(path), io.environment), settings, io });
  },
});
