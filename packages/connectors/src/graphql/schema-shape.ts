import { isRecord } from "@portolan/core";
import { NAME } from "./options.ts";

/** A JSON Schema, with the document that its local references lead into. */
export interface SchemaPlace {
  readonly schema: unknown;
  readonly root: unknown;
  /** A name for its type, if the schema has none of its own. */
  readonly name: string;
}

/** What GraphQL can make of a JSON Schema. */
export type Shape =
  | { readonly kind: "scalar"; readonly scalar: "String" | "Int" | "Float" | "Boolean" | "JSON" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly item: SchemaPlace }
  | { readonly kind: "object"; readonly properties: readonly Property[] };

export interface Property {
  readonly name: string;
  readonly place: SchemaPlace;
  readonly isRequired: boolean;
}

export interface Described {
  readonly shape: Shape;
  readonly isNullable: boolean;
  /** The name that its type has. */
  readonly name: string;
  readonly description: string | undefined;
  /** The schema without its alternative null and with its reference followed. */
  readonly schema: unknown;
}

const JSON_SHAPE: Shape = { kind: "scalar", scalar: "JSON" };
const INT_LIMIT = 2 ** 31;

/** Looks at a schema as GraphQL sees it. What GraphQL cannot say is JSON. */
export function describeSchema(place: SchemaPlace): Described {
  const { schema, name } = followed(place);
  if (!isRecord(schema)) return { shape: JSON_SHAPE, isNullable: true, name, description: undefined, schema };
  const alternatives = alternativesOf(schema);
  const some = alternatives?.filter((one) => !isNullSchema(one));
  const [only] = some ?? [];
  if (some !== undefined && some.length === 1 && only !== undefined) {
    const inner = describeSchema({ ...place, schema: only, name });
    return { ...inner, isNullable: inner.isNullable || some.length < (alternatives ?? []).length };
  }
  const types = Array.isArray(schema["type"]) ? schema["type"].filter((type) => type !== "null") : [schema["type"]];
  const isNullable = Array.isArray(schema["type"]) && schema["type"].includes("null");
  const own = typeof schema["title"] === "string" ? schema["title"].replaceAll(/[^_0-9A-Za-z]/g, "") : "";
  const given = NAME.test(own) ? own : name;
  const shape = types.length === 1 ? shapeOf(schema, types[0], { ...place, schema, name: given }) : JSON_SHAPE;
  const description = typeof schema["description"] === "string" ? schema["description"] : undefined;
  return { shape, isNullable: isNullable || (shape === JSON_SHAPE && allowsNull(schema)), name: given, description, schema };
}

function shapeOf(schema: Readonly<Record<string, unknown>>, type: unknown, place: SchemaPlace): Shape {
  if (alternativesOf(schema) !== undefined || schema["allOf"] !== undefined) return JSON_SHAPE;
  switch (type) {
    case "string":
      return textShape(schema);
    case "boolean":
      return { kind: "scalar", scalar: "Boolean" };
    case "number":
      return { kind: "scalar", scalar: "Float" };
    case "integer":
      return { kind: "scalar", scalar: fitsInt(schema) ? "Int" : "Float" };
    case "array":
      return schema["items"] === undefined || schema["prefixItems"] !== undefined
        ? JSON_SHAPE
        : { kind: "list", item: { root: place.root, schema: schema["items"], name: `${place.name}Item` } };
    case "object":
      return objectShape(schema, place);
    default:
      return JSON_SHAPE;
  }
}

function textShape(schema: Readonly<Record<string, unknown>>): Shape {
  const values = schema["enum"];
  const isEnum = Array.isArray(values) && values.every((value) => typeof value === "string" && NAME.test(value) && !RESERVED.has(value));
  if (isEnum) return { kind: "enum", values: values.map(String) };
  return { kind: "scalar", scalar: "String" };
}

const RESERVED = new Set(["true", "false", "null"]);

/** GraphQL's Int has 32 bits. A whole number that says it may be larger is a Float, which holds all that JSON has. */
function fitsInt(schema: Readonly<Record<string, unknown>>): boolean {
  const limits = [schema["minimum"], schema["maximum"], schema["exclusiveMinimum"], schema["exclusiveMaximum"]];
  return limits.every((limit) => typeof limit !== "number" || Math.abs(limit) <= INT_LIMIT);
}

function objectShape(schema: Readonly<Record<string, unknown>>, place: SchemaPlace): Shape {
  const { properties } = schema;
  const isMap = isRecord(schema["additionalProperties"]) || schema["patternProperties"] !== undefined;
  if (!isRecord(properties) || isMap) return JSON_SHAPE;
  const names = Object.keys(properties);
  // Names that GraphQL does not have would have to be others there.
  if (names.length === 0 || !names.every((name) => NAME.test(name))) return JSON_SHAPE;
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    kind: "object",
    properties: names.map((name) => ({
      name,
      isRequired: required.includes(name),
      place: { root: place.root, schema: properties[name], name: place.name + capital(name) },
    })),
  };
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function alternativesOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const list = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(list) ? list : undefined;
}

function isNullSchema(schema: unknown): boolean {
  return isRecord(schema) && (schema["type"] === "null" || schema["const"] === null);
}

function allowsNull(schema: Readonly<Record<string, unknown>>): boolean {
  const alternatives = alternativesOf(schema);
  return alternatives === undefined ? schema["type"] === undefined : alternatives.some(isNullSchema);
}

/** The schema that a local reference leads to, under the name that it has there. References into other documents are not followed. */
function followed(place: SchemaPlace): SchemaPlace {
  let at = place;
  for (let hops = 0; hops < 32 && isRecord(at.schema); hops += 1) {
    const reference = at.schema["$ref"];
    if (typeof reference !== "string") return at;
    if (!reference.startsWith("#")) return { ...at, schema: true };
    const tokens = reference
      .slice(1)
      .split("/")
      .slice(1)
      .map((token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~"));
    let found: unknown = at.root;
    for (const token of tokens) found = isRecord(found) && Object.hasOwn(found, token) ? found[token] : undefined;
    const last = tokens.at(-1) ?? "";
    at = { ...at, schema: found ?? true, name: NAME.test(last) ? last : at.name };
  }
  return at;
}
