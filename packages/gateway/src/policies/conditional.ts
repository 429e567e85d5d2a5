import { createHash } from "node:crypto";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { replyHeader, withHeader } from "./reply-headers.ts";

/** A successful reply with an entity tag: its own, or one of its bytes. */
export function withTag(headers: ReplyHeaders, body: string | Uint8Array): ReplyHeaders {
  if (replyHeader(headers, "etag") !== undefined) return headers;
  return withHeader(headers, "etag", `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`);
}

/** Whether the caller has this content already (RFC 9110, section 13.2.2): If-None-Match, or without it If-Modified-Since. */
export function isKnown(exchange: Exchange, headers: ReplyHeaders): boolean {
  const tags = exchange.headers["if-none-match"];
  if (tags !== undefined) {
    const own = opaque(replyHeader(headers, "etag") ?? "");
    const given = String(tags).trim();
    return given === "*" || (own !== "" && [...given.matchAll(/(?:W\/)?"[^"]*"/g)].some(([tag]) => opaque(tag) === own));
  }
  const since = Date.parse(String(exchange.headers["if-modified-since"]));
  const modified = Date.parse(replyHeader(headers, "last-modified") ?? "");
  // Comparisons with what is no date are false.
  return modified <= since;
}

/** What a 304 says of the content that it stands for (RFC 9110, section 15.4.5). */
export function headersOfKnown(headers: ReplyHeaders): ReplyHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.has(name.toLowerCase())));
}

const KEPT = new Set(["age", "cache-control", "cache-status", "content-location", "date", "etag", "expires", "last-modified", "vary"]);

/** Weak comparison (RFC 9110, section 8.8.3.2). */
function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

/** The request as if the caller had nothing: the reply to it can be stored. */
export function unconditional(headers: Exchange["headers"]): Exchange["headers"] {
  const { "if-none-match": _tags, "if-modified-since": _since, ...others } = headers;
  return others;
}
