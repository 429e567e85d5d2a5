import { decodeText } from "../text/charset.ts";
import { readLines, type Line } from "../text/lines.ts";
import type { FixedOptions } from "./options.ts";
import type { FixedLayout } from "./layout.ts";
import { decodeEbcdic, isEbcdic } from "./ebcdic.ts";
import { createRecordOrder } from "./record-order.ts";
import { fixedFault, isRecordFault, readRecord, typeAt, type RecordText } from "./read-record.ts";

export interface FixedReading {
  readonly layout: FixedLayout;
  readonly options: FixedOptions;
  /** Whether records are found by their lengths in bytes, not by their lines. */
  readonly isByBytes: boolean;
}

/** The records of a text that comes in pieces, one by one. */
export async function* streamRecords(chunks: AsyncIterable<Uint8Array>, reading: FixedReading): AsyncGenerator<unknown> {
  const { options } = reading;
  if (!reading.isByBytes) {
    const reader = createLineReader(reading);
    for await (const line of readLines(chunks, { charset: options.charset, maxRecordBytes: options.maxRecordBytes }))
      yield* reader.next(line);
    reader.end();
    return;
  }
  const reader = createByteReader(reading);
  for await (const chunk of chunks) yield* reader.next(Buffer.from(chunk).toString("latin1"), false);
  yield* reader.next("", true);
}

/** The records of a whole text. */
export function readRecords(bytes: Uint8Array, reading: FixedReading): unknown[] {
  if (reading.isByBytes) return [...createByteReader(reading).next(Buffer.from(bytes).toString("latin1"), true)];
  const text = decodeText(bytes, reading.options.charset);
  const reader = createLineReader(reading);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const records = lines.flatMap((line, index) => [
    ...reader.next({ text: line.endsWith("\r") ? line.slice(0, -1) : line, number: index + 1 }),
  ]);
  reader.end();
  return records;
}

function createLineReader({ layout, options }: FixedReading) {
  const order = createRecordOrder(layout.order);
  let last = 0;
  const decode = (raw: string): string => raw;
  return {
    *next({ text: line, number }: Line): Generator<unknown> {
      last = number;
      if (line.trim() === "" && options.blankLines === "skip") return;
      const where = (at: number) => `line ${number}, column ${at + 1}`;
      const found = typeAt(layout.records, { raw: line, decode }, 0);
      if (found === undefined) throw fixedFault(`line ${number}`, { reason: unknownType(layout, line) });
      const raw = options.shortLines === "pad" ? line.padEnd(found.length) : line;
      const misplaced = order.next(found.name ?? "");
      if (misplaced !== undefined) throw fixedFault(`line ${number}`, { reason: `expected ${misplaced}` });
      const read = readRecord(found, { raw, decode }, 0);
      if (isRecordFault(read)) throw fixedFault(where(read.at), { ...read, field: nameOf(found.name, read.field) });
      const rest = raw.slice(read.end);
      if (rest.trim() !== "")
        throw fixedFault(where(read.end), { reason: `expected the end of the line, found ${JSON.stringify(rest.slice(0, 20))}` });
      yield read.value;
    },
    end(): void {
      const missing = order.end();
      if (missing !== undefined) throw fixedFault(`line ${last + 1}`, { reason: `expected ${missing}` });
    },
  };
}

function createByteReader({ layout, options }: FixedReading) {
  const { charset } = options;
  const order = createRecordOrder(layout.order);
  const longest = Math.max(...layout.records.map(({ length }) => length)) + 2;
  const decode = (raw: string): string => {
    if (charset === "latin1") return raw;
    return isEbcdic(charset) ? decodeEbcdic(raw, charset) : decodeText(Buffer.from(raw, "latin1"), charset);
  };
  let rest = "";
  let number = 0;
  let offset = 0;

  function* next(chunk: string, isLast: boolean): Generator<unknown> {
    const text: RecordText = { raw: rest + chunk, decode };
    let at = 0;
    while (at < text.raw.length && (isLast || text.raw.length - at >= longest)) {
      number += 1;
      const where = (of: number) => `record ${number}, byte ${of - at + 1} (byte ${offset + of + 1} of all)`;
      const found = typeAt(layout.records, text, at);
      if (found === undefined) throw fixedFault(where(at), { reason: unknownType(layout, decode(text.raw.slice(at, at + 20))) });
      const misplaced = order.next(found.name ?? "");
      if (misplaced !== undefined) throw fixedFault(where(at), { reason: `expected ${misplaced}` });
      const read = readRecord(found, text, at);
      if (isRecordFault(read)) throw fixedFault(where(read.at), { ...read, field: nameOf(found.name, read.field) });
      const end = endOfLine(text.raw, read.end);
      if (end === undefined) throw fixedFault(where(read.end), { reason: "expected a line end after the record, found something else" });
      yield read.value;
      at = end;
    }
    rest = text.raw.slice(at);
    offset += at;
    const missing = isLast ? order.end() : undefined;
    if (missing !== undefined) throw fixedFault(`record ${number + 1}`, { reason: `expected ${missing}` });
  }

  function endOfLine(raw: string, at: number): number | undefined {
    if (options.newline === "none") return at;
    if (raw.startsWith("\r\n", at)) return at + 2;
    return raw[at] === "\n" ? at + 1 : at === raw.length ? at : undefined;
  }

  return { next };
}

function nameOf(record: string | undefined, field: string): string {
  return record === undefined ? field : `${record}.${field}`;
}

function unknownType({ records }: FixedLayout, found: string): string {
  const expected = records.map(({ name, when }) => `${name} with ${JSON.stringify(when?.value)} at column ${when?.start}`).join(" or ");
  return `expected a record of type ${expected}, found ${JSON.stringify(found.slice(0, 20))}`;
}
