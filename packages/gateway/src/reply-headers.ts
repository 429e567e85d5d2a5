import type { ReplyHeaders } from "./exchange.ts";

/** A header of a reply as one text, whatever the case of its name. */
export function replyHeader(headers: ReplyHeaders, name: string): string | undefined {
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    const value = headers[key];
    return typeof value === "object" ? value.join(", ") : value === undefined ? undefined : String(value);
  }
  return undefined;
}

/** The headers with one more, in place of that of the same name. */
export function withHeader(headers: ReplyHeaders, name: string, value: string): ReplyHeaders {
  const others = Object.entries(headers).filter(([key]) => key.toLowerCase() !== name);
  return { ...Object.fromEntries(others), [name]: value };
}
