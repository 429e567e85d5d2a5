import type { Message, PortolanError, Random, RetryOptions } from "@portolan/core";

const DEFAULTS = {
  attempts: 5,
  delay: 1000,
  backoff: "exponential",
  factor: 2,
  maxDelay: 60_000,
  jitter: "equal",
  wait: "inline",
} as const;

/** Retry options with everything filled in. */
export interface RetryPlan {
  readonly attempts: number;
  readonly wait: "inline" | "parked";
  readonly maxElapsed: number | undefined;
  readonly retryWhile: ((message: Message) => boolean | Promise<boolean>) | undefined;
  /** Milliseconds before attempt `n` (the first is 1), jitter included. */
  delayBefore(attempt: number, error?: PortolanError): number;
}

export interface RetryContext {
  readonly random: Random;
  /** What fills in options left out, before the defaults. */
  readonly inherited: RetryOptions;
  predicate(expression: NonNullable<RetryOptions["retryWhile"]>): (message: Message) => boolean | Promise<boolean>;
}

/** flow-format section 10, Retry. */
export function planRetry(options: RetryOptions, context: RetryContext): RetryPlan {
  const all = { ...DEFAULTS, ...defined(context.inherited), ...defined(options) };
  const attempts = all.attempts === "unlimited" ? Infinity : all.attempts;
  return {
    attempts,
    wait: all.wait,
    maxElapsed: all.maxElapsed,
    retryWhile: all.retryWhile === undefined ? undefined : context.predicate(all.retryWhile),
    delayBefore(attempt, error) {
      const asked = error?.retryAfterMs ?? 0;
      return Math.max(asked, jittered(baseDelay(all, attempt), all.jitter, context.random));
    },
  };
}

function baseDelay(
  options: Required<Pick<RetryOptions, "delay" | "backoff" | "factor" | "maxDelay">> & RetryOptions,
  attempt: number,
): number {
  const { delay = 0, backoff, factor = 1, maxDelay = Infinity, delays } = options;
  if (delays !== undefined && delays.length > 0) return delays[Math.min(attempt - 2, delays.length - 1)] ?? 0;
  switch (backoff) {
    case "fixed":
      return delay;
    case "linear":
      return Math.min(delay * (attempt - 1), maxDelay);
    default:
      return Math.min(delay * factor ** (attempt - 2), maxDelay);
  }
}

function jittered(delay: number, jitter: RetryOptions["jitter"], random: Random): number {
  if (delay === 0 || jitter === "none") return delay;
  return jitter === "full" ? delay * random.next() : delay / 2 + (delay / 2) * random.next();
}

/** Options without those left out, so that they do not hide inherited ones. */
function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
