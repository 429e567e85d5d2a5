import type { Clock, Store } from "@portolan/core";
import type { Door } from "../door.ts";

/** A rule at an API's edge: makes of a door one that keeps it. One policy may go round many doors; what it counts, it counts for all. */
export type Policy = (door: Door) => Door;

/** What policies need of a store, to be read and written when the first request comes. */
export type PolicyStore = Pick<Store, "state" | "commit" | "claim" | "renew" | "unclaim">;

export interface PolicyServices {
  readonly clock: Clock;
  /** Where counts and replies outlive the process and are shared by nodes. Without one they are in memory. */
  readonly store?: PolicyStore | undefined;
}

export interface PolicyContext extends PolicyServices {
  /** Whose policies these are: what they store is stored under it. */
  readonly name: string;
}
