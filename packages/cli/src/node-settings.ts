import { resolve } from "node:path";
import { usage } from "./arguments.ts";
import type { CommandDefinition, Io, OptionDefinition, OptionValues } from "./command.ts";

/** Options of the commands that run a node; they go before the app's configuration. */
export const NODE_OPTIONS = {
  port: { type: "string", short: "p", value: "PORT", description: "The port of the HTTP host; 0 takes any free one." },
  host: { type: "string", value: "ADDRESS", description: "The address it listens on; 0.0.0.0 is every network of the machine." },
  store: { type: "string", value: "DIR", description: "The directory of the store, or `memory` for one that ends with the process." },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

export interface NodeSettings {
  readonly http: { readonly host?: string; readonly port?: number };
  readonly store?: string;
}

/** The options of a command that runs a node. */
export function nodeSettings(options: OptionValues<typeof NODE_OPTIONS>, command: CommandDefinition, io: Io): NodeSettings {
  const { host, port, store } = options;
  return {
    http: { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port: portNumber(port, command) }) },
    ...(store === undefined ? {} : { store: store === "memory" ? store : resolve(io.directory, store) }),
  };
}

function portNumber(text: string, command: CommandDefinition): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usage(command, `--port expects a port from 0 to 65535, found ${JSON.stringify(text)}`);
}
