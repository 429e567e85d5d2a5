import { NO_HEADERS, PortolanError, type Clock, type ConnectorServices, type HeaderValue, type Message } from "@portolan/core";
import { headersOfKnown, isKnown, withTag, type Exchange, type ReplyHeaders } from "@portolan/gateway";
import { eventText } from "./event-stream.ts";
import { REPLY_HEADERS } from "./header-lists.ts";
import type { ReplyContract } from "./reply-contract.ts";
import { isStream, streamedReply } from "./reply-stream.ts";
import { mediaTypeName, preferredType, remembered } from "./media-types.ts";

/** How bodies are written in one media type. */
export interface BodyEncoder {
  readonly type: string;
  readonly headers: ReplyHeaders;
  encode(body: unknown): string | Uint8Array;
}

type Result = Pick<Message, "body" | "headers">;

export interface ReplyWriter {
  /** The encoder that the caller's Accept prefers; throws PORTOLAN_NOT_ACCEPTABLE if the door has none that it takes. */
  choose(accept: string | readonly string[] | undefined): BodyEncoder;
  /** Sends the route's result; `null` if there is none. */
  send(exchange: Exchange, result: Result | undefined, encoder: BodyEncoder): void | Promise<void>;
}

export interface ReplyOptions {
  readonly status: number;
  readonly produces: readonly string[] | undefined;
  readonly replyHeaders: readonly string[];
  readonly services: ConnectorServices;
  readonly clock: Clock;
  /** Whether replies to GET get a tag of their content. */
  readonly etag?: boolean | undefined;
  /** Aborted when the door closes: streams without an end end then. */
  readonly closing: AbortSignal;
  /** What the door's contract promises of replies. */
  readonly contract?: ReplyContract;
}

const JSON_TYPE = "application/json";
const PRODUCED = [JSON_TYPE, "application/x-ndjson", "text/csv", "text/plain", "application/octet-stream"];
const BYTES_HEADERS: ReplyHeaders = { "content-type": "application/octet-stream" };

export function createReplyWriter({ status, produces, replyHeaders, services, contract, ...more }: ReplyOptions): ReplyWriter {
  const types = produces ?? PRODUCED.filter((type) => services.formatFor(type) !== undefined);
  const first = types[0];
  if (first === undefined) throw new PortolanError("PORTOLAN_CONFIG_INVALID", "there is no format to reply with");
  // Another caller may get another type at the same address (RFC 9110, section 12.5.1).
  const isNegotiated = types.length > 1;
  const vary: ReplyHeaders = isNegotiated ? { vary: "accept" } : {};
  const encoders = new Map(types.map((type) => [type, createEncoder(type, services, vary)]));
  const sent = new Set([...REPLY_HEADERS, ...replyHeaders.map((name) => name.toLowerCase())]);

  const encoderOf = (type: string): BodyEncoder => encoders.get(type) ?? createEncoder(type, services, vary);
  const preferred = encoderOf(first);
  const choose = remembered((accept: string): BodyEncoder => {
    const type = preferredType(accept, types);
    if (type !== undefined) return encoderOf(type);
    throw new PortolanError("PORTOLAN_NOT_ACCEPTABLE", `the reply can be ${types.join(", ")}; the Accept of the request is "${accept}"`);
  });

  const sendWhole = (exchange: Exchange, replyStatus: number, [headers, body]: readonly [ReplyHeaders, string | Uint8Array]): void => {
    const isRead = replyStatus === 200 && (exchange.method === "GET" || exchange.method === "HEAD");
    const tagged = isRead && more.etag === true ? withTag(headers, body) : headers;
    if (isRead && isConditional(exchange) && isKnown(exchange, tagged)) return exchange.reply(304, headersOfKnown(tagged));
    exchange.reply(replyStatus, tagged, body);
  };
  const sendStream = async (exchange: Exchange, { status: replyStatus, headers, body, type }: StreamReply): Promise<void> => {
    const signal = AbortSignal.any([exchange.signal, more.closing]);
    const streamed = await streamedReply(body, type, { services, clock: more.clock, signal });
    const { "content-type": _type, ...others } = headers;
    const fresh = mediaTypeName(streamed.type) === EVENTS && others["cache-control"] === undefined ? { "cache-control": "no-cache" } : {};
    await exchange.replyStream(replyStatus, { ...others, ...fresh, "content-type": streamed.type }, streamed.chunks);
  };

  return {
    choose: (accept) => (accept === undefined || accept === "" ? preferred : choose(String(accept))),
    send(exchange, result, encoder) {
      const { body, headers } = result ?? NO_RESULT;
      let ownStatus: number | undefined;
      let own: Record<string, HeaderValue> | undefined;
      for (const name in headers) {
        const lower = name.toLowerCase();
        const value = headers[name];
        if (value === undefined) continue;
        if (lower === "http-status") ownStatus = statusOf(value);
        else if (sent.has(lower)) (own ??= {})[lower] = value;
      }
      const replyStatus = ownStatus ?? status;
      contract?.(result, replyStatus);
      if (isBodiless(replyStatus)) return exchange.reply(replyStatus, wireHeaders(own));
      const type = own?.["content-type"];
      if (own?.["vary"] !== undefined && isNegotiated) own["vary"] = withAccept(String(own["vary"]));
      if (isStream(body))
        return sendStream(exchange, {
          status: replyStatus,
          headers: { ...(type === undefined ? vary : {}), ...wireHeaders(own) },
          body,
          type: String(type ?? encoder.type),
        });
      if (type !== undefined) return sendWhole(exchange, replyStatus, [wireHeaders(own), encodeAs(String(type), body, services)]);
      const { headers: typed, encode } = body instanceof Uint8Array ? BYTES_ENCODER : encoder;
      sendWhole(exchange, replyStatus, [own === undefined ? typed : { ...typed, ...wireHeaders(own) }, encode(body)]);
    },
  };
}

