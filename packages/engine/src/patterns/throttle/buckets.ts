import { PortolanError, type Clock, type Timer } from "@portolan/core";

/** Lets messages in, in arrival order, as long as there is room. */
export interface Bucket {
  /** undefined: there is room. Otherwise resolves when there is, or rejects with PORTOLAN_THROTTLED when that takes longer than `waitMs`. */
  enter(limit: number, options: EnterOptions): Promise<void> | undefined;
  /** A message that entered has ended (concurrent buckets). */
  leave(): void;
}

export interface EnterOptions {
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Waiter {
  readonly limit: number;
  pass(): void;
}

/** At most `limit` in every window of `periodMs`. `empty` is called when it holds nothing worth keeping. */
export function createRateBucket(clock: Clock, periodMs: number, empty: () => void): Bucket {
  /** When the messages of the current window passed, oldest first. */
  const passed: number[] = [];
  const queue = createQueue(clock);
  let timer: Timer | undefined;

  const release = (): void => {
    const now = clock.now();
    while (passed[0] !== undefined && passed[0] + periodMs <= now) passed.shift();
    while (queue.first !== undefined && passed.length < queue.first.limit) {
      passed.push(now);
      queue.next();
    }
    timer?.cancel();
    timer = undefined;
    const [oldest] = passed;
    if (oldest === undefined) empty();
    else timer = queue.first === undefined ? undefined : clock.after(oldest + periodMs - now, release);
  };

  return {
    enter(limit, options) {
      const now = clock.now();
      while (passed[0] !== undefined && passed[0] + periodMs <= now) passed.shift();
      if (queue.first === undefined && passed.length < limit) {
        passed.push(now);
        return undefined;
      }
      const waits = queue.wait(limit, options);
      release();
      return waits;
    },
    leave: () => undefined,
  };
}

/** At most `limit` inside at once. */
export function createConcurrencyBucket(clock: Clock, empty: () => void): Bucket {
  const queue = createQueue(clock);
  let inside = 0;
  return {
    enter(limit, options) {
      if (queue.first === undefined && inside < limit) {
        inside += 1;
        return undefined;
      }
      return queue.wait(limit, options);
    },
    leave() {
      inside -= 1;
      while (queue.first !== undefined && inside < queue.first.limit) {
        inside += 1;
        queue.next();
      }
      if (inside === 0) empty();
    },
  };
}

interface Queue {
  readonly first: Waiter | undefined;
  /** Lets the first one in. */
  next(): void;
  wait(limit: number, options: EnterOptions): Promise<void>;
}

function createQueue(clock: Clock): Queue {
  const waiting: Waiter[] = [];
  const throttled = () => new PortolanError("PORTOLAN_THROTTLED", "the limit of the throttle is reached");
  return {
    get first() {
      return waiting[0];
    },
    next() {
      waiting.shift()?.pass();
    },
    wait(limit, { waitMs, signal }) {
      if (waitMs <= 0) return Promise.reject(throttled());
      return new Promise((resolve, reject) => {
        const leave = (reason: unknown) => {
          const index = waiting.indexOf(waiter);
          if (index >= 0) waiting.splice(index, 1);
          timer?.cancel();
          reject(reason);
        };
        const onAbort = () => leave(signal?.reason);
        const timer = waitMs === Infinity ? undefined : clock.after(waitMs, () => leave(throttled()));
        const waiter: Waiter = {
          limit,
          pass() {
            timer?.cancel();
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(waiter);
      });
    },
  };
}
