import { join } from "node:path";
import {
  isRecord,
  option,
  optional,
  readOptions,
  withDefault,
  type Duration,
  type Durability,
  type Finding,
  type LogLevel,
  type OptionsOf,
  type ReadContext,
} from "@portolan/core";
import { checkHttp, httpOptions, type HttpInput } from "./http-config.ts";
import type { SourceFile } from "./source-file.ts";

/** What people write in `portolan.config.ts` or `portolan.config.json`; all of it is optional. */
export interface PortolanConfig {
  readonly name?: string;
  readonly main?: string;
  readonly http?: HttpInput;
  readonly store?: { readonly directory?: string };
  readonly journal?: "all" | "failures" | "none";
  readonly retention?: { readonly olderThan?: Duration; readonly maxEntries?: number };
  readonly durability?: Durability;
  readonly drain?: Duration;
  readonly log?: LogLevel;
}

const storeOptions = {
  directory: withDefault(option.text, ".portolan", "Where the embedded store keeps its files, relative to the app."),
};

const retentionOptions = {
  olderThan: withDefault(option.duration, 7 * 86_400_000, "Journal entries and processed messages older than this are removed."),
  maxEntries: withDefault(option.integer({ min: 1 }), 1_000_000, "Journal entries beyond this many are removed, oldest first."),
};

/** The configuration of a node: the single source of its types, defaults and reference page. */
export const configOptions = {
  name: optional(option.text, "The app's name. Default: that of the app in code, or the folder's."),
  main: optional(
    option.text,
    "The file whose default export is the app. Default: app.ts or index.ts (or .js, .mts, .mjs) if there is one.",
  ),
  http: withDefault(
    option.object(httpOptions),
    { host: "127.0.0.1", port: 8080, trustedProxies: [], proxies: {} },
    "The HTTP host that doors share; it also serves /health/live and /health/ready.",
  ),
  store: withDefault(option.object(storeOptions), { directory: ".portolan" }, "The embedded store."),
  journal: withDefault(
    option.oneOf("all", "failures", "none"),
    "failures",
    "Which messages leave a journal entry with the timeline of their steps.",
  ),
  retention: withDefault(
    option.object(retentionOptions),
    { olderThan: 7 * 86_400_000, maxEntries: 1_000_000 },
    "How long the store keeps what is finished.",
  ),
  durability: withDefault(
    option.oneOf("power-loss", "process-crash", "none"),
    "power-loss",
    "What an acknowledged message of a route survives, for routes that do not say.",
  ),
  drain: withDefault(option.duration, 10_000, "How long a stop waits for the messages in process."),
  log: withDefault(option.oneOf("debug", "info", "warn", "error"), "info", "The least level that is logged."),
};

export type NodeConfig = OptionsOf<typeof configOptions>;

export interface ConfigReading {
  /** Undefined if anything is wrong. */
  readonly config: NodeConfig | undefined;
  readonly findings: readonly Finding[];
}

/** Reads a configuration by its options; `place` finds where a path stands in the file. */
export function readConfig(source: SourceFile | undefined, environment: Environment): ConfigReading {
  const findings: Finding[] = [];
  const context = configContext("", { findings, environment, source });
  const value = source?.value ?? {};
  if (!isRecord(value)) {
    context.report({
      message: "the configuration must be a map",
      expected: "a default export such as { http: { port: 8080 } }",
      found: typeof value,
    });
    return { config: undefined, findings };
  }
  const config = readOptions(configOptions, value, context);
  if (config !== undefined) checkHttp(config.http, context.at("http"));
  return { config: findings.length === 0 ? config : undefined, findings };
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface ConfigReader {
  readonly findings: Finding[];
  readonly environment: Environment;
  readonly source: SourceFile | undefined;
}

function configContext(path: string, reader: ConfigReader): ReadContext {
  const report: ReadContext["report"] = (finding) => {
    const place = reader.source?.place(path);
    reader.findings.push({ path: path === "" ? "config" : `config.${path}`, ...finding, ...(place === undefined ? {} : { place }) });
  };
  const noSteps = () => undefined;
  return {
    path,
    at: (segment) => configContext(path === "" ? String(segment) : `${path}.${segment}`, reader),
    report,
    variable(name) {
      const value = reader.environment[name];
      if (value === undefined) report(missingVariable(name));
      return value;
    },
    substitute: (value) => value,
    nested: { steps: noSteps, target: noSteps, source: noSteps },
  };
}

/** A finding for an environment variable that is not set. */
function missingVariable(name: string): Pick<Finding, "message" | "expected" | "found" | "hint"> {
  return {
    message: `the environment variable ${name} is not set`,
    expected: `a value for \${${name}}`,
    found: "nothing",
    hint: `set it before the start, such as: ${name}=… portolan start`,
  };
}

/** The directory of the embedded store of an app. */
export function storeDirectory(directory: string, config: NodeConfig): string {
  return join(directory, config.store.directory);
}
