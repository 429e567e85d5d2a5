import { header, type HeaderValue, type Message } from "@portolan/core";
import { headerText } from "../../header-text.ts";

/** Headers of the message that are sent along. */
export function forwarded(message: Message, names: readonly string[]): Readonly<Record<string, string>> {
  const entries = names.flatMap((name): [string, string][] => {
    const value = header(message.headers, name);
    return value === undefined ? [] : [[name.toLowerCase(), headerText(listText(value))]];
  });
  return Object.fromEntries(entries);
}

function listText(value: HeaderValue): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

export function lowerCaseNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
