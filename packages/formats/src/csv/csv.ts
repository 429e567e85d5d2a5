import { defineFormat, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { encodeText } from "../text/charset.ts";
import { csvOptions } from "./options.ts";
import { readCsv, streamCsv } from "./reader.ts";
import { writeCsv, writeCsvRecord } from "./writer.ts";

/** Comma-separated values (RFC 4180). */
export const csvFormat: FormatDefinition = defineFormat({
  name: "csv",
  title: "CSV",
  summary:
    "Comma-separated values (RFC 4180); the body is a list of records, whose fields are texts. " +
    "Fields that begin with =, +, - or @ are written as they are: a spreadsheet program runs them as formulas, so map them first where people open the file in one.",
  mediaTypes: ["text/csv", "application/csv"],
  extensions: ["csv"],
  options: csvOptions,
  create: (options) => ({
    name: "csv",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "CSV");
      return readCsv(bytes, options);
    },
    encode: (value) => encodeText(writeCsv(value, options), options.charset),
    decodeStream: (chunks) => streamCsv(chunks, options),
    encodeRecord: (value, first) => encodeText(writeCsvRecord(value, first, options), options.charset),
  }),
});
