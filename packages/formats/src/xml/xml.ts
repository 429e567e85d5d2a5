import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { charsetNamed, decodeText, encodeText, type Charset } from "../text/charset.ts";
import { readXml } from "./read-xml.ts";
import { writeXml } from "./write-xml.ts";
import { dataOf } from "./xml-tree.ts";

/** XML 1.0 with namespaces, without DTDs. */
export const xmlFormat: FormatDefinition = defineFormat({
  name: "xml",
  title: "XML",
  summary:
    "XML 1.0 without DTDs: a document with a DOCTYPE is refused. The body is a map of the root's name. An element of text alone is a text; " +
    "others are maps of `@attribute`, `#text` and elements by name, a list where a name occurs again. Names keep their prefixes. " +
    "Where texts stand between elements, or elements of one name do not stand together, `#content` lists texts and elements in order. " +
    "Comments, processing instructions and the blanks between elements are dropped; UTF-8 is written.",
  mediaTypes: ["application/xml", "text/xml"],
  extensions: ["xml"],
  options: {
    lists: withDefault(option.listOf(option.name), [], "The names of elements that are a list also where they occur once."),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused."),
    maxDepth: withDefault(option.integer({ min: 1, max: 1000 }), 256, "Documents with more elements within one another are refused."),
    maxAttributes: withDefault(option.integer({ min: 1 }), 256, "Elements with more attributes are refused."),
    maxTokenBytes: withDefault(option.bytes, 512 * 1024, "Longer texts, tags and attributes are refused; counted in characters."),
  },
  create: (options) => ({
    name: "xml",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "XML");
      const root = readXml(decodeText(bytes, charsetOf(bytes)), options);
      return Object.fromEntries([[root.name, dataOf(root, new Set(options.lists))]]);
    },
    encode: (value) => encodeText(writeXml(value, options.maxDepth), "utf-8"),
  }),
});

/** By byte order mark, else as the XML declaration says. */
function charsetOf(bytes: Uint8Array): Charset {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  const head = String.fromCharCode(...bytes.subarray(0, 120));
  const label = /^(?:\u00EF\u00BB\u00BF)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/.exec(head)?.[1] ?? "utf-8";
  const charset = charsetNamed(label);
  if (charset === undefined) throw formatInvalid(`XML is read in utf-8, iso-8859-1 or utf-16, found ${JSON.stringify(label)}`);
  return charset;
}
