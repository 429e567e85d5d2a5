import { option, optional, withDefault, type OptionsOf } from "@portolan/core";
import { charsetType } from "../text/charset.ts";

export const xmlOptions = {
  records: optional(
    option.name,
    "The path of the elements that are the records, from the root, such as orders/order; * is any name. The body is the list of their data. When writing, a list is put into elements of these names.",
    { example: "orders/order" },
  ),
  lists: withDefault(option.listOf(option.name), [], "The names of elements that are a list also where they occur once."),
  namespaces: withDefault(
    option.mapOf(option.text),
    {},
    'Prefixes and their namespaces: names of these namespaces get the prefix named here, whatever the document calls it; "" is no prefix. When writing, the root declares them.',
  ),
  charset: optional(
    charsetType,
    "How characters are stored. Without it a document is read as its byte order mark or declaration says, and written in UTF-8.",
  ),
  declaration: withDefault(option.boolean, true, "Whether a document is written with its declaration, `<?xml …?>`."),
  indent: withDefault(
    option.integer({ min: 0, max: 10 }),
    0,
    "Blanks per level when writing; 0 writes one line. Elements with text are never broken up.",
  ),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
  maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer records are refused when read one by one; counted in characters."),
  maxDepth: withDefault(option.integer({ min: 1, max: 1000 }), 256, "Documents with more elements within one another are refused."),
  maxAttributes: withDefault(option.integer({ min: 1 }), 256, "Elements with more attributes are refused."),
  maxTokenBytes: withDefault(option.bytes, 256 * 1024, "Longer tags are refused, with their attributes; counted in characters."),
};

export type XmlOptions = OptionsOf<typeof xmlOptions>;
