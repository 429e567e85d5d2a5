import type { Logger } from "@portolan/core";

export interface ProcessGuard {
  /** Resolves when the process should stop, with the reason: a signal's name, or `exception`. */
  readonly stopRequested: Promise<string>;
  /** Whether an exception outside any message was the reason. */
  readonly failed: boolean;
  release(): void;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Stops on a signal, and at once on a second one. Errors in the app's code that belong to no message never go by unseen: a promise that
 * was rejected with nobody waiting is logged and the node goes on; an exception thrown to nobody (from a timer or an event) is logged
 * and the node stops, since what it left half done is unknown.
 */
export function guardProcess(log: Logger): ProcessGuard {
  const requested = Promise.withResolvers<string>();
  let failed = false;
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    log.log("info", "stopping", { signal });
    requested.resolve(signal);
  };
  const onRejection = (reason: unknown) => log.log("error", "a promise was rejected and nobody waited for it", { error: reason });
  const onException = (error: unknown) => {
    log.log("error", "an exception was thrown outside any message: stopping", { error });
    failed = true;
    stopping = true;
    requested.resolve("exception");
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return {
    stopRequested: requested.promise,
    get failed() {
      return failed;
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("unhandledRejection", onRejection);
      process.off("uncaughtException", onException);
    },
  };
}
