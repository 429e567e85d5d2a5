import { resolve } from "node:path";
import { PortolanError, type Finding } from "@portolan/core";
import type { LoadedApp } from "@portolan/host";
import { defineCommand, type Io } from "../command.ts";
import type { ExitName } from "../exit-codes.ts";
import { paintFor } from "../paint.ts";
import { version } from "../version.ts";

export const check = defineCommand({
  name: "check",
  summary: "Reads an app's configuration, flow files and code, compiles every route, checks types, and lists what is wrong.",
  details:
    "Follows the body of each route from its input contract through expressions and mappings to the contracts that it comes to. Types are checked as the app's own project does: by the TypeScript that it has installed, with its `tsconfig.json`; what is wrong in the app's files is listed. Nothing is run or opened: no store, no port, no connection (but with `--against`, apps with GraphQL, SOAP or MCP doors are started for a moment on a free port of this machine, alone, to ask the doors for their documents). Warnings do not change the exit code.",
  positionals: [
    {
      name: "DIR",
      description: "The app's directory, or one flow file or TypeScript file. Default: the working directory.",
      presence: "optional",
    },
  ],
  options: {
    against: {
      type: "string",
      value: "REV",
      description:
        "Also list what breaks those who rely on the app at a revision of git, or in another directory (../before): routes, doors, contracts, channels, and the documents that describe them (OpenAPI, AsyncAPI, the GraphQL schema, WSDL, MCP tools).",
    },
    compatibility: {
      type: "string",
      value: "MODE",
      description:
        "With --against: backward (default; this version deals with messages of the other), forward (the other with those of this), or full.",
    },
    json: { type: "boolean", description: "Print the findings as JSON, one object a line." },
    "no-types": { type: "boolean", description: "Leave the types of code to a compiler." },
  },
  examples: [
    { line: "portolan check", does: "Whether the app in this directory would start." },
    { line: "portolan check --against main", does: "Whether what was merged before can go on as it is." },
  ],
  async run({ positionals: [path = "."], options, io }) {
    const report = await findings(resolve(io.directory, path), options, io);
    return options.json === true ? writeJson(io, report) : writeText(io, report);
  },
});

interface Report {
  readonly errors: readonly (Finding & { readonly code?: string })[];
  readonly warnings: readonly Finding[];
  /** What was read, if it could be. */
  readonly summary: string;
}

interface Checks {
  readonly "no-types"?: boolean | undefined;
  readonly against?: string | undefined;
  readonly compatibility?: string | undefined;
}

async function findings(
  path: string,
  { against, compatibility = "backward", "no-types": noTypes = false }: Checks,
  io: Io,
): Promise<Report> {
  const [{ checkApp, loadApp, readCompatibility }, { platform }, { provideOwnPackage }] = await Promise.all([
    import("@portolan/host"),
    import("../platform.ts"),
    import("../user-imports.ts"),
  ]);
  provideOwnPackage();
  const mode = readCompatibility(compatibility);
  try {
    const app = await loadApp({ path, platform, environment: io.environment });
    const found = await checkApp(app, platform);
    const { routes, channels } = app.definition;
    const broken = against === undefined ? [] : await brokenAgainst(against);
    const types = noTypes ? undefined : await (await import("../type-check.ts")).checkTypes(app);
    const counts = [count(routes.length, "route"), count(channels.length, "channel"), count(app.files.length, "file")];
    const unchecked = types !== undefined && "unchecked" in types ? [`types not checked (${types.unchecked})`] : [];
    return {
      errors: [...found.errors, ...broken, ...(types !== undefined && "findings" in types ? types.findings : [])],
      warnings: found.warnings,
      summary: `${app.definition.name}: ${[...counts, ...unchecked].join(", ")}`,
    };
  } catch (error) {
    if (!(error instanceof PortolanError) || error.findings === undefined) throw error;
    return { errors: error.findings, warnings: [], summary: "" };
  }

  async function brokenAgainst(revision: string): Promise<readonly Finding[]> {
    const [{ openOtherVersion }, { brokenSince }] = await Promise.all([
      import("../other-version.ts"),
      import("../compatibility/broken-since.ts"),
    ]);
    await using version = await openOtherVersion(path, resolveDirectory(io.directory, revision));
    const [app, other] = await Promise.all([loadApp({ path, platform, environment: io.environment }), loadOther(version.path)]);
    return brokenSince(app, other, mode);
  }

  /** The other version may need variables that are gone by now. */
  async function loadOther(other: string): Promise<LoadedApp> {
    try {
      return await loadApp({ path: other, platform, environment: io.environment, variables: (name) => io.environment[name] ?? "" });
    } catch (cause) {
      if (!(cause instanceof PortolanError)) throw cause;
      throw new PortolanError("PORTOLAN_USAGE", `the app to compare with cannot be read: ${cause.message}`, { cause });
    }
  }
}

/** A directory is told from a revision by how it begins. */
function resolveDirectory(from: string, revision: string): string {
  return /^\.{1,2}([/\\]|$)/.test(revision) ? resolve(from, revision) : revision;
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
  for (const finding of errors)
    io.stdout.write(`${renderFinding({ level: "error", code: finding.code ?? "PORTOLAN_CONFIG_INVALID" }, finding, view)}\n`);
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
