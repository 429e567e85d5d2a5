import type { ReplyHeaders } from "../exchange.ts";
import { cacheControl, namesOf } from "./cache-control.ts";
import { replyHeader } from "../reply-headers.ts";
import { unstoredNames } from "./storable.ts";

/** Of one connection, not of the content (RFC 9111, section 3.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What describes the stored bytes themselves, which a reply without them does not change (section 3.2). */
const OF_THE_BYTES = new Set(["content-length", "content-encoding", "content-type", "content-range"]);

/** The headers of a reply as they are stored. */
export function storedHeaders(headers: ReplyHeaders): ReplyHeaders {
  const left = new Set([
    ...HOP_BY_HOP,
    ...namesOf(replyHeader(headers, "connection")),
    ...unstoredNames(cacheControl(replyHeader(headers, "cache-control"))),
    // Told anew with each reply.
    "age",
    "content-length",
    "set-cookie",
  ]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !left.has(name.toLowerCase())));
}

/** Stored headers after a 304, or the reply to a HEAD, has brought newer ones. */
export function updatedHeaders(stored: ReplyHeaders, newer: ReplyHeaders): ReplyHeaders {
  const updates = Object.entries(newer).filter(([name]) => !OF_THE_BYTES.has(name.toLowerCase()));
  const names = new Set(updates.map(([name]) => name.toLowerCase()));
  return Object.fromEntries([...Object.entries(stored).filter(([name]) => !names.has(name.toLowerCase())), ...updates]);
}
