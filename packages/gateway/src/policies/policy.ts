import type { Clock } from "@portolan/core";
import type { Door } from "../door.ts";

/** A rule at an API's edge: makes of a door one that keeps it. One policy may go round many doors; what it counts, it counts for all. */
export type Policy = (door: Door) => Door;

export interface PolicyServices {
  readonly clock: Clock;
}

/** One policy of several: the first is met first by a request, and last by its reply. */
export function composePolicies(policies: readonly Policy[]): Policy {
  return (door) => policies.reduceRight((inner, policy) => policy(inner), door);
}
