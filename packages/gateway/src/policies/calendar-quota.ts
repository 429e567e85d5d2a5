import type { Count } from "./caller-limit.ts";

export type QuotaPeriod = "hour" | "day" | "month";

/** The end of a period, and how many requests were granted in it. */
type Used = readonly [endsAt: number, granted: number];

/** So many requests in each hour, day or month of the calendar (UTC). What is refused does not count. */
export function calendarQuota(limit: number, period: QuotaPeriod): Count<Used> {
  return {
    take(known, wanted, now) {
      const [endsAt, before] = known !== undefined && known[0] > now ? known : [endOf(period, now), 0];
      const granted = Math.max(0, Math.min(wanted, limit - before));
      const used = before + granted;
      return { known: [endsAt, used], granted, remaining: Math.max(0, limit - used), resetMs: endsAt - now };
    },
    endOf: ([endsAt]) => endsAt,
    read: (stored) => (isPair(stored) ? stored : undefined),
  };
}

export function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "number");
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
