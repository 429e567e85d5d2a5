import { resolve } from "node:path";
import { type CommandDefinition, defineCommand } from "../command.ts";
import { NODE_OPTIONS, nodeSettings } from "../node-settings.ts";

export const start: CommandDefinition = defineCommand({
  name: "start",
  summary: "Runs an app for production: JSON logs on stdout, health, graceful drain.",
  details: [
    "`GET /health/live` answers 200 while the process lives, `GET /health/ready` 200 while it takes messages: not before the start is complete, not while it stops, and not while the store cannot write.",
    "SIGTERM and SIGINT stop it: no new message is taken, those in process are finished for as long as the configuration's `drain` says, then the store is closed. A second signal ends it at once.",
    "SIGHUP has it read its flow files again: requests that come meanwhile wait, no connection is closed, and a version that is broken changes nothing. An app in code, and a changed configuration, need a restart.",
    "A promise that was rejected in the app's code with nobody waiting for it is logged as an error, and the node goes on. An exception that was thrown to nobody (from a timer or an event) is logged, the node drains and ends with exit code 70.",
  ].join("\n\n"),
  positionals: [
    {
      name: "DIR",
      description: "The app's directory, or one flow file or TypeScript file. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: NODE_OPTIONS,
  examples: [
    { line: "portolan start", does: "Runs the app in this directory." },
    { line: "portolan start shop --port 9000 --store /var/lib/shop", does: "Another one, its store elsewhere." },
  ],
  async run({ positionals: [path = "."], options, io }) {
    const settings = nodeSettings(options, start, io);
    const [{ runNode }, { loadApp }, { platform }] = await Promise.all([
      import("../node-process.ts"),
      import("@portolan/host"),
      import("../platform.ts"),
    ]);
    return runNode({ load: () => loadApp({ path: resolve(io.directory, path), platform, environment: io.environment }), settings, io });
  },
});
