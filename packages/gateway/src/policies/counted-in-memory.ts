import { MAX_CALLERS, allowanceAt, type CallerLimit, type Count } from "./caller-limit.ts";
import { createRecentMap } from "./recent-map.ts";

/** Counts in the memory of the node. */
export function countedInMemory<Known>(count: Count<Known>): CallerLimit {
  // In the order of the last grant.
  const callers = createRecentMap<Known>();
  return {
    take(caller, now) {
      const taken = count.take(callers.get(caller), 1, now);
      if (taken.granted > 0) {
        callers.set(caller, taken.known);
        for (let one = callers.oldest(); one !== undefined; one = callers.oldest()) {
          if (callers.size <= MAX_CALLERS && count.endOf(one.value) > now) break;
          callers.delete(one.key);
        }
      }
      return allowanceAt(0, taken);
    },
  };
}
