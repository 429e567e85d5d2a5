import { option, required, withDefault, type OptionsOf, type OptionType } from "@portolan/core";
import { layoutChoice } from "../layout-file.ts";
import { charsetType } from "../text/charset.ts";
import { isEbcdic } from "./ebcdic.ts";

const fixedCharset: OptionType<string> = {
  ...charsetType,
  expected: `${charsetType.expected}, cp037 or cp500`,
  read: (given, context) => (typeof given === "string" && isEbcdic(given) ? given : charsetType.read(given, context)),
};

export const fixedOptions = {
  layout: required(
    layoutChoice,
    "What records are made of, as the path of a YAML or JSON file or as a map: `{ fields }` for one type of record, `{ records: { TYPE: { when: { start, value }, fields } }, order }` for several.",
    { example: "./layouts/payments.layout.yaml" },
  ),
  charset: withDefault(
    fixedCharset,
    "utf-8",
    "How characters are stored; `cp037` and `cp500` are EBCDIC, whose records have no line ends.",
  ),
  newline: withDefault(
    option.oneOf("lf", "crlf", "none"),
    "lf",
    "The line end that is written. Both are read; with `none` records follow on one another by their lengths.",
  ),
  shortLines: withDefault(
    option.oneOf("refuse", "pad"),
    "refuse",
    "What happens to a line that is shorter than its record: blanks at its end may have been cut off on the way.",
  ),
  blankLines: withDefault(option.oneOf("skip", "read"), "skip", "Whether a line of blanks is a record."),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
  maxRecordBytes: withDefault(option.bytes, 1024 ** 2, "Longer records are refused when read record by record."),
};

export type FixedOptions = OptionsOf<typeof fixedOptions>;
