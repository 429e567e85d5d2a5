import { resolve } from "node:path";
import { PortolanError, nearestName, type AppDefinition } from "@portolan/core";
import { usage } from "../arguments.ts";
import { defineCommand } from "../command.ts";

export const run = defineCommand({
  name: "run",
  summary: "Sends JSON lines from stdin through a route, one message each, and prints the replies as JSON lines in the same order.",
  details: [
    "A message that failed has no line on stdout, but one on stderr: a JSON object with `line` (of the input, from 1), `code`, `kind`, `message`, `route` and `step`. A message that the route dropped is answered with `null`.",
    "Doors and other sources that feed routes are not opened; targets, and sources that steps poll, are. When the input has ended, what was sent to channels is processed too; messages that end as dead letters then are reported on stderr. The exit code is 1 if anything failed.",
    "The store is in memory and ends with the command, unless `--store` names a directory. Log lines go to stderr, as JSON.",
  ].join("\n\n"),
  positionals: [
    {
      name: "FILE",
      description: "A flow file, a TypeScript file whose default export is an app, or an app's directory.",
      presence: "required",
    },
  ],
  options: {
    route: { type: "string", value: "NAME", description: "The route to enter. Default: the only one that is not fed by a channel." },
    store: { type: "string", value: "DIR", description: "Keep channels, keys and the journal in this directory." },
  },
  examples: [
    {
      line: "portolan run orders.flow.yaml --route placeOrder < orders.ndjson",
      does: "Every line is an order; every line of the output is its receipt.",
    },
  ],
  async run({ positionals: [path = ""], options, io }) {
    const [{ loadApp }, { platform }, { provideOwnPackage }, { runLines }] = await Promise.all([
      import("@portolan/host"),
      import("../platform.ts"),
      import("../user-imports.ts"),
      import("../run-lines.ts"),
    ]);
    provideOwnPackage();
    const app = await loadApp({ path: resolve(io.directory, path), platform, environment: io.environment });
    const route = chooseRoute(app.definition, options.route);
    const failed = await runLines({ app, route, store: options.store === undefined ? "memory" : resolve(io.directory, options.store), io });
    return failed === 0 ? "ok" : "failures";
  },
});

function chooseRoute({ routes }: AppDefinition, given: string | undefined): string {
  const names = routes.map(({ id }) => id);
  if (given !== undefined) {
    if (names.includes(given)) return given;
    const nearest = nearestName(given, names);
    throw new PortolanError("PORTOLAN_USAGE", `there is no route "${given}"`, {
      hint: nearest === undefined ? `there are: ${names.join(", ")}` : `did you mean "${nearest}"?`,
    });
  }
  const entries = routes.filter(({ from }) => from.length === 0 || from.some(({ kind }) => kind !== "channel"));
  const [only] = routes.length === 1 ? routes : entries;
  if (only !== undefined && (routes.length === 1 || entries.length === 1)) return only.id;
  throw usage(undefined, "the app has several routes", `say which with --route: ${names.join(", ")}`);
}
