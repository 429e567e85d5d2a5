import { option, optional, required, type OptionsOf } from "@portolan/core";
import type { ReplyHeaders } from "../exchange.ts";
import type { Policy } from "./policy.ts";

export const deprecationOptions = {
  since: required(option.name, "The day or moment from which the door is deprecated.", { example: "2026-06-30" }),
  sunset: optional(option.name, "When it will answer no more.", { example: "2027-06-30" }),
  link: optional(option.name, "A page that says what to use instead.", { example: "https://docs.example/v2" }),
};

export type DeprecationOptions = OptionsOf<typeof deprecationOptions>;

export function checkDeprecation({ since, sunset, link }: DeprecationOptions): readonly string[] {
  const faults = [since, ...(sunset === undefined ? [] : [sunset])]
    .filter((text) => Number.isNaN(Date.parse(text)))
    .map((text) => `deprecation: "${text}" is no date; expected such as 2026-06-30`);
  if (sunset !== undefined && Date.parse(sunset) < Date.parse(since)) faults.push("deprecation: sunset is before since");
  if (link !== undefined && !URL.canParse(link)) faults.push(`deprecation: "${link}" is no URL`);
  return faults;
}

/** Tells callers in `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link` that the door will go. */
export function deprecation({ since, sunset, link }: DeprecationOptions): Policy {
  const headers: ReplyHeaders = {
    deprecation: `@${Math.floor(Date.parse(since) / 1000)}`,
    ...(sunset === undefined ? {} : { sunset: new Date(sunset).toUTCString() }),
    ...(link === undefined ? {} : { link: `<${new URL(link).href}>; rel="deprecation"` }),
  };
  return (door) => ({
    ...door,
    handle(exchange) {
      exchange.addHeaders(headers);
      return door.handle(exchange);
    },
  });
}
