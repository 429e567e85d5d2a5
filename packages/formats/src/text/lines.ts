import { formatInvalid } from "../format-invalid.ts";
import { decodeText, type Charset } from "./charset.ts";

export interface Line {
  readonly text: string;
  /** Counts from 1. */
  readonly number: number;
}

export interface LineOptions {
  readonly charset: Charset;
  /** Longer lines are refused, so that a sender without line ends cannot fill the memory. */
  readonly maxRecordBytes: number;
}

/** The lines of a text without their ends (LF or CRLF). A last line without an end counts; nothing after the last end does not. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, options: LineOptions): AsyncGenerator<Line> {
  const width = options.charset === "utf-16le" ? 2 : 1;
  let rest: Uint8Array = new Uint8Array(0);
  let searched = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = findEnd(bytes, searched, width); end >= 0; end = findEnd(bytes, 0, width)) {
      yield readLine(bytes.subarray(0, end), number, options);
      number += 1;
      searched = 0;
      bytes = bytes.subarray(end + width);
    }
    checkLength(bytes.length, number, options);
    // The last byte may be half of a two-byte line end.
    searched = Math.max(0, bytes.length - width + 1);
    rest = bytes;
  }
  if (rest.length > 0) yield readLine(rest, number, options);
}

function findEnd(bytes: Uint8Array, from: number, width: number): number {
  let index = bytes.indexOf(0x0a, from);
  while (width === 2 && index >= 0 && (index % 2 === 1 || bytes[index + 1] !== 0)) {
    // The second byte has not come yet.
    if (index === bytes.length - 1) return -1;
    index = bytes.indexOf(0x0a, index + 1);
  }
  return index;
}

function readLine(bytes: Uint8Array, number: number, options: LineOptions): Line {
  checkLength(bytes.length, number, options);
  const text = decodeText(bytes, options.charset, number);
  return { text: text.endsWith("\r") ? text.slice(0, -1) : text, number };
}

function checkLength(length: number, number: number, { maxRecordBytes }: LineOptions): void {
  if (length <= maxRecordBytes) return;
  throw formatInvalid(`line ${number} is too long: expected at most ${maxRecordBytes} bytes, found ${length} or more`, {
    hint: "raise maxRecordBytes of the format if such lines are right",
  });
}
