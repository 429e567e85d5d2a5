import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { replyHeader } from "../reply-headers.ts";

export interface ByteRange {
  readonly first: number;
  /** The last byte itself is part of it. */
  readonly last: number;
}

/**
 * The one range of bytes that a request wants of content of a length; `none` if there is no such range, undefined if it gets the
 * whole: it asks for no range or for several, in another unit, or with the condition that the content is another one (RFC 9110, section 14.2).
 */
export function wantedRange({ headers: given }: Exchange, headers: ReplyHeaders, length: number): ByteRange | "none" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(String(given["range"]).replaceAll(" ", "")) ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const condition = given["if-range"];
  if (condition !== undefined && !isSame(String(condition), headers)) return undefined;
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  return first > last ? "none" : { first, last };
}

/** Strong comparison: bytes of one content must not be put together with those of another. */
function isSame(condition: string, headers: ReplyHeaders): boolean {
  if (condition.startsWith("W/")) return false;
  return condition === replyHeader(headers, condition.startsWith('"') ? "etag" : "last-modified");
}
