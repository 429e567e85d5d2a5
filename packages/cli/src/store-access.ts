import { resolve } from "node:path";
import type { StoreAdmin } from "@portolan/stores";
import type { Io, OptionDefinition } from "./command.ts";

/** Options of the commands that look into a store. */
export const STORE_OPTIONS = {
  store: {
    type: "string",
    value: "DIR",
    description: "The directory of the store. Default: that of the app in the working directory (.portolan).",
  },
  json: { type: "boolean", description: "Print JSON, one object a line, instead of a table." },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

/** Lends the store to `use`, while a node runs on it or when none does. */
export async function withStore<Result>(io: Io, given: string | undefined, use: (store: StoreAdmin) => Promise<Result>): Promise<Result> {
  const directory = given === undefined ? await configuredDirectory(io) : resolve(io.directory, given);
  const [{ openSqliteStoreForAdmin }, { createSystemClock }] = await Promise.all([import("@portolan/stores"), import("@portolan/host")]);
  const store = await openSqliteStoreForAdmin({ directory, clock: createSystemClock() });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function configuredDirectory(io: Io): Promise<string> {
  const { loadConfig, storeDirectory } = await import("@portolan/host");
  return storeDirectory(io.directory, await loadConfig(io.directory, io.environment));
}

/** Prints one JSON object a line. */
export async function writeJsonLines(io: Io, values: Iterable<unknown>): Promise<void> {
  const { jsonText } = await import("@portolan/host");
  for (const value of values) io.stdout.write(`${jsonText(value)}\n`);
}
