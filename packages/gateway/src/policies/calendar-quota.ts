import type { CallerLimit } from "./sliding-window.ts";

export type QuotaPeriod = "hour" | "day" | "month";

/** So many requests in each hour, day or month of the calendar (UTC). What is refused does not count. */
export function createCalendarQuota(limit: number, period: QuotaPeriod): CallerLimit {
  const taken = new Map<string, number>();
  let endsAt = 0;
  return {
    take(caller, now) {
      if (now >= endsAt) {
        taken.clear();
        endsAt = endOf(period, now);
      }
      const before = taken.get(caller) ?? 0;
      const resetMs = endsAt - now;
      if (before >= limit) return { granted: false, remaining: 0, resetMs };
      taken.set(caller, before + 1);
      return { granted: true, remaining: limit - before - 1, resetMs };
    },
  };
}

function endOf(period: QuotaPeriod, now: number): number {
  const time = new Date(now);
  const [year, month, day, hour] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate(), time.getUTCHours()];
  switch (period) {
    case "hour":
      return Date.UTC(year, month, day, hour + 1);
    case "day":
      return Date.UTC(year, month, day + 1);
    case "month":
      return Date.UTC(year, month + 1, 1);
    default:
      return period satisfies never;
  }
}
