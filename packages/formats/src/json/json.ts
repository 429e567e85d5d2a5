import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { parseJson, writeJson } from "./json-text.ts";

/** JSON (RFC 8259). Of duplicate names the last wins; `__proto__` is a name like any other. */
export const jsonFormat: FormatDefinition = defineFormat({
  name: "json",
  title: "JSON",
  summary: "One JSON value (RFC 8259) in UTF-8, with or without a byte order mark.",
  mediaTypes: ["application/json", "text/json"],
  extensions: ["json"],
  options: {
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused."),
    maxDepth: withDefault(option.integer({ min: 1 }), 256, "Documents with more lists and maps within one another are refused."),
    indent: withDefault(option.integer({ min: 0, max: 10 }), 0, "Blanks per level when writing; 0 writes one line."),
  },
  create: ({ maxBytes, maxDepth, indent }) => ({
    name: "json",
    decode(bytes) {
      checkSize(bytes, maxBytes, "JSON");
      return parseJson(decodeText(bytes, "utf-8"), maxDepth);
    },
    encode: (value) => encodeText(writeJson(value, indent), "utf-8"),
  }),
});
