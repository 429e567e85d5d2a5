import { describeValue, option, optional, withDefault, type OptionsOf, type OptionType } from "@portolan/core";
import { charsetType } from "../text/charset.ts";

const delimiter = characters("one or more characters other than a quote or a line end, or auto", /^[^"\r\n]+$/);
const quote = characters('one character, or "" to read and write no quotes', /^(?:[^\r\n]|)$/);
const character = characters("one character", /^[^\r\n]$/);

export const csvOptions = {
  delimiter: withDefault(
    delimiter,
    ",",
    "What stands between two fields, such as ; or a tab. `auto` reads whichever of comma, semicolon, tab and | the first line has most of, or the one of a first line `sep=;`, and writes a comma.",
  ),
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
  types: withDefault(
    option.mapOf(option.oneOf("text", "number", "boolean")),
    {},
    "The types of fields by name; others are texts. An empty field of type number or boolean is null. A number that would lose digits is refused.",
  ),
  decimal: withDefault(option.oneOf(".", ","), ".", "What stands before the decimals of numbers."),
  grouping: optional(character, "What stands between the thousands of numbers, when reading.", { example: "." }),
  ragged: withDefault(
    option.oneOf("refuse", "fill", "any"),
    "refuse",
    "Records with other counts of fields than the header: refused; filled with empty fields where some are missing; or filled, and cut where there are too many.",
  ),
  trim: withDefault(option.boolean, false, "Whether blanks around fields are dropped when reading; blanks within quotes stay."),
  comment: optional(characters("one or more characters", /^[^\r\n]+$/), "Lines that begin so are skipped.", { example: "#" }),
  skipLines: withDefault(option.integer({ min: 0 }), 0, "How many lines stand before the header, such as a title."),
  quote: withDefault(quote, '"', "What stands around fields that hold a delimiter, a line end or a quote; a quote within is doubled."),
  escape: optional(
    character,
    "What takes the next character as it is, in quotes and outside; without it only a doubled quote is a quote.",
    {
      example: "\\",
    },
  ),
  quoteAll: withDefault(option.boolean, false, "Whether every field is written in quotes."),
  newline: withDefault(option.oneOf("crlf", "lf", "cr"), "crlf", "The line end that is written. All three are read."),
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
