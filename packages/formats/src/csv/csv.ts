import { defineFormat, type Format, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { encodeText } from "../text/charset.ts";
import { csvOptions, type CsvOptions } from "./options.ts";
import { readCsv, streamCsv } from "./reader.ts";
import { writeCsv, writeCsvRecord } from "./writer.ts";

const SUMMARY =
  "the body is a list of records, whose fields are texts unless `types` says more. A quote within a field without quotes is a character like any other. " +
  "Fields that begin with =, +, - or @ are written as they are: a spreadsheet program runs them as formulas, so map them first where people open the file in one.";

/** Comma-separated values (RFC 4180) and what else is sent under this name. */
export const csvFormat: FormatDefinition = defineFormat({
  name: "csv",
  title: "CSV",
  summary: `Comma-separated values (RFC 4180), in every dialect; ${SUMMARY}`,
  mediaTypes: ["text/csv", "application/csv"],
  extensions: ["csv"],
  options: csvOptions,
  create: (options) => createCsv("csv", options),
});

/** The same with tabs. */
export const tsvFormat: FormatDefinition = defineFormat({
  name: "tsv",
  title: "TSV",
  summary: `Tab-separated values: CSV whose delimiter is a tab; ${SUMMARY}`,
  mediaTypes: ["text/tab-separated-values"],
  extensions: ["tsv", "tab"],
  options: { ...csvOptions, delimiter: { ...csvOptions.delimiter, default: "\t" } },
  create: (options) => createCsv("tsv", options),
});

function createCsv(name: string, options: CsvOptions): Format {
  return {
    name,
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "CSV");
      return readCsv(bytes, options);
    },
    encode: (value) => encodeText(writeCsv(value, options), options.charset),
    decodeStream: (chunks) => streamCsv(chunks, options),
    encodeRecord: (value, first) => encodeText(writeCsvRecord(value, first, options), options.charset),
  };
}
