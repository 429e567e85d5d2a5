import type { Clock } from "@portolan/core";

export interface BreakerOptions {
  readonly failureRate: number;
  readonly window: number;
  readonly minCalls: number;
  readonly openFor: number;
  readonly halfOpenCalls: number;
}

export type BreakerState = "closed" | "open" | "half-open";

/** The right to make one call. */
export interface Permit {
  record(outcome: "success" | "failure" | "ignored"): void;
  /** The call was not made after all. */
  cancel(): void;
}

/** The state that breakers of one name share. */
export interface Breaker {
  /** Calls in process. */
  concurrent: number;
  state(): BreakerState;
  /** undefined: the call must not be made. */
  ask(): Permit | undefined;
}

export function createBreaker(options: BreakerOptions, clock: Clock): Breaker {
  let calls: boolean[] = [];
  let failures = 0;
  let openedAt: number | undefined;
  /** The trial of one half-open phase; a late call of an earlier phase no longer counts. */
  let trial: { started: number; ended: number; failed: number } | undefined;

  const forget = () => {
    trial = undefined;
    calls = [];
    failures = 0;
  };
  const open = () => {
    openedAt = clock.now();
    forget();
  };
  const close = () => {
    openedAt = undefined;
    forget();
  };
  const state = (): BreakerState => {
    if (openedAt === undefined) return "closed";
    return trial !== undefined || clock.now() >= openedAt + options.openFor ? "half-open" : "open";
  };

  const recordClosed = (failed: boolean) => {
    calls.push(failed);
    if (failed) failures += 1;
    if (calls.length > options.window && calls.shift() === true) failures -= 1;
    if (calls.length >= options.minCalls && (failures * 100) / calls.length >= options.failureRate) open();
  };

  /** One for all calls: what a call of a closed breaker leaves does not depend on when it began. */
  const closedPermit: Permit = {
    record(outcome) {
      if (openedAt === undefined && outcome !== "ignored") recordClosed(outcome === "failure");
    },
    cancel: () => undefined,
  };

  const askHalfOpen = (): Permit | undefined => {
    const own = (trial ??= { started: 0, ended: 0, failed: 0 });
    if (own.started >= options.halfOpenCalls) return undefined;
    own.started += 1;
    return {
      record(outcome) {
        if (trial !== own) return;
        if (outcome === "ignored") {
          // Neither success nor failure: another call may be tried in its place.
          own.started -= 1;
          return;
        }
        own.ended += 1;
        if (outcome === "failure") own.failed += 1;
        if (own.ended < options.halfOpenCalls) return;
        if ((own.failed * 100) / own.ended >= options.failureRate) open();
        else close();
      },
      cancel() {
        own.started -= 1;
      },
    };
  };

  return {
    concurrent: 0,
    state,
    ask() {
      switch (state()) {
        case "closed":
          return closedPermit;
        case "half-open":
          return askHalfOpen();
        default:
          return undefined;
      }
    },
  };
}
