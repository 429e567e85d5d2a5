import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { PortolanError } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";

interface Limits {
  readonly endpoint: string;
  readonly maxBytes: number;
  tooLarge(): Error;
}

type Decoder = (body: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // Some servers send the bare stream and not zlib's: its first byte tells (RFC 9110, section 8.4.1.2).
  deflate: (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate) : promisify(inflateRaw))(body, options),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** The answer with its body as it was before it was compressed; the same answer if it was not. */
export async function decompressed(answer: HttpAnswer, { endpoint, maxBytes, tooLarge }: Limits): Promise<HttpAnswer> {
  const { "content-encoding": coding, "content-length": _length, ...headers } = answer.headers;
  if (coding === undefined || answer.body.length === 0) return answer;
  const names = String(coding)
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  let { body } = answer;
  for (const name of names.toReversed()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decode === undefined) throw unreadable(endpoint, `it is compressed as ${name}, which was not asked for`);
    try {
      body = await decode(body, { maxOutputLength: maxBytes });
    } catch (cause) {
      if (cause instanceof RangeError) throw tooLarge();
      throw unreadable(endpoint, `it is no ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
  }
  return { ...answer, headers, body };
}

function unreadable(endpoint: string, why: string, cause?: unknown): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint}: the reply cannot be read: ${why}`, {
    endpoint,
    ...(cause === undefined ? {} : { cause }),
  });
}
