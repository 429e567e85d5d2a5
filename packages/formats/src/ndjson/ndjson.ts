import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import { parseJson, writeJson } from "../json/json-text.ts";
import { checkSize } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { readLines } from "../text/lines.ts";

/** Newline-delimited JSON: one value a line. Blank lines are skipped. */
export const ndjsonFormat: FormatDefinition = defineFormat({
  name: "ndjson",
  title: "NDJSON",
  summary: "JSON values in UTF-8, one a line; the body is the list of them. Blank lines are skipped.",
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"],
  extensions: ["ndjson", "jsonl"],
  options: {
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
    maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer lines are refused when read line by line."),
    maxDepth: withDefault(option.integer({ min: 1 }), 256, "Records with more lists and maps within one another are refused."),
  },
  create: ({ maxBytes, maxRecordBytes, maxDepth }) => ({
    name: "ndjson",
    decode(bytes) {
      checkSize(bytes, maxBytes, "NDJSON");
      const records: unknown[] = [];
      for (const [index, line] of decodeText(bytes, "utf-8").split("\n").entries()) {
        if (!isBlank(line)) records.push(parseJson(line, maxDepth, index + 1));
      }
      return records;
    },
    encode: (value) => encodeText((Array.isArray(value) ? value : [value]).map((record) => `${writeJson(record)}\n`).join(""), "utf-8"),
    async *decodeStream(chunks) {
      for await (const { text, number } of readLines(chunks, { charset: "utf-8", maxRecordBytes })) {
        if (!isBlank(text)) yield parseJson(text, maxDepth, number);
      }
    },
    encodeRecord: (value) => encodeText(`${writeJson(value)}\n`, "utf-8"),
  }),
});

function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}
