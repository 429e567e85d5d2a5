import type { JsonSchema } from "@portolan/core";
import { readAvroSchema } from "../avro/schema.ts";
import { readJsonFile, unusable } from "../json-schema/schema-files.ts";
import { jsonSchemaOfAvro } from "./to-json-schema.ts";

/** The JSON Schema of an Avro schema file that an app names as a contract by `path`. */
export function readAvroContract(file: string, path: string): JsonSchema {
  const schema = readJsonFile(file, path);
  try {
    return jsonSchemaOfAvro(readAvroSchema(schema));
  } catch (cause) {
    throw unusable(path, { expected: "a valid Avro schema", found: cause instanceof Error ? cause.message : String(cause), cause });
  }
}
