import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, createBrotliCompress, createGzip, createZstdCompress, gzip, zstdCompress } from "node:zlib";
import { option, withDefault, type OptionsOf } from "@portolan/core";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { runDoor } from "./exchange-view.ts";
import type { Policy } from "./policy.ts";
import { replyHeader, withHeader } from "../reply-headers.ts";

export const compressionOptions = {
  minBytes: withDefault(option.bytes, 1024, "Smaller replies are sent as they are."),
};

export type CompressionOptions = OptionsOf<typeof compressionOptions>;

// Level 4 is near gzip's speed; the default of brotli is made for files that are compressed once.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** In our order of preference. */
const CODINGS = {
  br: { whole: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, BROTLI), stream: () => createBrotliCompress(BROTLI) },
  zstd: { whole: (bytes: Uint8Array) => promisify(zstdCompress)(bytes), stream: () => createZstdCompress() },
  gzip: { whole: (bytes: Uint8Array) => promisify(gzip)(bytes), stream: () => createGzip() },
};
type Coding = keyof typeof CODINGS;

/** Types that shrink. Event streams are left alone: a compressor holds events back. */
const SHRINKS = /^(?:text\/(?!event-stream)|application\/(?:[\w.+-]+\+)?(?:json|xml|x-ndjson|javascript|edifact|edi-x12)\b|image\/svg)/i;

/** Compresses replies in the coding that the caller prefers: Brotli, Zstandard or gzip. */
export function compression({ minBytes }: CompressionOptions): Policy {
  return (door) => ({
    ...door,
    handle(exchange) {
      const coding = codingFor(exchange.headers["accept-encoding"]);
      return runDoor(door, exchange, {
        replies: {
          async reply(status, headers, body) {
            const bytes = typeof body === "string" ? Buffer.from(body) : body;
            if (!shrinks(status, headers) || bytes.length < minBytes) return exchange.reply(status, headers, body);
            exchange.addHeaders(VARY);
            if (coding === undefined) return exchange.reply(status, headers, body);
            exchange.reply(status, coded(headers, coding), await CODINGS[coding].whole(bytes));
          },
          async replyStream(status, headers, chunks) {
            if (!shrinks(status, headers)) return exchange.replyStream(status, headers, chunks);
            exchange.addHeaders(VARY);
            if (coding === undefined || exchange.method === "HEAD") return exchange.replyStream(status, headers, chunks);
            await compressStream(exchange, chunks, { coding, status, headers });
          },
          fail: (error) => exchange.fail(error),
        },
      });
    },
  });
}

const VARY: ReplyHeaders = { vary: "accept-encoding" };

interface CodedReply {
  readonly coding: Coding;
  readonly status: number;
  readonly headers: ReplyHeaders;
}

async function compressStream(
  exchange: Exchange,
  chunks: AsyncIterable<Uint8Array>,
  { coding, status, headers }: CodedReply,
): Promise<void> {
  try {
    await pipeline(chunks, CODINGS[coding].stream(), (made: AsyncIterable<Uint8Array>) =>
      exchange.replyStream(status, coded(headers, coding), made),
    );
  } catch (error) {
    // A caller who leaves ends the stream early, which is no failure of anybody.
    if (exchange.open) throw error;
  }
}

function shrinks(status: number, headers: ReplyHeaders): boolean {
  if (status === 204 || status === 206 || status === 304 || replyHeader(headers, "content-encoding") !== undefined) return false;
  if (/\bno-transform\b/i.test(replyHeader(headers, "cache-control") ?? "")) return false;
  return SHRINKS.test(replyHeader(headers, "content-type") ?? "");
}

/** The same content in other bytes: its length is another, and its tag is no longer a strong one (RFC 9110, section 8.8.3). */
function coded(headers: ReplyHeaders, coding: Coding): ReplyHeaders {
  const tag = replyHeader(headers, "etag");
  const weak = tag === undefined || tag.startsWith("W/") ? headers : withHeader(headers, "etag", `W/${tag}`);
  const others = Object.entries(withHeader(weak, "content-encoding", coding)).filter(([name]) => name.toLowerCase() !== "content-length");
  return Object.fromEntries(others);
}

/** RFC 9110, section 12.5.3. Without the header nothing is compressed: few such callers could read it. */
function codingFor(accept: string | readonly string[] | undefined): Coding | undefined {
  if (typeof accept !== "string") return undefined;
  const weights = new Map<string, number>();
  for (const item of accept.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0);
  }
  let best: Coding | undefined;
  let most = 0;
  for (const coding of ["br", "zstd", "gzip"] as const) {
    const weight = weights.get(coding) ?? weights.get("*") ?? 0;
    if (weight > most) [best, most] = [coding, weight];
  }
  return best;
}
