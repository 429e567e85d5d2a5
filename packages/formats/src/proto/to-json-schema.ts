import { isRecord, type JsonSchema } from "@portolan/core";
import type { DescField, DescMessage, ScalarType } from "@bufbuild/protobuf";

type Schema = JsonSchema | boolean;

const INT32: JsonSchema = { type: "integer", format: "int32", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const UINT32: JsonSchema = { type: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
/** Written as texts; numbers are read, too. */
const INT64: JsonSchema = { type: ["string", "integer"], pattern: "^-?\\d+$" };
const UINT64: JsonSchema = { type: ["string", "integer"], pattern: "^\\d+$", minimum: 0 };
const FLOAT: JsonSchema = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
const BYTES: JsonSchema = { type: "string", contentEncoding: "base64" };
const DURATION: JsonSchema = { type: "string", pattern: "^-?\\d+(?:\\.\\d+)?s$" };

/** By the numbers of the types in descriptors. */
const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  1: FLOAT,
  2: FLOAT,
  3: INT64,
  4: UINT64,
  5: INT32,
  6: UINT64,
  7: UINT32,
  8: { type: "boolean" },
  9: { type: "string" },
  12: BYTES,
  13: UINT32,
  15: INT32,
  16: INT64,
  17: INT32,
  18: INT64,
};

/** Protobuf's own messages have a JSON of their own. */
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": DURATION,
  "google.protobuf.FieldMask": { type: "string" },
  "google.protobuf.Any": { type: "object" },
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": true,
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.Empty": { type: "object", additionalProperties: false },
  "google.protobuf.DoubleValue": FLOAT,
  "google.protobuf.FloatValue": FLOAT,
  "google.protobuf.Int64Value": INT64,
  "google.protobuf.UInt64Value": UINT64,
  "google.protobuf.Int32Value": INT32,
  "google.protobuf.UInt32Value": UINT32,
  "google.protobuf.BoolValue": { type: "boolean" },
  "google.protobuf.StringValue": { type: "string" },
  "google.protobuf.BytesValue": BYTES,
};

/** The JSON Schema of a message as the format `protobuf` reads it, with the messages that it holds under `$defs`. */
export function jsonSchemaOfMessage(root: DescMessage): JsonSchema {
  const definitions = new Map<string, Schema>();
  const schema = messageSchema(root);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(isRecord(schema) ? schema : {}),
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  };

  function messageSchema(message: DescMessage): Schema {
    const known = WELL_KNOWN[message.typeName];
    if (known !== undefined) return known;
    return {
      title: message.typeName,
      type: "object",
      properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, numbered(fieldSchema(field), field.number)])),
      // Of proto2; all else may be left out.
      required: message.fields.filter(({ proto }) => proto.label === 2).map(({ jsonName }) => jsonName),
      additionalProperties: false,
    };
  }

  function reference(message: DescMessage): Schema {
    if (message === root) return { $ref: "#" };
    const known = WELL_KNOWN[message.typeName];
    if (known !== undefined) return known;
    if (!definitions.has(message.typeName)) {
      // It is known before its fields are: they may hold it.
      definitions.set(message.typeName, true);
      definitions.set(message.typeName, messageSchema(message));
    }
    return { $ref: `#/$defs/${message.typeName}` };
  }

  function fieldSchema(field: DescField): Schema {
    switch (field.fieldKind) {
      case "scalar":
        return SCALARS[field.scalar];
      case "enum":
        return enumSchema(field.enum);
      case "message":
        return reference(field.message);
      case "list":
        return { type: "array", items: elementSchema(field) };
      case "map":
        return { type: "object", additionalProperties: elementSchema(field) };
      default:
        return field satisfies never;
    }
  }

  function elementSchema(element: Element): Schema {
    if (element.scalar !== undefined) return SCALARS[element.scalar];
    if (element.enum !== undefined) return enumSchema(element.enum);
    return element.message === undefined ? true : reference(element.message);
  }
}

/** The number that a field keeps when the schema is written again. */
function numbered(schema: Schema, number: number): Schema {
  return isRecord(schema) ? { ...schema, "x-field-number": number } : schema;
}

interface Element {
  readonly scalar?: ScalarType | undefined;
  readonly enum?: { readonly typeName: string; readonly values: readonly { readonly name: string; readonly number: number }[] } | undefined;
  readonly message?: DescMessage | undefined;
}

function enumSchema({ typeName, values }: NonNullable<Element["enum"]>): JsonSchema {
  return typeName === "google.protobuf.NullValue"
    ? { type: "null" }
    : { title: typeName, type: "string", enum: values.map(({ name }) => name), "x-enum-numbers": values.map(({ number }) => number) };
}
