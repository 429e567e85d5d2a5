import { createRequire } from "node:module";
import { formatInvalid } from "../format-invalid.ts";

interface ExpansionLimits {
  readonly maxBytes: number;
  readonly maxRatio: number;
}

/** Ratios say nothing of small bodies. */
const SMALL = 1024 ** 2;

const load = createRequire(import.meta.url);

export function gunzip(bytes: Uint8Array, limits: ExpansionLimits): Uint8Array {
  const { gunzipSync } = load("node:zlib") as typeof import("node:zlib");
  return expanded({ ...limits, title: "gzip", size: bytes.length }, (maxOutputLength) => gunzipSync(bytes, { maxOutputLength }));
}

interface Packed extends ExpansionLimits {
  readonly title: string;
  /** That of the compressed bytes. */
  readonly size: number;
}

/** Expands within the limits; zlib stops where it would exceed them. */
export function expanded({ title, size, maxBytes, maxRatio }: Packed, expand: (maxOutputLength: number) => Uint8Array): Uint8Array {
  const byRatio = Math.max(SMALL, size * maxRatio);
  const most = Math.max(1, Math.min(maxBytes, byRatio));
  try {
    const { buffer, byteOffset, byteLength } = expand(most);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    if (!(cause instanceof RangeError) || !("code" in cause) || cause.code !== "ERR_BUFFER_TOO_LARGE") throw notValid(title, cause);
    throw tooLarge(title, most < byRatio ? `${maxBytes} bytes` : `${maxRatio} times its size`, most < byRatio ? "maxBytes" : "maxRatio");
  }
}

/** The bytes of a gzip stream as they expand; more than the ratio allows ends it. */
export async function* gunzipStream(chunks: AsyncIterable<Uint8Array>, maxRatio: number): AsyncGenerator<Uint8Array> {
  const [{ createGunzip }, { Readable }, { pipeline }] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
    import("node:stream/promises"),
  ]);
  let read = 0;
  let written = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
    }
  };
  const gunzipping = createGunzip();
  // Its failure, or that of the source, ends the loop below, too, which reports it.
  pipeline(Readable.from(counted(), { objectMode: false }), gunzipping).catch(() => undefined);
  try {
    for await (const chunk of gunzipping as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > Math.max(SMALL, read * maxRatio)) throw tooLarge("gzip", `${maxRatio} times its size`, "maxRatio");
      yield chunk;
    }
  } catch (thrown) {
    throw isZlibError(thrown) ? notValid("gzip", thrown) : thrown;
  }
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && thrown.code.startsWith("Z_");
}

function notValid(title: string, cause: unknown) {
  return formatInvalid(`${title} is not valid: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

function tooLarge(title: string, most: string, optionName: string) {
  return formatInvalid(`${title} expands too far: expected at most ${most}, found more`, {
    hint: `raise ${optionName} of the format if such bodies are right`,
  });
}
