import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import type { Policy } from "./policy.ts";

export const corsOptions = {
  origins: required(option.oneOrMore(option.name), "The origins whose pages may read replies, or `*` for all.", {
    example: ["https://shop.example"],
  }),
  headers: optional(option.listOf(option.name), "The request headers that pages may send. Default: those that they ask for."),
  exposeHeaders: withDefault(option.listOf(option.name), [], "Reply headers that pages may read besides the plain ones."),
  credentials: withDefault(option.boolean, false, "Whether pages may send cookies and Authorization, and read the reply."),
  maxAge: withDefault(option.duration, 600_000, "How long a browser may remember what it was allowed."),
};

export type CorsOptions = OptionsOf<typeof corsOptions>;

export function checkCors({ origins, credentials }: CorsOptions): readonly string[] {
  const faults = origins
    .filter((origin) => origin !== "*" && !isOrigin(origin))
    .map((origin) => `cors: "${origin}" is no origin; expected one such as https://shop.example, without a path`);
  if (credentials && origins.includes("*"))
    faults.push("cors: credentials cannot be allowed to all origins; list those that may have them");
  return faults;
}

/** Cross-origin requests, by the Fetch standard. Origins that are not listed get the reply without leave to read it. */
export function cors(options: CorsOptions): Policy {
  const everyone = options.origins.includes("*");
  const listed = new Set(options.origins);
  const allowed = (exchange: Exchange): ReplyHeaders | undefined => {
    const { origin } = exchange.headers;
    if (typeof origin !== "string" || !(everyone || listed.has(origin))) return undefined;
    return {
      "access-control-allow-origin": everyone ? "*" : origin,
      ...(options.credentials ? { "access-control-allow-credentials": "true" } : {}),
    };
  };
  const vary: ReplyHeaders = everyone ? {} : { vary: "origin" };
  const exposed: ReplyHeaders =
    options.exposeHeaders.length === 0 ? {} : { "access-control-expose-headers": options.exposeHeaders.join(", ") };

  const preflight = (exchange: Exchange) => {
    const leave = allowed(exchange);
    // Without leave there is nothing more to say: the browser refuses by itself.
    if (leave === undefined) return exchange.reply(204, vary);
    const asked = exchange.headers["access-control-request-headers"];
    const headers = options.headers?.join(", ") ?? (typeof asked === "string" ? asked : "");
    exchange.reply(204, {
      ...leave,
      "access-control-allow-methods": String(exchange.headers["access-control-request-method"]),
      ...(headers === "" ? {} : { "access-control-allow-headers": headers }),
      "access-control-max-age": Math.floor(options.maxAge / 1000),
      vary: everyone ? "access-control-request-headers" : "origin, access-control-request-headers",
    });
  };

  return (door) => ({
    ...door,
    preflight,
    handle(exchange) {
      exchange.addHeaders(vary);
      const leave = allowed(exchange);
      if (leave !== undefined) exchange.addHeaders({ ...leave, ...exposed });
      return door.handle(exchange);
    },
  });
}

function isOrigin(text: string): boolean {
  return text === "null" || (URL.canParse(text) && new URL(text).origin === text);
}
