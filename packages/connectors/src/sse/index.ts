import { attachConnector, defineConnector, type ConnectorDefinition, type Duration, type SourceRef } from "@portolan/core";
import type { Bytes, ConnectionInput } from "../http/connection-input.ts";
import { checkConnection } from "../http/check-connection.ts";
import { defaultConnection } from "../http/connection-options.ts";
import { sseOptions, type SseOptions } from "./options.ts";

/** Server-sent events of other systems as messages. */
export const sseConnector: ConnectorDefinition = defineConnector({
  name: "sse",
  title: "Server-sent events",
  summary: "Events that another system sends over HTTP, as messages.",
  source: {
    summary:
      "Follows a stream of events (text/event-stream), and goes on after its last event when the connection broke or the node was stopped.",
    options: sseOptions,
    describe: ({ url }) => `events of ${url.split("?", 1)[0]}`,
    check: checkSource,
    replies: false,
    open: async (options, context) => (await import("./source.ts")).openEvents(options, context),
  },
});

function checkSource(options: SseOptions): readonly string[] {
  const url = URL.parse(options.url);
  const isCalled = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.hash === "";
  return [
    ...(isCalled ? [] : [`url: ${options.url} is no absolute http or https URL without user and fragment`]),
    ...checkConnection({ ...defaultConnection(), ...options }),
  ];
}

type Reached = Pick<ConnectionInput, "auth" | "compression" | "connectTimeout" | "redirects" | "redirectsTo" | "tls" | "proxy">;

/** The options of a source of events as people write them; their meaning is that of `sseOptions`. */
export interface EventsInput extends Reached {
  readonly events?: string | readonly string[];
  readonly format?: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly reconnect?: Duration;
  readonly silence?: Duration;
  readonly maxEvent?: Bytes;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

/**
 * Events that another system sends over HTTP:
 *
 * ```ts
 * route("follow").from(sse.events<Order>("https://shop.example/events", { events: "order.placed", auth: secret("SHOP_TOKEN") }));
 * ```
 */
export const sse = {
  events<Body = unknown>(url: string, options: EventsInput = {}): SourceRef<Body> {
    return attachConnector(sseConnector, { url, ...options });
  },
};
