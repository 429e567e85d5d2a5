import { defineFormat, describeValue, isRecord, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { openLayout } from "../layout-file.ts";
import { encodeText } from "../text/charset.ts";
import { encodeEbcdic, isEbcdic } from "./ebcdic.ts";
import type { FixedLayout, RecordType } from "./layout.ts";
import { fixedOptions, type FixedOptions } from "./options.ts";
import { readFixedLayout } from "./read-layout.ts";
import { readRecords, streamRecords } from "./read-records.ts";
import { createRecordOrder } from "./record-order.ts";
import { writeRecord } from "./write-record.ts";

/** Records of fixed columns, as programs in COBOL and banks write them. */
export const fixedFormat: FormatDefinition = defineFormat({
  name: "fixed",
  title: "Fixed width",
  summary:
    "Records of fixed columns by a layout. The body is the list of records; a record is a map of its fields, with its type as `record` where there are several. " +
    "A field is `{ name, start, length, type, decimals, sign, pad, align, occurs, fields }`, or has a COBOL `picture` with its `usage`; types are text, number, zoned, packed and binary. " +
    "A number that would not be exact is a text of digits; blanks are null.",
  mediaTypes: ["application/x-fixed-width"],
  extensions: [],
  options: fixedOptions,
  create(options, { directory }) {
    const opened = openLayout(options.layout, directory);
    const layout = readFixedLayout(opened.layout, opened.name);
    const isByBytes = layout.isBinary || options.newline === "none" || isEbcdic(options.charset);
    const reading = { layout, options: isEbcdic(options.charset) ? { ...options, newline: "none" as const } : options, isByBytes };
    const write = createWriter(layout, reading.options, isByBytes);
    return {
      name: "fixed",
      decode(bytes) {
        checkSize(bytes, options.maxBytes, "fixed-width text");
        return readRecords(bytes, reading);
      },
      encode(value) {
        const order = createRecordOrder(layout.order);
        const records: readonly unknown[] = Array.isArray(value) ? value : [value];
        const written = records.map((record) => {
          const misplaced = order.next(isRecord(record) ? String(record["record"]) : "");
          if (misplaced !== undefined) throw formatInvalid(`fixed-width records cannot be written: expected ${misplaced}`);
          return write(record);
        });
        const missing = order.end();
        if (missing !== undefined) throw formatInvalid(`fixed-width records cannot be written: expected ${missing}`);
        return Buffer.concat(written);
      },
      decodeStream: (chunks) => streamRecords(chunks, reading),
      encodeRecord: (value) => write(value),
    };
  },
});

function createWriter(layout: FixedLayout, { charset, newline }: FixedOptions, isByBytes: boolean): (record: unknown) => Uint8Array {
  const end = newline === "none" ? "" : newline === "lf" ? "\n" : "\r\n";
  const asBytes = (text: string): string => {
    if (!isEbcdic(charset)) return Buffer.from(encodeText(text, charset)).toString("latin1");
    const encoded = encodeEbcdic(text, charset);
    if ("bytes" in encoded) return encoded.bytes;
    throw formatInvalid(`the character ${JSON.stringify(encoded.missing)} does not exist in ${charset}`);
  };
  const encode = isByBytes ? asBytes : (text: string) => text;
  return (record) => {
    const text = writeRecord(typeOf(record, layout), record as Readonly<Record<string, unknown>>, encode) + end;
    return isByBytes ? Buffer.from(text, "latin1") : encodeText(text, charset);
  };
}

function typeOf(record: unknown, { records }: FixedLayout): RecordType {
  const [first] = records;
  const name = isRecord(record) ? record["record"] : undefined;
  const found = records.length === 1 && first?.name === undefined ? first : records.find((type) => type.name === name);
  if (found !== undefined && isRecord(record)) return found;
  const names = records.map((type) => type.name).join(", ");
  const expected = first?.name === undefined ? "a map of fields" : `a map with a \`record\` that is one of ${names}`;
  throw formatInvalid(
    `a fixed-width record is ${expected}, found ${isRecord(record) ? `a map with record ${describeValue(name)}` : describeValue(record)}`,
  );
}
