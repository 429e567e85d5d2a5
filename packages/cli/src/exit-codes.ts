import { PortolanError } from "@portolan/core";

/** What the command's exit codes mean; the reference page lists them. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "Done. `start` and `dev`: stopped by a signal, with nothing left in process." },
  failures: { code: 1, meaning: "Done, but something failed: a message, a finding, a case." },
  usage: { code: 2, meaning: "The command line was not understood." },
  configuration: { code: 3, meaning: "The app's configuration is not valid, or a variable that it needs is not set." },
  store: {
    code: 4,
    meaning:
      "The store cannot be used: none there, locked by another node, damaged, of a newer version, or not writable; or it ended by itself.",
  },
  network: { code: 5, meaning: "An address cannot be listened on, such as a port in use." },
  notDrained: {
    code: 6,
    meaning: "`start`: stopped, but messages were still in process at the deadline. Those of durable channels are delivered again.",
  },
  bug: { code: 70, meaning: "A bug: in Portolan, or (`start`) an exception in the app's code outside any message." },
  interrupted: { code: 130, meaning: "Ended at once by a second SIGINT." },
  terminated: { code: 143, meaning: "Ended at once by a second SIGTERM." },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

export type ExitName = keyof typeof EXIT_CODES;

const BY_ERROR: Readonly<Record<string, ExitName>> = {
  PORTOLAN_USAGE: "usage",
  PORTOLAN_CONFIG_INVALID: "configuration",
  PORTOLAN_SECRET_MISSING: "configuration",
  PORTOLAN_STORE_ENDED: "store",
  PORTOLAN_STORE_FAILED: "store",
  PORTOLAN_STORE_CORRUPT: "store",
  PORTOLAN_STORE_LOCKED: "store",
  PORTOLAN_STORE_MISSING: "store",
  PORTOLAN_STORE_VERSION: "store",
  PORTOLAN_PORT_IN_USE: "network",
};

/** How the process ends after an error. */
export function exitOf(error: unknown): ExitName {
  if (!(error instanceof PortolanError)) return "bug";
  return BY_ERROR[error.code] ?? "failures";
}
