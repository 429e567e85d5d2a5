import { resolve } from "node:path";
import { PortolanError, type Finding } from "@portolan/core";
import { defineCommand, type Io } from "../command.ts";
import type { ExitName } from "../exit-codes.ts";
import { paintFor } from "../paint.ts";
import { version } from "../version.ts";

export const check = defineCommand({
  name: "check",
  summary: "Reads an app's configuration, flow files and code, compiles every route, and lists what is wrong.",
  details:
    "Follows the body of each route from its input contract through expressions and mappings to the contracts that it comes to. Nothing is run or opened: no store, no port, no connection. Warnings do not change the exit code.",
  positionals: [
    {
      name: "DIR",
      description: "The app's directory, or one flow file or TypeScript file. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: { json: { type: "boolean", description: "Print the findings as JSON, one object a line." } },
  examples: [{ line: "portolan check", does: "Whether the app in this directory would start." }],
  async run({ positionals: [path = "."], options, io }) {
    const report = await findings(resolve(io.directory, path), io);
    return options.json === true ? writeJson(io, report) : writeText(io, report);
  },
});

interface Report {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** What was read, if it could be. */
  readonly summary: string;
}

async function findings(path: string, io: Io): Promise<Report> {
  const [{ checkApp, loadApp }, { platform }, { provideOwnPackage }] = await Promise.all([
    import("@portolan/host"),
    import("../platform.ts"),
    import("../user-imports.ts"),
  ]);
  provideOwnPackage();
  try {
    const app = await loadApp({ path, platform, environment: io.environment });
    const found = await checkApp(app, platform);
    const { routes, channels } = app.definition;
    return {
      ...found,
      summary: `${app.definition.name}: ${count(routes.length, "route")}, ${count(channels.length, "channel")}, ${count(app.files.length, "file")}`,
    };
  } catch (error) {
    if (!(error instanceof PortolanError) || error.findings === undefined) throw error;
    return { errors: error.findings, warnings: [], summary: "" };
  }
}

async function writeJson(io: Io, { errors, warnings }: Report): Promise<ExitName> {
  const { jsonText } = await import("@portolan/host");
  for (const finding of errors) io.stdout.write(`${jsonText({ level: "error", ...finding })}\n`);
  for (const finding of warnings) io.stdout.write(`${jsonText({ level: "warning", ...finding })}\n`);
  return errors.length > 0 ? "failures" : "ok";
}

async function writeText(io: Io, { errors, warnings, summary }: Report): Promise<ExitName> {
  const { renderFinding } = await import("../error-view.ts");
  const view = { paint: paintFor(io.stdout), directory: io.directory, verbose: false, version };
  for (const finding of errors) io.stdout.write(`${renderFinding({ level: "error", code: "PORTOLAN_CONFIG_INVALID" }, finding, view)}\n`);
  for (const finding of warnings) io.stdout.write(`${renderFinding({ level: "warning" }, finding, view)}\n`);
  const totals = [
    errors.length > 0 ? count(errors.length, "error") : "no errors",
    warnings.length > 0 ? count(warnings.length, "warning") : "",
  ];
  io.stdout.write(`${[summary, totals.filter(Boolean).join(", ")].filter(Boolean).join(": ")}\n`);
  return errors.length > 0 ? "failures" : "ok";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
