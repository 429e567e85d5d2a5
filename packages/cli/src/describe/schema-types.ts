import { isRecord, type JsonSchema } from "@portolan/core";
import type { DescribedField, DescribedType } from "./description.ts";

type Schema = JsonSchema | boolean;

/** The types of a JSON Schema: itself, if it tells anything beyond a reference, and what it names under `$defs`. */
export function typesOfSchema(schema: Schema, name: string): readonly DescribedType[] {
  const named = typeof schema === "boolean" ? {} : { ...record(schema["definitions"]), ...record(schema["$defs"]) };
  const isReference = typeof schema !== "boolean" && typeof schema["$ref"] === "string";
  const own = isReference ? [] : [typeOf(name, schema)];
  return [...own, ...Object.entries(named).map(([inner, part]) => typeOf(inner, isSchema(part) ? part : true))];
}

export function typeOf(name: string, schema: Schema): DescribedType {
  return { name, type: typeWords(schema), fields: fieldsOf(schema) };
}

/** Fields, those of an `allOf` put together. */
function fieldsOf(schema: Schema): readonly DescribedField[] {
  if (typeof schema === "boolean") return [];
  const required = new Set(list(schema["required"]));
  const own = Object.entries(record(schema["properties"])).map(([name, part]) => ({
    name,
    type: typeWords(isSchema(part) ? part : true),
    required: required.has(name),
  }));
  return [...own, ...schemas(schema["allOf"]).flatMap(fieldsOf)];
}

/** A schema in a few words, such as `Order`, `string (date)`, `Line[]` or `"a" | "b"`. */
export function typeWords(schema: Schema): string {
  if (typeof schema === "boolean") return schema ? "any" : "nothing";
  const { $ref: reference, enum: values, const: constant, type, format } = schema;
  if (typeof reference === "string") return lastPart(reference);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (constant !== undefined) return JSON.stringify(constant);
  const choice = [...schemas(schema["oneOf"]), ...schemas(schema["anyOf"])];
  if (choice.length > 0) return unique(choice.map(typeWords)).join(" | ");
  const parts = schemas(schema["allOf"]);
  if (parts.length > 0 && type === undefined) return unique(parts.map(typeWords)).join(" & ");
  const types = typeof type === "string" ? [type] : list(type);
  if (types.length === 0) return isRecord(schema["properties"]) ? "object" : "any";
  return types.map((one) => plainWords(one, schema, format)).join(" | ");
}

function plainWords(type: unknown, schema: JsonSchema, format: unknown): string {
  if (type === "array" && Array.isArray(schema["prefixItems"])) return `[${schemas(schema["prefixItems"]).map(typeWords).join(", ")}]`;
  if (type === "array") {
    const items = isSchema(schema["items"]) ? typeWords(schema["items"]) : "any";
    return items.includes(" ") ? `(${items})[]` : `${items}[]`;
  }
  if (type === "object" && !isRecord(schema["properties"]) && isRecord(schema["additionalProperties"]))
    return `map of ${typeWords(schema["additionalProperties"])}`;
  return typeof format === "string" && type !== "object" ? `${String(type)} (${format})` : String(type);
}

function lastPart(reference: string): string {
  if (reference === "#") return "itself";
  const last = reference.slice(reference.lastIndexOf("/") + 1);
  return decodeURIComponent(last).replaceAll("~1", "/").replaceAll("~0", "~");
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

function schemas(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}

function record(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
