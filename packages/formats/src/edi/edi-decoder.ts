import { isUtf8 } from "node:buffer";
import { decodeText } from "../text/charset.ts";
import { decodeSingle, singleByteCharset } from "./edi-charset.ts";

/** UTF-8 up to the first byte that is none; from there on what the interchange declares. */
export function createEdiDecoder(charset: "auto" | "utf-8" | "latin1") {
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
