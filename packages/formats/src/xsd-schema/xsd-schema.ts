import { defineFormat, isRecord, option, optional, withDefault, type FormatDefinition } from "@portolan/core";
import { createFormat } from "../choice.ts";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { xmlFormat } from "../xml/xml.ts";
import { xsdOfJsonSchema } from "./from-json-schema.ts";
import { readSchemaTree } from "./schema-tree.ts";
import { jsonSchemaOfXsd } from "./to-json-schema.ts";

/** XML Schemas as JSON Schemas of the data that the format `xml` reads, and the other way. */
export const xsdFormat: FormatDefinition = defineFormat({
  name: "xsd",
  title: "XML Schema",
  summary:
    "An XML Schema 1.0; the data are the JSON Schema of what the format `xml` reads of such documents, with names without prefixes. Wildcards and parts of other documents may be anything. " +
    "Written, a JSON Schema becomes an XML Schema: a field is an element, one with `@` an attribute, a list an element that may occur again; what cannot be said is refused with its path.",
  mediaTypes: ["application/xsd+xml"],
  extensions: ["xsd"],
  options: {
    root: optional(
      option.name,
      "When writing: the name of the root element. Without it the one field of the schema is the root, or its title names it.",
    ),
    maxBytes: withDefault(option.bytes, 8 * 1024 ** 2, "Larger schemas are refused."),
  },
  create: ({ root, maxBytes }) => ({
    name: "xsd",
    decode(bytes) {
      checkSize(bytes, maxBytes, "the XML Schema");
      return jsonSchemaOfXsd(readSchemaTree(bytes));
    },
    encode(value) {
      if (typeof value !== "boolean" && !isRecord(value))
        throw formatInvalid("an XML Schema is written of a JSON Schema, which is a map or a boolean");
      return createFormat(xmlFormat, { indent: 2 }).encode(xsdOfJsonSchema(value, root));
    },
  }),
});
