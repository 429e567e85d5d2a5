import { isPair } from "./calendar-quota.ts";
import type { Count } from "./caller-limit.ts";

/** Moments with how many requests each was granted, the oldest first. */
type Grants = readonly (readonly [at: number, granted: number])[];

/** So many moments are told apart within a span, so that a row stays small whatever the limit. */
const MOMENTS = 1000;

/**
 * The sliding window as data, for a store. No span of `perMs` has more than `limit` granted requests: a request counts from the
 * end of the thousandth of a span that it came in, so that allowance comes back that much later at the most. Of nodes
 * whose clocks differ, one that is behind counts from the latest moment.
 */
export function windowCount(limit: number, perMs: number): Count<Grants> {
  const step = Math.ceil(perMs / MOMENTS);
  return {
    take(known = [], wanted, now) {
      const within = known.filter(([at]) => at > now - perMs);
      const before = within.reduce((sum, [, count]) => sum + count, 0);
      const granted = Math.max(0, Math.min(wanted, limit - before));
      const grants = granted === 0 ? within : added(within, Math.ceil(now / step) * step, granted);
      const oldest = grants[0]?.[0] ?? now;
      return { known: grants, granted, remaining: Math.max(0, limit - before - granted), resetMs: oldest + perMs - now };
    },
    endOf: (grants) => (grants.at(-1)?.[0] ?? 0) + perMs,
    read: (stored) => (Array.isArray(stored) && stored.every(isPair) ? stored : undefined),
  };
}

function added(grants: Grants, at: number, granted: number): Grants {
  const last = grants.at(-1);
  if (last === undefined || last[0] < at) return [...grants, [at, granted]];
  return [...grants.slice(0, -1), [last[0], last[1] + granted]];
}
