import { resolve } from "node:path";
import { usage } from "./arguments.ts";
import type { CommandDefinition, Io, OptionDefinition, OptionValues } from "./command.ts";

export const TEST_OPTIONS = {
  cases: { type: "string", value: "DIR", description: "Run the case files of this directory, each with a flow of its own." },
  watch: { type: "boolean", short: "w", description: "Run again whenever a file of the app or a case changes." },
  coverage: { type: "boolean", description: "Show which steps ran and which branches messages took, and list the others." },
  "min-coverage": { type: "string", value: "N", description: "Fail if less than N percent of steps and branches were reached." },
  report: {
    type: "string",
    value: "KIND=FILE",
    description: "Write a report as well: junit=FILE or json=FILE. May be given several times.",
    many: true,
  },
  diff: { type: "boolean", description: "Show expected and found values line by line; without --cases they always are." },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

export type ReportKind = "junit" | "json";

/** What to test, and how. Plain data: it is also sent to the process that runs the tests of a watch. */
export interface TestOrder {
  /** The app's directory, or its one file. */
  readonly path: string;
  /** The directory of cases that have flows of their own, instead of those of the app. */
  readonly cases: string | undefined;
  readonly diff: boolean;
  readonly coverage: boolean;
  readonly minCoverage: number | undefined;
  readonly reports: readonly { readonly kind: ReportKind; readonly file: string }[];
}

interface TestArguments {
  readonly path: string;
  readonly options: OptionValues<typeof TEST_OPTIONS>;
  readonly io: Io;
  readonly command: CommandDefinition;
}

export function testOrder({ path, options, io, command }: TestArguments): TestOrder {
  const minCoverage = options["min-coverage"] === undefined ? undefined : percentage(options["min-coverage"], command);
  const coverage = options.coverage === true || minCoverage !== undefined;
  if (coverage && options.cases !== undefined) {
    throw usage(command, "coverage is that of an app, and the cases of --cases have flows of their own", "leave --cases out");
  }
  return {
    path: resolve(io.directory, path),
    cases: options.cases === undefined ? undefined : resolve(io.directory, options.cases),
    diff: options.diff === true || options.cases === undefined,
    coverage,
    minCoverage,
    reports: (options.report ?? []).map((wish) => reportOf(wish, io, command)),
  };
}

function percentage(text: string, command: CommandDefinition): number {
  const number = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number <= 100) return number;
  throw usage(command, `--min-coverage expects a number from 0 to 100, found ${JSON.stringify(text)}`);
}

function reportOf(wish: string, io: Io, command: CommandDefinition): TestOrder["reports"][number] {
  const [, kind, file] = /^(junit|json)=(.+)$/.exec(wish) ?? [];
  if ((kind !== "junit" && kind !== "json") || file === undefined)
    throw usage(command, `--report expects junit=FILE or json=FILE, found ${JSON.stringify(wish)}`);
  return { kind, file: resolve(io.directory, file) };
}
