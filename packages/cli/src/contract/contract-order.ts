import { resolve } from "node:path";
import { usage, wholeNumber } from "../arguments.ts";
import type { CommandDefinition, Io, OptionDefinition, OptionValues } from "../command.ts";

export const CONTRACT_OPTIONS = {
  contract: {
    type: "boolean",
    description:
      "Test by contract instead: make requests, right and wrong ones, from the API's own description and check each answer against it.",
  },
  url: {
    type: "string",
    value: "URL",
    description: "With --contract: where the API runs. Default: the app is started on a free port of this machine.",
  },
  header: {
    type: "string",
    value: "'NAME: VALUE'",
    description: "With --contract: sent with every request, such as credentials. May be given several times.",
    many: true,
  },
  runs: { type: "string", value: "N", description: "With --contract: valid requests for each operation. Default: 50." },
  seed: { type: "string", value: "N", description: "With --contract: the same seed makes the same requests. Default: 1." },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

/** What to test by contract, and how. */
export interface ContractOrder {
  /** The app, or an API description. */
  readonly path: string;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly seed: number;
}

interface ContractArguments {
  readonly path: string;
  readonly options: OptionValues<typeof CONTRACT_OPTIONS>;
  readonly io: Io;
  readonly command: CommandDefinition;
}

export function contractOrder({ path, options, io, command }: ContractArguments): ContractOrder {
  return {
    path: resolve(io.directory, path),
    url: options.url === undefined ? undefined : urlOf(options.url, command),
    headers: Object.fromEntries((options.header ?? []).map((line) => headerOf(line, command))),
    runs: options.runs === undefined ? 50 : wholeNumber(options.runs, "--runs", 1),
    seed: options.seed === undefined ? 1 : wholeNumber(options.seed, "--seed"),
  };
}

/** Options of contract tests mean nothing without --contract. */
export function refuseContractOptions(options: OptionValues<typeof CONTRACT_OPTIONS>, command: CommandDefinition): void {
  const given = (["url", "header", "runs", "seed"] as const).find((name) => options[name] !== undefined);
  if (given !== undefined) throw usage(command, `--${given} goes with --contract`, "add --contract");
}

function urlOf(text: string, command: CommandDefinition): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usage(command, `--url expects the address of an API, such as http://127.0.0.1:9000, found ${JSON.stringify(text)}`);
  return `${url.origin}${url.pathname}`.replace(/\/$/, "");
}

function headerOf(line: string, command: CommandDefinition): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw usage(command, `--header expects 'NAME: VALUE', found ${JSON.stringify(line)}`);
  return [name.toLowerCase(), value];
}
