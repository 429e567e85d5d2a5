import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { cacheControl, directiveMs, namesOf, secondsMs, type Directives } from "./cache-control.ts";
import { replyHeader } from "../reply-headers.ts";

/** How long a reply can be used again, from when it was made. */
export interface Lifetime {
  readonly freshMs: number;
  /** For so long beyond it may be sent while it is being made anew (RFC 5861, section 3). */
  readonly staleMs: number;
  /** For so long beyond it may be sent in place of a failure (RFC 5861, section 4). */
  readonly errorMs: number;
  /** It is never sent once it is stale, whatever a request says. */
  readonly mustRevalidate: boolean;
  /** When it was made, as far as its Date and Age tell: `now - since` is its age. */
  readonly since: number;
  /** The names of the request headers that it was chosen by. */
  readonly vary: readonly string[];
}

export interface CacheTimes {
  readonly ttl?: number | undefined;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
}

/** A reply to a GET, and when the request left and the reply came. */
export interface MadeReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly askedAt: number;
  readonly now: number;
}

/** Statuses whose replies may be given a lifetime that they do not name (RFC 9110, section 15.1), but for partial ones. */
const HEURISTIC = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Statuses that `must-understand` may say of that we know what they mean for a cache. */
const UNDERSTOOD = new Set([...HEURISTIC, 302, 303, 307, 400, 401, 403, 406, 409, 415, 422, 429, 500, 502, 503, 504]);

/** Whether a shared cache may store the reply to a GET (RFC 9111, section 3), and for how long it is of use; undefined if not. */
export function lifetimeOf(exchange: Exchange, reply: MadeReply, times: CacheTimes): Lifetime | undefined {
  const { status, headers } = reply;
  const directives = cacheControl(replyHeader(headers, "cache-control"));
  if (status < 200 || status === 206 || status === 304) return undefined;
  if (cacheControl(exchange.headers["cache-control"]).has("no-store") || !mayStore(directives, status)) return undefined;
  // Nobody else is to have what is made for one caller.
  if (setsCookie(headers, directives) || (isPersonal(exchange) && !isForAll(directives))) return undefined;
  const vary = namesOf(replyHeader(headers, "vary"));
  if (vary.includes("*")) return undefined;
  const ageMs = ageOf(reply);
  const lifetime = { ...usesOf(directives, reply, times), since: reply.now - ageMs, vary };
  const isOfUse = ageMs < lifetime.freshMs + Math.max(lifetime.staleMs, lifetime.errorMs);
  return isOfUse || hasValidator(headers) ? lifetime : undefined;
}

/** Who sends these may get what is not meant for others. */
export function isPersonal({ headers }: Exchange): boolean {
  return headers["authorization"] !== undefined || headers["cookie"] !== undefined;
}

function hasValidator(headers: ReplyHeaders): boolean {
  return replyHeader(headers, "etag") !== undefined || replyHeader(headers, "last-modified") !== undefined;
}

function mayStore(directives: Directives, status: number): boolean {
  const understood = directives.has("must-understand");
  if (understood && !UNDERSTOOD.has(status)) return false;
  if (directives.has("no-store") && !understood) return false;
  // With names, `private` is about those headers alone, which are not stored.
  return (directives.get("private") ?? "names") !== "";
}

function isForAll(directives: Directives): boolean {
  return ["public", "s-maxage", "must-revalidate"].some((name) => directives.has(name));
}

function setsCookie(headers: ReplyHeaders, directives: Directives): boolean {
  return replyHeader(headers, "set-cookie") !== undefined && !unstoredNames(directives).includes("set-cookie");
}

/** The headers that `no-cache` and `private` name: they are sent once, to the caller for whom they were made. */
export function unstoredNames(directives: Directives): readonly string[] {
  return [...namesOf(directives.get("no-cache")), ...namesOf(directives.get("private"))];
}

/** `no-cache` without names: the reply is asked for anew each time. */
function isNeverFresh(directives: Directives): boolean {
  return directives.get("no-cache") === "";
}

function usesOf(
  directives: Directives,
  { status, headers, now }: MadeReply,
  times: CacheTimes,
): Pick<Lifetime, "freshMs" | "staleMs" | "errorMs" | "mustRevalidate"> {
  const named = namedLifetime(directives, headers, now) ?? (HEURISTIC.has(status) ? times.ttl : undefined) ?? 0;
  const freshMs = isNeverFresh(directives) ? 0 : Math.max(0, named);
  // s-maxage implies proxy-revalidate (section 5.2.2.10).
  const mustRevalidate =
    isNeverFresh(directives) || ["must-revalidate", "proxy-revalidate", "s-maxage"].some((name) => directives.has(name));
  if (mustRevalidate) return { freshMs, mustRevalidate, staleMs: 0, errorMs: 0 };
  // What says nothing of itself, and is given no lifetime, is not given another one either.
  const isUnnamed = named === 0 && !directives.has("max-age") && replyHeader(headers, "expires") === undefined;
  return {
    freshMs,
    mustRevalidate,
    staleMs: directiveMs(directives, "stale-while-revalidate") ?? (isUnnamed ? 0 : times.staleWhileRevalidate),
    errorMs: directiveMs(directives, "stale-if-error") ?? (isUnnamed ? 0 : times.staleIfError),
  };
}

function namedLifetime(directives: Directives, headers: ReplyHeaders, now: number): number | undefined {
  const named = directiveMs(directives, "s-maxage") ?? directiveMs(directives, "max-age");
  if (named !== undefined) return named;
  const expires = replyHeader(headers, "expires");
  if (expires === undefined) return undefined;
  // What is no date, such as 0, is in the past (section 5.3).
  return (httpDate(expires) ?? 0) - (httpDate(replyHeader(headers, "date")) ?? now);
}

/** Section 4.2.3. */
function ageOf({ headers, askedAt, now }: MadeReply): number {
  const made = httpDate(replyHeader(headers, "date"));
  const apparent = made === undefined ? 0 : Math.max(0, now - made);
  // The first of several counts, and what is no age is none (section 5.1).
  const [told = ""] = namesOf(replyHeader(headers, "age"));
  return Math.max(apparent - (apparent % 1000), (secondsMs(told) ?? 0) + (now - askedAt));
}

const DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )(?:\d{2}[ -][A-Z][a-z]{2}[ -](?:\d{4}|\d{2}) \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/i;

/** A date of HTTP (RFC 9110, section 5.6.7), in one of its three forms. What `Date.parse` makes of other texts is chance. */
export function httpDate(text: string | undefined): number | undefined {
  if (text === undefined || !DATE.test(text.trim())) return undefined;
  const isZoned = text.trim().toUpperCase().endsWith("GMT");
  const time = Date.parse(isZoned ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
