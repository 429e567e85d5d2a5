import { isRecord, type JsonSchema } from "@portolan/core";
import { definitionName, type ApiDocument } from "./api-document.ts";

/**
 * A schema in which each way of a `oneOf` or `anyOf` that a discriminator tells has to have the value that stands for it (OpenAPI, section
 * 4.8.25): JSON Schema alone takes a value for any way that it fits.
 */
export function discriminated(schema: JsonSchema, schemas: ApiDocument["schemas"]): JsonSchema {
  const { discriminator } = schema;
  const property = isRecord(discriminator) ? discriminator["propertyName"] : undefined;
  if (!isRecord(discriminator) || typeof property !== "string") return schema;
  const mapping = isRecord(discriminator["mapping"]) ? Object.entries(discriminator["mapping"]) : [];
  const told = (ways: unknown): unknown =>
    Array.isArray(ways) ? ways.map((way: unknown) => toldWay(way, { property, mapping, schemas })) : ways;
  return {
    ...schema,
    ...(schema["oneOf"] === undefined ? {} : { oneOf: told(schema["oneOf"]) }),
    ...(schema["anyOf"] === undefined ? {} : { anyOf: told(schema["anyOf"]) }),
  };
}

interface Telling {
  readonly property: string;
  readonly mapping: readonly (readonly [value: string, target: unknown])[];
  readonly schemas: ApiDocument["schemas"];
}

function toldWay(way: unknown, { property, mapping, schemas }: Telling): unknown {
  const name = isRecord(way) ? definitionName(way["$ref"]) : undefined;
  if (name === undefined) return way;
  const target = schemas[name];
  const properties = isRecord(target) && isRecord(target["properties"]) ? target["properties"] : {};
  const own = properties[property];
  // It says itself which values it has.
  if (isRecord(own) && ("const" in own || "enum" in own)) return way;
  const mapped = mapping.filter(([, to]) => String(to).replace(/^.*\//, "") === name).map(([value]) => value);
  return { allOf: [way, { properties: { [property]: { enum: mapped.length > 0 ? mapped : [name] } }, required: [property] }] };
}
