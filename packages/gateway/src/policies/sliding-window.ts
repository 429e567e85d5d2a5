import { MAX_CALLERS, type Allowance, type CallerLimit } from "./caller-limit.ts";
import { createRecentMap } from "./recent-map.ts";

/** The times of the last requests that were granted, the oldest at `next` once there are as many as the limit. */
interface Grants {
  readonly times: number[];
  next: number;
}

export interface SlidingWindow extends CallerLimit {
  take(caller: string, now: number): Allowance;
}

/**
 * Exact: no span of `perMs`, wherever it begins, has more than `limit` granted requests of a caller. What is refused does
 * not count. Callers without a request in such a span take no memory.
 */
export function createSlidingWindow(limit: number, perMs: number): SlidingWindow {
  // In the order of the last grant.
  const callers = createRecentMap<Grants>();

  const forget = (now: number) => {
    for (let one = callers.oldest(); one !== undefined; one = callers.oldest()) {
      const { times, next } = one.value;
      const last = times[(next + times.length - 1) % times.length] ?? 0;
      if (last > now - perMs && callers.size <= MAX_CALLERS) return;
      callers.delete(one.key);
    }
  };

  return {
    take(caller, now) {
      forget(now);
      const grants = callers.get(caller) ?? { times: [], next: 0 };
      const { times } = grants;
      const oldest = times[grants.next];
      if (times.length === limit && oldest !== undefined && oldest > now - perMs)
        return { granted: false, remaining: 0, resetMs: oldest + perMs - now };
      if (times.length < limit) times.push(now);
      else {
        times[grants.next] = now;
        grants.next = (grants.next + 1) % limit;
      }
      callers.set(caller, grants);
      const expired = countExpired(grants, now - perMs);
      const first = times[(grants.next + expired) % times.length] ?? now;
      return { granted: true, remaining: limit - (times.length - expired), resetMs: first + perMs - now };
    },
  };
}

/** How many of the times are not after the given one; they are in order, seen from `next`. */
function countExpired({ times, next }: Grants, until: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[(next + middle) % times.length] ?? 0) <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}
