import { formatInvalid } from "../format-invalid.ts";
import { decodeText, unitOf, type Charset } from "./charset.ts";

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
  const width = unitOf(options.charset);
  const isBigEndian = options.charset === "utf-16be";
  const findEnd = (bytes: Uint8Array, from: number): number =>
    width === 1 ? bytes.indexOf(0x0a, from) : findWideEnd(bytes, from, isBigEndian);
  let rest: Uint8Array = new Uint8Array(0);
  let searched = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = findEnd(bytes, searched); end >= 0; end = findEnd(bytes, 0)) {
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

/** Where the two bytes of a line end begin; -1 while the second has not come yet. */
function findWideEnd(bytes: Uint8Array, from: number, isBigEndian: boolean): number {
  const low = isBigEndian ? 1 : 0;
  for (let index = bytes.indexOf(0x0a, from); index >= 0; index = bytes.indexOf(0x0a, index + 1)) {
    if (index % 2 === low && bytes[index - low + (1 - low)] === 0) return index - low;
  }
  return -1;
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
