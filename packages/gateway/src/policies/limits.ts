import { PortolanError, option, required, type OptionsOf } from "@portolan/core";
import { callerOf, callerOption } from "./caller.ts";
import { createCalendarQuota } from "./calendar-quota.ts";
import type { Policy, PolicyServices } from "./policy.ts";
import { createSlidingWindow, type CallerLimit } from "./sliding-window.ts";

export const rateLimitOptions = {
  requests: required(option.integer({ min: 1, max: 100_000 }), "So many requests of one caller are answered."),
  per: required(option.duration, "In any span of this length, wherever it begins.", { example: "1s" }),
  header: callerOption,
};

export const quotaOptions = {
  requests: required(option.integer({ min: 1 }), "So many requests of one caller are answered."),
  per: required(option.oneOf("hour", "day", "month"), "In each of these of the calendar (UTC)."),
  header: callerOption,
};

export type RateLimitOptions = OptionsOf<typeof rateLimitOptions>;
export type QuotaOptions = OptionsOf<typeof quotaOptions>;

export function checkRateLimit({ per }: RateLimitOptions): readonly string[] {
  return per > 0 ? [] : ["rateLimit: per must be longer than nothing"];
}

/** For bursts. Requests beyond it are 429 with `Retry-After`. */
export function rateLimit({ requests: limit, per, header }: RateLimitOptions, services: PolicyServices): Policy {
  return limited({ name: "rate", limit, windowSeconds: per / 1000, header }, createSlidingWindow(limit, per), services);
}

/** For what a caller may use in the long run. Requests beyond it are 429 with `Retry-After`. Counted anew after a restart. */
export function quota({ requests: limit, per, header }: QuotaOptions, services: PolicyServices): Policy {
  return limited({ name: "quota", limit, windowSeconds: SECONDS[per], header }, createCalendarQuota(limit, per), services);
}

/** What the reply's headers call the length of a period; a month is told as its longest. */
const SECONDS = { hour: 3600, day: 86_400, month: 31 * 86_400 };

interface LimitWords {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly header: string | undefined;
}

/** Tells callers of the limit in the fields of draft-ietf-httpapi-ratelimit-headers. */
function limited({ name, limit, windowSeconds, header }: LimitWords, counter: CallerLimit, { clock }: PolicyServices): Policy {
  const policyField = `"${name}";q=${limit};w=${Math.ceil(windowSeconds)}`;
  return (door) => ({
    ...door,
    handle(exchange) {
      const { granted, remaining, resetMs } = counter.take(callerOf(exchange, header), clock.now());
      exchange.addHeaders({
        "ratelimit-policy": policyField,
        ratelimit: `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
      });
      if (granted) return door.handle(exchange);
      exchange.fail(new PortolanError("PORTOLAN_THROTTLED", `the caller's ${name} limit is used up`, { retryAfterMs: resetMs }));
    },
  });
}