interface StreamReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: AsyncIterable<unknown>;
  readonly type: string;
}

const EVENTS = "text/event-stream";

function isConditional({ headers }: Exchange): boolean {
  return headers["if-none-match"] !== undefined || headers["if-modified-since"] !== undefined;
}

/** What the caller gets where the route yields nothing, as for a message that a filter dropped. */
const NO_RESULT: Result = Object.freeze({ body: null, headers: NO_HEADERS });

function withAccept(vary: string): string {
  return /(?:^|,)\s*(?:\*|accept)\s*(?:,|$)/i.test(vary) ? vary : `accept, ${vary}`;
}

const BYTES_ENCODER: BodyEncoder = {
  type: "application/octet-stream",
  headers: BYTES_HEADERS,
  encode: (body) => (body instanceof Uint8Array ? body : encodingFailed("application/octet-stream", new TypeError("the body is no bytes"))),
};

function createEncoder(type: string, services: ConnectorServices, vary: ReplyHeaders): BodyEncoder {
  const headers = { "content-type": type, ...vary };
  return { type, headers, encode: mediaTypeName(type) === JSON_TYPE ? encodeJson : (body) => encodeAs(type, body, services) };
}

/** Text of a type besides JSON, and bytes, are what they are; everything else goes through the format of the type. */
export function encodeAs(type: string, body: unknown, services: ConnectorServices): string | Uint8Array {
  if (body instanceof Uint8Array) return body;
  const name = mediaTypeName(type);
  if (name === JSON_TYPE) return encodeJson(body);
  if (name === EVENTS) return (Array.isArray(body) ? body : [body]).map(eventText).join("");
  if (typeof body === "string" && !name.endsWith("+json")) return body;
  const format = services.formatFor(type);
  if (format === undefined) return encodingFailed(type, new TypeError("there is no format for it, and the body is neither text nor bytes"));
  try {
    return format.encode(body);
  } catch (cause) {
    return encodingFailed(type, cause);
  }
}

/** Faster than encoding to bytes: node:http writes head and text at once. */
function encodeJson(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "null";
  } catch (cause) {
    return encodingFailed(JSON_TYPE, cause);
  }
}

/** The caller is not to blame for a result that cannot be written. */
function encodingFailed(type: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `the result cannot be written as ${type}: ${why}`, { kind: "defect", cause });
}

function statusOf(value: HeaderValue): number {
  const status = Number(value);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `the header http-status of the result is ${JSON.stringify(value)}; expected a number from 200 to 599`,
  );
}

export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function wireHeaders(own: Readonly<Record<string, HeaderValue>> | undefined): ReplyHeaders {
  if (own === undefined) return {};
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]));
}
