import { describeValue, option, optional, withDefault, type OptionsOf, type OptionType } from "@portolan/core";
import { charsetType } from "../text/charset.ts";

const delimiter = characters("one or more characters other than a quote or a line end", /^[^"\r\n]+$/);
const quote = characters('one character, or "" to read and write no quotes', /^(?:[^\r\n]|)$/u);

export const csvOptions = {
  delimiter: withDefault(delimiter, ",", "What stands between two fields, such as ; or a tab."),
  header: withDefault(
    option.boolean,
    true,
    "Whether the first line holds the names of the fields. With a header or `columns` a record is a map, otherwise a list of texts.",
  ),
  columns: optional(
    option.listOf(option.name),
    "The names of the fields, in order. When reading they replace those of the header line; when writing they say which fields are written.",
    { example: ["id", "name"] },
  ),
  quote: withDefault(quote, '"', "What stands around fields that hold a delimiter, a line end or a quote; a quote within is doubled."),
  newline: withDefault(option.oneOf("crlf", "lf"), "crlf", "The line end that is written. Both are read."),
  charset: withDefault(charsetType, "utf-8", "How characters are stored."),
  bom: withDefault(option.boolean, false, "Whether a byte order mark is written first; Excel reads UTF-8 only with one."),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
  maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer records are refused."),
};

export type CsvOptions = OptionsOf<typeof csvOptions>;

function characters(expected: string, pattern: RegExp): OptionType<string> {
  return {
    kind: "text",
    expected,
    schema: { type: "string", pattern: pattern.source },
    read(given, context) {
      const value = context.substitute(given);
      if (typeof value === "string" && pattern.test(value)) return value;
      context.report({ message: "wrong value", expected, found: describeValue(value) });
      return undefined;
    },
  };
}
