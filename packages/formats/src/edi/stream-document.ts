import { isUtf8 } from "node:buffer";
import { decodeText } from "../text/charset.ts";
import { decodeSingle, singleByteCharset } from "./edi-charset.ts";
import { createEdiReader, type EdiDialect, type EdiRecord, type ReadEdiOptions } from "./read-document.ts";
import { wrappingOf } from "./wrapping.ts";

export interface StreamEdiOptions extends Omit<ReadEdiOptions, "isSingleByte" | "columns"> {
  readonly charset: "auto" | "utf-8" | "latin1";
}

/** So many characters say whether lines end anywhere. */
const LOOK = 16_384;

/** The messages of a document that comes in pieces, one by one; no more than a segment and a message are held. */
export async function* streamEdi(
  chunks: AsyncIterable<Uint8Array>,
  dialect: EdiDialect,
  options: StreamEdiOptions,
): AsyncGenerator<EdiRecord> {
  const decoder = createEdiDecoder(options.charset);
  let reader: ((text: string, isLast: boolean) => Generator<EdiRecord>) | undefined;
  let held = "";
  const begin = (): NonNullable<typeof reader> => {
    const lines = held.lastIndexOf("\n") + 1;
    const wrapped = wrappingOf(lines === 0 ? held : held.slice(0, lines), dialect);
    const { read } = createEdiReader(dialect, { ...options, isSingleByte: decoder.isSingleByte, columns: wrapped?.columns });
    return wrapped === undefined ? read : (text, isLast) => read(text.replace(/[\r\n]/g, ""), isLast);
  };
  for await (const chunk of chunks) {
    held += decoder.decode(chunk, false);
    if (reader === undefined && held.length < LOOK) continue;
    reader ??= begin();
    yield* reader(held, false);
    held = "";
  }
  held += decoder.decode(new Uint8Array(0), true);
  reader ??= begin();
  yield* reader(held, true);
}

/** UTF-8 up to the first byte that is none; from there on what the interchange declares. */
function createEdiDecoder(charset: "auto" | "utf-8" | "latin1") {
  let rest: Uint8Array = new Uint8Array(0);
  let start: Uint8Array | undefined;
  let single: string | undefined = charset === "latin1" ? charset : undefined;
  return {
    isSingleByte: () => single !== undefined,
    decode(chunk: Uint8Array, isLast: boolean): string {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      rest = new Uint8Array(0);
      if (start === undefined && !isLast && bytes.length < 64) {
        rest = bytes;
        return "";
      }
      if (start === undefined) {
        start = Uint8Array.from(bytes.subarray(0, 64));
        if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
      }
      if (single !== undefined) return decodeSingle(bytes, single);
      const whole = isLast ? bytes.length : endOfCharacters(bytes);
      if (charset === "utf-8" || isUtf8(bytes.subarray(0, whole))) {
        rest = Uint8Array.from(bytes.subarray(whole));
        // The byte order mark has been taken away: a later one is data.
        return decodeText(bytes.subarray(0, whole), "utf-8", 2);
      }
      single = singleByteCharset(Buffer.concat([start, bytes]));
      return decodeSingle(bytes, single);
    },
  };
}

/** Where the last whole character ends: a chunk may end within one. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
