import { createHash } from "node:crypto";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { replyHeader, withHeader } from "../reply-headers.ts";
import { httpDate } from "./storable.ts";

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
  const since = httpDate(asText(exchange.headers["if-modified-since"]));
  const modified = httpDate(replyHeader(headers, "last-modified"));
  return since !== undefined && modified !== undefined && modified <= since;
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

/** What a door itself can tell by whether its content is still the same. */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

export function validatorsOf(headers: ReplyHeaders): Validators {
  return { etag: replyHeader(headers, "etag"), lastModified: replyHeader(headers, "last-modified") };
}

/** The request as the cache makes it: with the conditions of what it has itself, or none, so that the reply can be stored. */
export function conditionalOn(headers: Exchange["headers"], stored: Validators | undefined): Exchange["headers"] {
  const { "if-none-match": _tags, "if-modified-since": _since, ...others } = headers;
  if (stored === undefined) return others;
  return {
    ...others,
    ...(stored.etag === undefined ? {} : { "if-none-match": stored.etag }),
    ...(stored.lastModified === undefined ? {} : { "if-modified-since": stored.lastModified }),
  };
}

/** Whether headers without content are those of the stored content (RFC 9111, sections 4.3.3 to 4.3.5). What they do not tell does not differ. */
export function isSameContent(stored: Validators, newer: ReplyHeaders): boolean {
  const { etag, lastModified } = validatorsOf(newer);
  if (etag !== undefined) return stored.etag !== undefined && opaque(etag) === opaque(stored.etag);
  return lastModified === undefined || stored.lastModified === undefined || lastModified === stored.lastModified;
}

function asText(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
