import { createHash } from "node:crypto";
import { option, optional } from "@portolan/core";
import type { Exchange } from "../exchange.ts";

/** How limits tell callers apart. */
export const callerOption = optional(
  option.name,
  "The header that names the caller, such as x-api-key. Default, and for requests without it: the caller's address. Only a header that is checked before tells callers apart for sure.",
);

/** Longer names are told apart by their hash, so that what is known of a caller has a size. */
const MAX_LENGTH = 64;

/** A name of the caller, by a header in lower case. One of an address is never one of a header, which has no NUL. */
export function callerOf(exchange: Exchange, header: string | undefined): string {
  const named = header === undefined ? undefined : exchange.headers[header];
  if (named === undefined) return `\0${exchange.callerAddress}`;
  const name = String(named);
  return name.length <= MAX_LENGTH ? name : `\0${createHash("sha256").update(name).digest("base64url")}`;
}
