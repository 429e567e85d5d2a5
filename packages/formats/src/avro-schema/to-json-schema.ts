import type { JsonSchema } from "@portolan/core";
import type { AvroType } from "../avro/schema.ts";

type Schema = JsonSchema | boolean;
type Named = Extract<AvroType, { readonly name: string }>;

const INT = 2 ** 31;

/** The JSON Schema of the data that the format `avro` reads by a schema. Bytes are no JSON: they may be anything. */
export function jsonSchemaOfAvro(root: AvroType): JsonSchema {
  const definitions = new Map<string, Schema>();
  const schema = write(root);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  };

  function write(type: AvroType): JsonSchema {
    switch (type.kind) {
      case "null":
      case "boolean":
      case "string":
        return { type: type.kind };
      case "int":
        return { type: "integer", format: "int32", minimum: -INT, maximum: INT - 1 };
      case "long":
        return { type: "integer", format: "int64" };
      case "float":
      case "double":
        return { type: "number", format: type.kind };
      case "bytes":
      case "fixed":
        return { title: type.kind === "fixed" ? type.name : "bytes" };
      case "array":
        return { type: "array", items: write(type.items) };
      case "map":
        return { type: "object", additionalProperties: write(type.items) };
      case "union":
        return { anyOf: type.branches.map((branch) => write(branch)) };
      case "enum":
        return { title: type.name, type: "string", enum: type.symbols };
      case "record":
        return type === root ? (definitions.has(type.name) ? { $ref: "#" } : rootRecord(type)) : reference(type);
      default:
        return type satisfies never;
    }
  }

  /** The whole schema is what a record within itself refers to. */
  function rootRecord(type: Extract<Named, { kind: "record" }>): JsonSchema {
    definitions.set(type.name, true);
    const schema = record(type);
    definitions.delete(type.name);
    return schema;
  }

  function reference(type: Extract<Named, { kind: "record" }>): JsonSchema {
    if (!definitions.has(type.name)) {
      // It is known before its fields are: they may refer to it.
      definitions.set(type.name, true);
      definitions.set(type.name, record(type));
    }
    return { $ref: `#/$defs/${type.name}` };
  }

  function record({ name, fields }: Extract<Named, { kind: "record" }>): JsonSchema {
    return {
      title: name,
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.name, write(field.type)])),
      required: fields.filter(({ fallback }) => fallback === undefined).map((field) => field.name),
      additionalProperties: false,
    };
  }
}
