import { defineFormat, isRecord, option, withDefault, type FormatDefinition } from "@portolan/core";
import { readAvroSchema } from "../avro/schema.ts";
import { asInvalid, checkSize, formatInvalid } from "../format-invalid.ts";
import { parseJson } from "../json/json-text.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { avroOfJsonSchema } from "./from-json-schema.ts";
import { jsonSchemaOfAvro } from "./to-json-schema.ts";

const MAX_DEPTH = 256;

/** Schemas of Avro as JSON Schemas, and JSON Schemas as schemas of Avro. */
export const avroSchemaFormat: FormatDefinition = defineFormat({
  name: "avro-schema",
  title: "Avro schema",
  summary:
    "An Avro schema; the data are the JSON Schema of what it describes. Written, a JSON Schema becomes an Avro schema: maps with properties are records, and what may be missing is a union with null. " +
    "Limits that Avro does not have stay in `doc`; what has no type of Avro is refused with its path.",
  mediaTypes: ["application/vnd.apache.avro.schema+json"],
  extensions: ["avsc"],
  options: { maxBytes: withDefault(option.bytes, 8 * 1024 ** 2, "Larger schemas are refused.") },
  create: ({ maxBytes }) => ({
    name: "avro-schema",
    decode(bytes) {
      checkSize(bytes, maxBytes, "the Avro schema");
      return asInvalid(() => jsonSchemaOfAvro(readAvroSchema(parseJson(decodeText(bytes, "utf-8"), MAX_DEPTH))));
    },
    encode(value) {
      if (typeof value !== "boolean" && !isRecord(value))
        throw formatInvalid("an Avro schema is written of a JSON Schema, which is a map or a boolean");
      return encodeText(`${JSON.stringify(avroOfJsonSchema(value), undefined, 2)}\n`, "utf-8");
    },
  }),
});
