import type { Awaitable } from "@portolan/core";

/** What a caller has left, and when there will be more. */
export interface Allowance {
  readonly granted: boolean;
  readonly remaining: number;
  /** Until the oldest request that counts does so no more. */
  readonly resetMs: number;
}

export interface CallerLimit {
  take(caller: string, now: number): Awaitable<Allowance>;
}

/** Callers in memory beyond this many are forgotten, those first that were granted nothing for longest. */
export const MAX_CALLERS = 100_000;

/** A way of counting. What it knows of one caller is JSON data, and is never changed. */
export interface Count<Known> {
  /** Grants as many of the wanted requests as may be. */
  take(known: Known | undefined, wanted: number, now: number): Taken<Known>;
  /** When what is known says nothing any more. */
  endOf(known: Known): number;
  /** What was stored, if it is what this way of counting stores. */
  read(stored: unknown): Known | undefined;
}

export interface Taken<Known> {
  readonly known: Known;
  readonly granted: number;
  /** After all that were granted. */
  readonly remaining: number;
  readonly resetMs: number;
}

/** What the request at a place of those that were wanted together is told. */
export function allowanceAt(index: number, { granted, remaining, resetMs }: Taken<unknown>): Allowance {
  if (index >= granted) return { granted: false, remaining: 0, resetMs };
  return { granted: true, remaining: remaining + granted - index - 1, resetMs };
}
