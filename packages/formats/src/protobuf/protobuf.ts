import {
  defineFormat,
  describeValue,
  isRecord,
  option,
  required,
  withDefault,
  type Format,
  type FormatDefinition,
  type OptionsOf,
} from "@portolan/core";
import type { JsonValue } from "@bufbuild/protobuf";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { checkRest, delimited, splitDelimited, streamDelimited } from "./delimited.ts";
import { loadProtobuf } from "./load-protobuf.ts";
import { openMessageSchema } from "./message-schema.ts";

const protobufOptions = {
  schema: required(
    option.name,
    "The path of a .proto file, whose imports are relative to its folder or to the app's, or of a set of descriptors with all that it imports.",
    {
      example: "orders.proto",
    },
  ),
  message: required(option.name, "The full name of the message.", { example: "shop.Order" }),
  delimited: withDefault(option.boolean, false, "Whether the body is a list of messages, each behind its length."),
  defaults: withDefault(option.boolean, false, "Whether fields that have their default value, and were not sent, are there when reading."),
  protoNames: withDefault(
    option.boolean,
    false,
    "Whether fields have the names of the schema when reading, such as unit_price; otherwise unitPrice. Both are written.",
  ),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger bodies are refused when read as a whole."),
  maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "delimited: longer messages are refused."),
};

export const protobufFormat: FormatDefinition = defineFormat({
  name: "protobuf",
  title: "Protobuf",
  summary:
    "Protocol Buffers, proto2 and proto3. The body is the JSON of the message as Protobuf defines it: 64-bit numbers and bytes (in base 64) are texts, enums their names, timestamps RFC 3339. " +
    "Needs the package `@bufbuild/protobuf`, and for .proto files `protobufjs`.",
  mediaTypes: ["application/x-protobuf", "application/protobuf"],
  extensions: [],
  options: protobufOptions,
  create: (options, { directory }) => createProtobuf(options, directory),
});

function createProtobuf(options: OptionsOf<typeof protobufOptions>, directory: string): Format {
  const { create, fromBinary, fromJson, toBinary, toJson } = loadProtobuf();
  const { message, registry } = openMessageSchema(options.schema, options.message, directory);
  const decodeOne = (bytes: Uint8Array): unknown =>
    translated(() =>
      toJson(message, fromBinary(message, bytes), {
        registry,
        alwaysEmitImplicit: options.defaults,
        useProtoFieldName: options.protoNames,
      }),
    );
  const encodeOne = (value: unknown): Uint8Array => {
    // JSON's null is an empty message to some of Protobuf's own types only.
    if (!isRecord(value) && !message.typeName.startsWith("google.protobuf.")) {
      throw formatInvalid(`Protobuf is written of a map of fields, found ${describeValue(value)}`);
    }
    // What it does not expect it refuses, whatever it is.
    return translated(() => toBinary(message, value === undefined ? create(message) : fromJson(message, value as JsonValue, { registry })));
  };
  if (!options.delimited) {
    return {
      name: "protobuf",
      decode(bytes) {
        checkSize(bytes, options.maxBytes, "Protobuf");
        return decodeOne(bytes);
      },
      encode: encodeOne,
    };
  }
  return {
    name: "protobuf",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "Protobuf");
      const { messages, rest } = splitDelimited(bytes, options.maxRecordBytes);
      checkRest(rest);
      return messages.map(decodeOne);
    },
    encode(value) {
      if (!Array.isArray(value)) throw formatInvalid(`delimited Protobuf is written of a list of messages, found ${describeValue(value)}`);
      return Buffer.concat(value.map((one) => delimited(encodeOne(one))));
    },
    async *decodeStream(chunks) {
      for await (const bytes of streamDelimited(chunks, options.maxRecordBytes)) yield decodeOne(bytes);
    },
    encodeRecord: (value) => delimited(encodeOne(value)),
  };
}

/** The library throws plain errors, whose messages name the field. */
function translated<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    throw formatInvalid(`Protobuf is not valid: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
