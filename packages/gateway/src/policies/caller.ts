import { option, optional } from "@portolan/core";
import type { Exchange } from "../exchange.ts";

/** How limits tell callers apart. */
export const callerOption = optional(
  option.name,
  "The header that names the caller, such as x-api-key. Default, and for requests without it: the caller's address. Only a header that is checked before tells callers apart for sure.",
);

/** A name of the caller; one of an address is never one of a header. */
export function callerOf(exchange: Exchange, header: string | undefined): string {
  const named = header === undefined ? undefined : exchange.headers[header.toLowerCase()];
  return named === undefined ? `address ${exchange.callerAddress}` : `header ${String(named)}`;
}
