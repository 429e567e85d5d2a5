import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { cacheControl, directiveMs, type Directives } from "./cache-control.ts";
import { replyHeader } from "./reply-headers.ts";

/** How long a reply can be used again, from when it was made. */
export interface Lifetime {
  readonly freshMs: number;
  /** For so long beyond it may be sent while it is being made anew (RFC 5861). */
  readonly staleMs: number;
  /** How old it was already when the door sent it. */
  readonly ageMs: number;
  /** The names of the request headers that it was chosen by. */
  readonly vary: readonly string[];
}

export interface CacheTimes {
  readonly ttl?: number | undefined;
  readonly staleWhileRevalidate: number;
}

/** Statuses whose replies may be given a lifetime that they do not name (RFC 9110, section 15.1), but for partial ones. */
const HEURISTIC = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Whether a shared cache may store the reply to a GET (RFC 9111, section 3), and for how long it is of use; undefined if not. */
export function lifetimeOf(
  exchange: Exchange,
  reply: { status: number; headers: ReplyHeaders; now: number },
  times: CacheTimes,
): Lifetime | undefined {
  const { status, headers, now } = reply;
  const directives = cacheControl(replyHeader(headers, "cache-control"));
  if (status < 200 || status === 206 || status === 304) return undefined;
  // Nobody else is to have what is made for one caller. `no-cache` could be stored, but the door would be asked each time.
  if (directives.has("no-store") || directives.has("private") || directives.has("no-cache")) return undefined;
  if (replyHeader(headers, "set-cookie") !== undefined) return undefined;
  if (cacheControl(exchange.headers["cache-control"]).has("no-store")) return undefined;
  const isPersonal = exchange.headers["authorization"] !== undefined || exchange.headers["cookie"] !== undefined;
  if (isPersonal && !["public", "s-maxage", "must-revalidate"].some((name) => directives.has(name))) return undefined;
  const vary = namesOf(replyHeader(headers, "vary"));
  if (vary.includes("*")) return undefined;
  const named = namedLifetime(directives, headers, now);
  const freshMs = named ?? (HEURISTIC.has(status) ? times.ttl : undefined);
  const ageMs = Number(replyHeader(headers, "age") ?? 0) * 1000 || 0;
  if (freshMs === undefined || freshMs <= ageMs) return undefined;
  return { freshMs, ageMs, vary, staleMs: staleFor(directives, times) };
}

function namedLifetime(directives: Directives, headers: ReplyHeaders, now: number): number | undefined {
  const named = directiveMs(directives, "s-maxage") ?? directiveMs(directives, "max-age");
  if (named !== undefined) return named;
  const expires = replyHeader(headers, "expires");
  if (expires === undefined) return undefined;
  const date = Date.parse(replyHeader(headers, "date") ?? "");
  // What is no date, such as 0, is in the past (section 5.3).
  return (Date.parse(expires) || 0) - (Number.isNaN(date) ? now : date);
}

function staleFor(directives: Directives, times: CacheTimes): number {
  if (["must-revalidate", "proxy-revalidate", "s-maxage"].some((name) => directives.has(name))) {
    // s-maxage implies proxy-revalidate (section 5.2.2.10).
    return 0;
  }
  return directiveMs(directives, "stale-while-revalidate") ?? times.staleWhileRevalidate;
}

function namesOf(list: string | undefined): readonly string[] {
  return (list ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
