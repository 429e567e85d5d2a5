import { resolve } from "node:path";
import { type CommandDefinition, defineCommand } from "../command.ts";
import { NODE_OPTIONS, nodeSettings } from "../node-settings.ts";

export const dev: CommandDefinition = defineCommand({
  name: "dev",
  summary: "Runs an app while you work on it: restarts it when one of its files changes, and shows what it found.",
  details:
    "A change is read and checked before the running version is stopped: while it is broken, the error is shown and the version before keeps running. An app of flow files alone is reloaded in its process, so that requests that come meanwhile wait and none fails; any other starts anew. The files that count are flow files, code, the configuration and the contracts that the app names.",
  positionals: [
    {
      name: "DIR",
      description: "The app's directory, or one flow file or TypeScript file. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: NODE_OPTIONS,
  examples: [{ line: "portolan dev", does: "Runs the app in this directory, until Ctrl-C." }],
  async run({ positionals: [path = "."], options, io }) {
    const settings = nodeSettings(options, dev, io);
    const { superviseApp } = await import("../dev-supervisor.ts");
    return superviseApp({ path: resolve(io.directory, path), settings, io });
  },
});
