import { createHash } from "node:crypto";
import { PortolanError, option, required, type OptionsOf } from "@portolan/core";
import { handleLater } from "../handle-later.ts";
import { callerOf, callerOption } from "./caller.ts";
import type { Allowance, CallerLimit, Count } from "./caller-limit.ts";
import { calendarQuota } from "./calendar-quota.ts";
import { countedInMemory } from "./counted-in-memory.ts";
import { countedInStore } from "./counted-in-store.ts";
import { keepInOption, storeFor, type KeepIn } from "./keep-in.ts";
import type { Policy, PolicyContext } from "./policy.ts";
import { createSlidingWindow } from "./sliding-window.ts";
import { windowCount } from "./window-count.ts";

export const rateLimitOptions = {
  requests: required(option.integer({ min: 1, max: 100_000 }), "So many requests of one caller are answered."),
  per: required(option.duration, "In any span of this length, wherever it begins.", { example: "1s" }),
  header: callerOption,
  keepIn: keepInOption("counts are", "memory"),
};

export const quotaOptions = {
  requests: required(option.integer({ min: 1 }), "So many requests of one caller are answered."),
  per: required(option.oneOf("hour", "day", "month"), "In each of these of the calendar (UTC)."),
  header: callerOption,
  keepIn: keepInOption("counts are", "the store"),
};

export type RateLimitOptions = OptionsOf<typeof rateLimitOptions>;
export type QuotaOptions = OptionsOf<typeof quotaOptions>;

export function checkRateLimit({ per }: RateLimitOptions): readonly string[] {
  return per > 0 ? [] : ["rateLimit: per must be longer than nothing"];
}

/** For bursts. Requests beyond it are 429 with `Retry-After`. */
export function rateLimit({ requests: limit, per, header, keepIn = "memory" }: RateLimitOptions, context: PolicyContext): Policy {
  const words = { name: "rate", limit, windowSeconds: per / 1000, header };
  const counter = counterIn(keepIn, windowCount(limit, per), { ...context, scope: `rate ${per}` }) ?? createSlidingWindow(limit, per);
  return limited(words, counter, context);
}

/** For what a caller may use in the long run. Requests beyond it are 429 with `Retry-After`. */
export function quota({ requests: limit, per, header, keepIn }: QuotaOptions, context: PolicyContext): Policy {
  const words = { name: "quota", limit, windowSeconds: SECONDS[per], header };
  const place = keepIn ?? (context.store === undefined ? "memory" : "store");
  const count = calendarQuota(limit, per);
  return limited(words, counterIn(place, count, { ...context, scope: `quota ${per}` }) ?? countedInMemory(count), context);
}

function counterIn<Known>(
  place: KeepIn,
  count: Count<Known>,
  { scope, ...context }: PolicyContext & { readonly scope: string },
): CallerLimit | undefined {
  const store = storeFor(place, context);
  if (store === undefined) return undefined;
  const counter = countedInStore(count, { store, clock: context.clock, scope: `http ${scope} ${context.name}` });
  // A caller may be named by a secret, which does not belong on the disk.
  return { take: (caller, now) => counter.take(createHash("sha256").update(caller).digest("base64url"), now) };
}

/** What the reply's headers call the length of a period; a month is told as its longest. */
const SECONDS = { hour: 3600, day: 86_400, month: 31 * 86_400 };

interface LimitWords {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly header: string | undefined;
}

/** Tells callers of the limit in the fields of draft-ietf-httpapi-ratelimit-headers. What cannot be counted is not answered. */
function limited({ name, limit, windowSeconds, header }: LimitWords, counter: CallerLimit, { clock }: PolicyContext): Policy {
  const named = header?.toLowerCase();
  const policyField = `"${name}";q=${limit};w=${Math.ceil(windowSeconds)}`;
  return (door) => ({
    ...door,
    handle(exchange) {
      const goOn = ({ granted, remaining, resetMs }: Allowance) => {
        exchange.addHeaders({
          "ratelimit-policy": policyField,
          ratelimit: `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
        });
        if (granted) return door.handle(exchange);
        exchange.fail(new PortolanError("PORTOLAN_THROTTLED", `the caller's ${name} limit is used up`, { retryAfterMs: resetMs }));
      };
      const allowance = counter.take(callerOf(exchange, named), clock.now());
      return allowance instanceof Promise ? handleLater(exchange, allowance.then(goOn)) : goOn(allowance);
    },
  });
}
