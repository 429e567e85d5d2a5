import { defineFormat, describeValue, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { charsetType, decodeText, encodeText } from "./charset.ts";
import { readLines } from "./lines.ts";

/** Plain text; as a sequence of records, its lines. */
export const textFormat: FormatDefinition = defineFormat({
  name: "text",
  title: "Text",
  summary: "Plain text. Read record by record, each line is a record.",
  mediaTypes: ["text/plain"],
  extensions: ["txt", "log", "graphql", "graphqls", "gql"],
  options: {
    charset: withDefault(charsetType, "utf-8", "How characters are stored. A byte order mark is removed."),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger texts are refused when read as a whole."),
    maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer lines are refused when read line by line."),
  },
  create: (options) => ({
    name: "text",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "text");
      return decodeText(bytes, options.charset);
    },
    encode: (value) => encodeText(textOf(value), options.charset),
    async *decodeStream(chunks) {
      for await (const line of readLines(chunks, options)) yield line.text;
    },
    encodeRecord: (value) => encodeText(`${lineOf(value)}\n`, options.charset),
  }),
});

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === null) return "";
  throw formatInvalid(`text can be written of a text, a number or a boolean, found ${describeValue(value)}`, {
    hint: "map the body to text first, or use another format such as json",
  });
}

function lineOf(value: unknown): string {
  const text = textOf(value);
  if (!/[\r\n]/.test(text)) return text;
  throw formatInvalid("a line cannot hold line ends", { hint: "map the line ends to something else, or use ndjson" });
}
