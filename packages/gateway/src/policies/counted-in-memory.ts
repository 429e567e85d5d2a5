import { MAX_CALLERS, allowanceAt, type CallerLimit, type Count } from "./caller-limit.ts";

/** Counts in the memory of the node. */
export function countedInMemory<Known>(count: Count<Known>): CallerLimit {
  // In the order of the last grant.
  const callers = new Map<string, Known>();
  return {
    take(caller, now) {
      const taken = count.take(callers.get(caller), 1, now);
      if (taken.granted > 0) {
        callers.delete(caller);
        callers.set(caller, taken.known);
        for (const [oldest, known] of callers) {
          if (callers.size <= MAX_CALLERS && count.endOf(known) > now) break;
          callers.delete(oldest);
        }
      }
      return allowanceAt(0, taken);
    },
  };
}
