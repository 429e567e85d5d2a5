import { connectionFields, HOP_BY_HOP } from "./hop-by-hop.ts";
import type { ProxyOptions } from "./proxy-options.ts";

export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface AnswerFacts {
  readonly target: URL | undefined;
  /** Whether all of it is there, so that its length is counted and not believed. */
  readonly isWhole: boolean;
}

export type ReplyHead = (headers: UpstreamHeaders, answer: AnswerFacts) => Record<string, string | readonly string[]>;

/** The headers of a target's answer as the caller gets them. `x-request-id` is the host's own. */
export function createReplyHead({ responseHeaders, stripPrefix = "" }: ProxyOptions): ReplyHead {
  const set = Object.fromEntries(Object.entries(responseHeaders?.set ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const removed = new Set(["x-request-id", "__proto__", ...(responseHeaders?.remove ?? []).map((name) => name.toLowerCase())]);
  const dropped = HOP_BY_HOP.union(removed);
  const prefix = stripPrefix.replace(/\/$/, "");

  return (headers, { target, isWhole }) => {
    const ofConnection = connectionFields(headers["connection"]);
    const head: Record<string, string | readonly string[]> = {};
    for (const name in headers) {
      const value = headers[name];
      if (value === undefined || dropped.has(name) || ofConnection?.has(name) === true) continue;
      if (isWhole && name === "content-length") continue;
      head[name] = name === "location" && typeof value === "string" ? publicLocation(value, target, prefix) : value;
    }
    return Object.assign(head, set);
  };
}

/** The trailers of an answer as the caller gets them; undefined if there are none. What frames or routes a message is no trailer. */
export function replyTrailers(trailers: UpstreamHeaders): Record<string, string | readonly string[]> | undefined {
  let sent: Record<string, string | readonly string[]> | undefined;
  for (const name in trailers) {
    const value = trailers[name];
    if (value !== undefined && !HOP_BY_HOP.has(name) && !NO_TRAILER.has(name)) (sent ??= {})[name] = value;
  }
  return sent;
}

const NO_TRAILER = new Set([
  "content-length",
  "content-encoding",
  "content-type",
  "host",
  "set-cookie",
  "cache-control",
  "x-request-id",
  "__proto__",
]);

/** A redirect to the target itself leads to the proxy; any other address is none of its business. */
function publicLocation(location: string, target: URL | undefined, prefix: string): string {
  if (target === undefined) return location;
  const base = target.pathname.replace(/\/$/, "");
  const isAbsolute = location.startsWith(`${target.origin}/`);
  if (!isAbsolute && (!location.startsWith("/") || location.startsWith("//"))) return location;
  const path = isAbsolute ? location.slice(target.origin.length) : location;
  if (path !== base && !path.startsWith(`${base}/`) && !path.startsWith(`${base}?`)) return location;
  return prefix + path.slice(base.length);
}
