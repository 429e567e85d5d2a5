import { formatChoice } from "@portolan/formats";
import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { connectionOptions } from "../http/connection-options.ts";

const { auth, compression, connectTimeout, redirects, redirectsTo, tls, proxy } = connectionOptions;

/** A stream of events of another system, and how it is reached. */
export const sseOptions = {
  url: required(option.text, "Where the events are: http or https.", { example: "https://shop.example/events" }),
  events: optional(option.oneOrMore(option.name), "The types of events that are taken; others are passed over. Default: all.", {
    example: ["order.placed"],
  }),
  format: withDefault(formatChoice, { name: "json" }, "The format of the data. What is none stays the text that it is."),
  reconnect: withDefault(
    option.duration,
    3000,
    "How long it waits before it connects again. The stream may say otherwise; after failures in a row it waits longer, up to a minute.",
  ),
  silence: withDefault(option.duration, 300_000, "A stream that is silent for so long, comments included, is taken for broken."),
  maxEvent: withDefault(option.bytes, 1024 ** 2, "A larger event breaks the stream."),
  headers: withDefault(option.mapOf(option.text), {}, "Headers of the request."),
  secretHeaders: optional(option.mapOf(option.text), "Headers that are never shown.", {
    secret: true,
    example: { "x-api-key": "${SHOP_KEY}" },
  }),
  auth,
  compression,
  connectTimeout,
  redirects,
  redirectsTo,
  tls,
  proxy,
};

export type SseOptions = OptionsOf<typeof sseOptions>;
