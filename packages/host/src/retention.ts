import type { Clock, Logger, Store, Timer } from "@portolan/core";

export interface RetentionOptions {
  readonly olderThanMs: number;
  readonly maxEntries: number;
  /** How often it looks. Default one minute. */
  readonly everyMs?: number;
  /** Rows removed at once, and the pause between two batches, so that messages do not have to wait. Default 2000, 50 ms. */
  readonly batch?: number;
  readonly pauseMs?: number;
}

export interface RunningRetention {
  /** Resolves when the batch in progress has ended. */
  stop(): Promise<void>;
}

/** Removes what the store no longer has to keep, in bounded batches, for as long as the node runs. */
export function startRetention(
  store: Store,
  options: RetentionOptions,
  context: { readonly clock: Clock; readonly log: Logger },
): RunningRetention {
  const { olderThanMs, maxEntries, everyMs = 60_000, batch = 2000, pauseMs = 50 } = options;
  let running: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let stopped = false;
  const next = (delayMs: number) => {
    if (!stopped) timer = context.clock.after(delayMs, () => (running = prune()));
  };
  const prune = async () => {
    try {
      const removed = await store.prune({ olderThanMs, maxEntries, batch });
      next(removed === 0 ? everyMs : pauseMs);
    } catch (error) {
      context.log.log("warn", "retention failed; tried again later", { error });
      next(everyMs);
    }
  };
  next(everyMs);
  return {
    stop() {
      stopped = true;
      timer?.cancel();
      return running;
    },
  };
}
