import { defineFormat, isRecord, option, optional, withDefault, type FormatDefinition } from "@portolan/core";
import { asInvalid, checkSize, formatInvalid } from "../format-invalid.ts";
import { openMessageText } from "../protobuf/message-schema.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { protoOfJsonSchema } from "./from-json-schema.ts";
import { jsonSchemaOfMessage } from "./to-json-schema.ts";

/** Schemas of Protobuf as JSON Schemas, and JSON Schemas as proto3. */
export const protoFormat: FormatDefinition = defineFormat({
  name: "proto",
  title: "Protobuf schema",
  summary:
    "A .proto file; the data are the JSON Schema of one of its messages, as the format `protobuf` reads it. Written, a JSON Schema becomes proto3: a map with properties is a message, what may be missing is optional; " +
    "what Protobuf cannot say is refused with its path. Reading needs the packages `@bufbuild/protobuf` and `protobufjs`.",
  mediaTypes: ["text/x-protobuf"],
  extensions: ["proto"],
  options: {
    message: optional(option.name, "When reading: the full name of the message. Without it the first of the file."),
    package: optional(option.name, "When writing: the package. Without it that of the schema's title."),
    maxBytes: withDefault(option.bytes, 8 * 1024 ** 2, "Larger schemas are refused."),
  },
  create: ({ message, package: packageName, maxBytes }) => ({
    name: "proto",
    decode(bytes) {
      checkSize(bytes, maxBytes, "the Protobuf schema");
      // A schema that comes with a message must not choose files to be read.
      return asInvalid(() => jsonSchemaOfMessage(openMessageText(decodeText(bytes, "utf-8"), message)));
    },
    encode(value) {
      if (typeof value !== "boolean" && !isRecord(value))
        throw formatInvalid("a Protobuf schema is written of a JSON Schema, which is a map or a boolean");
      return encodeText(protoOfJsonSchema(value, packageName), "utf-8");
    },
  }),
});
