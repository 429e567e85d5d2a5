import { defineFormat, option, optional, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { parseJson, writeJson } from "./json-text.ts";
import { aroundRecords, readJsonRecords, streamJsonRecords } from "./records.ts";

/** JSON (RFC 8259). Of duplicate names the last wins; `__proto__` is a name like any other. */
export const jsonFormat: FormatDefinition = defineFormat({
  name: "json",
  title: "JSON",
  summary:
    "One JSON value (RFC 8259) in UTF-8, with or without a byte order mark. With `records` the body is a list within it, and large documents are read element by element.",
  mediaTypes: ["application/json", "text/json"],
  extensions: ["json"],
  options: {
    records: optional(
      option.name,
      "The names that lead to the list that is read, such as data/orders; . is the document itself. The body is that list. When writing, a list is put there.",
      { example: "data/orders" },
    ),
    maxRecordBytes: withDefault(
      option.bytes,
      16 * 1024 ** 2,
      "records: longer elements are refused, as is more around the list; counted in characters.",
    ),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused."),
    maxDepth: withDefault(option.integer({ min: 1 }), 256, "Documents with more lists and maps within one another are refused."),
    indent: withDefault(option.integer({ min: 0, max: 10 }), 0, "Blanks per level when writing; 0 writes one line."),
  },
  create: ({ records, maxBytes, maxRecordBytes, maxDepth, indent }) => ({
    name: "json",
    decode(bytes) {
      checkSize(bytes, maxBytes, "JSON");
      if (records !== undefined) return readJsonRecords(bytes, { records, maxDepth, maxRecordBytes });
      return parseJson(decodeText(bytes, "utf-8"), maxDepth);
    },
    encode: (value) => encodeText(writeJson(records === undefined ? value : aroundRecords(value, records), indent), "utf-8"),
    ...(records === undefined ? {} : { decodeStream: (chunks) => streamJsonRecords(chunks, { records, maxDepth, maxRecordBytes }) }),
  }),
});
