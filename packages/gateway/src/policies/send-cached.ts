import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { wantedRange } from "./byte-range.ts";
import type { CachedReply } from "./cache-store.ts";
import { headersOfKnown, isKnown } from "./conditional.ts";

/** The name of this cache in `Cache-Status` (RFC 9211). */
const NAME = "portolan";

export interface Sent {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
}

/** Sends a stored reply with its age. */
export function sendCached(exchange: Exchange, reply: CachedReply, { ageMs, how }: { readonly ageMs: number; readonly how: string }): void {
  const { status, body } = reply;
  const headers = { ...reply.headers, age: Math.floor(ageMs / 1000) };
  if (status !== 200 || exchange.method !== "GET" || isKnown(exchange, headers)) return sendReply(exchange, { status, headers, body }, how);
  const bytes = typeof body === "string" && exchange.headers["range"] !== undefined ? Buffer.from(body) : body;
  const range = typeof bytes === "string" ? undefined : wantedRange(exchange, headers, bytes.byteLength);
  if (range === undefined || typeof bytes === "string") return sendReply(exchange, { status, headers, body }, how);
  if (range === "none")
    return sendReply(exchange, { status: 416, headers: { "content-range": `bytes */${bytes.byteLength}` }, body: "" }, how);
  const { first, last } = range;
  const part = { ...headers, "content-range": `bytes ${first}-${last}/${bytes.byteLength}` };
  sendReply(exchange, { status: 206, headers: part, body: bytes.subarray(first, last + 1) }, how);
}

/** Sends a reply, or that the caller has it already. */
export function sendReply(exchange: Exchange, { status, headers: given, body }: Sent, how: string): void {
  const headers = { ...given, "cache-status": `${NAME}; ${how}` };
  if (status === 200 && isKnown(exchange, headers)) exchange.reply(304, headersOfKnown(headers));
  else exchange.reply(status, headers, body);
}
