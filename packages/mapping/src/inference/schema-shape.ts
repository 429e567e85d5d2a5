import { isRecord, type JsonSchema } from "@portolan/core";
import { alternatives, ANY, listOf, NOTHING, something, union, type Field, type Shape } from "./shape.ts";

type Schema = JsonSchema | boolean;

/** How deep references are followed: schemas may contain themselves. */
const DEPTH = 12;

/** What a JSON Schema tells of the values that it accepts. What it says in ways that are not read here is any. */
export function shapeOfSchema(schema: Schema, root: Schema = schema, depth = 0): Shape {
  if (typeof schema === "boolean") return schema ? ANY : NOTHING;
  if (depth > DEPTH) return ANY;
  const inner = (part: unknown): Shape => (isSchema(part) ? shapeOfSchema(part, root, depth + 1) : ANY);
  const { $ref, const: constant, enum: values, anyOf, oneOf, allOf, type } = schema;
  if (typeof $ref === "string") {
    const target = resolveReference($ref, root);
    return target === undefined ? ANY : shapeOfSchema(target, root, depth + 1);
  }
  if ("const" in schema) return shapeOfValue(constant);
  if (Array.isArray(values)) return union(...values.map((value) => shapeOfValue(value)));
  const choice = anyOf ?? oneOf;
  if (Array.isArray(choice) && !("properties" in schema)) return union(...choice.map(inner));
  if (Array.isArray(allOf))
    return allOf.map(inner).reduce(both, type === undefined && !("properties" in schema) ? ANY : ofType(schema, inner));
  return ofType(schema, inner);
}

function ofType(schema: JsonSchema, inner: (part: unknown) => Shape): Shape {
  const { type } = schema;
  const types = Array.isArray(type) ? (type as readonly unknown[]) : type === undefined ? impliedTypes(schema) : [type];
  if (types === undefined) return ANY;
  return union(...types.map((one) => shapeOfType(one, schema, inner)));
}

function impliedTypes(schema: JsonSchema): readonly string[] | undefined {
  if ("properties" in schema) return ["object"];
  return "items" in schema || "prefixItems" in schema ? ["array"] : undefined;
}

function shapeOfType(type: unknown, schema: JsonSchema, inner: (part: unknown) => Shape): Shape {
  switch (type) {
    case "string":
    case "boolean":
      return { kind: type };
    case "number":
    case "integer":
      return { kind: "number" };
    case "null":
      return { kind: "null" };
    case "array": {
      const { items, prefixItems } = schema;
      const first = Array.isArray(prefixItems) ? prefixItems.map(inner) : [];
      return listOf(items === false ? union(...first) : union(...first, inner(items)));
    }
    case "object":
      return shapeOfMap(schema, inner);
    default:
      return ANY;
  }
}

function shapeOfMap({ properties, required, additionalProperties, patternProperties }: JsonSchema, inner: (part: unknown) => Shape): Shape {
  const needed = new Set(Array.isArray(required) ? required : []);
  const fields = new Map(
    Object.entries(isRecord(properties) ? properties : {}).map(([name, part]): readonly [string, Field] => [
      name,
      { shape: inner(part), isOptional: !needed.has(name) },
    ]),
  );
  // A schema that tells of no fields at all tells nothing; one that tells of some is taken to tell of all.
  const isOpen = fields.size === 0 ? additionalProperties !== false : additionalProperties === true || isRecord(additionalProperties);
  if (isRecord(patternProperties)) return { kind: "object", fields, others: ANY };
  return { kind: "object", fields, ...(isOpen ? { others: inner(additionalProperties) } : {}) };
}

export function shapeOfValue(value: unknown): Shape {
  if (value === null) return { kind: "null" };
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { kind: typeof value as "string", values: [value] };
  if (Array.isArray(value)) return listOf(value.length === 0 ? ANY : union(...value.map((item) => shapeOfValue(item))));
  if (!isRecord(value)) return NOTHING;
  return {
    kind: "object",
    fields: new Map(Object.entries(value).map(([name, part]) => [name, { shape: shapeOfValue(part), isOptional: false }])),
  };
}

/** What both schemas of an `allOf` accept: fields of both; of all else, what is known of either. */
function both(one: Shape, other: Shape): Shape {
  if (one.kind === "any") return other;
  if (one.kind !== "object" || other.kind !== "object") return one;
  const others = one.others === undefined || other.others === undefined ? {} : { others: other.others };
  return { kind: "object", fields: new Map([...one.fields, ...other.fields]), ...others };
}

function resolveReference(reference: string, root: Schema): Schema | undefined {
  if (!reference.startsWith("#") || typeof root === "boolean") return undefined;
  const parts = decodeURIComponent(reference.slice(1)).split("/").slice(1);
  let found: unknown = root;
  for (const part of parts) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return isSchema(found) ? found : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}

/** The JSON Schema of a shape; nothing is null, as it is where a body is nothing. */
export function schemaOfShape(shape: Shape): Schema {
  switch (shape.kind) {
    case "any":
    case "function":
      return true;
    case "nothing":
    case "null":
      return { type: "null" };
    case "string":
    case "number":
    case "boolean":
      return shape.values === undefined ? { type: shape.kind } : { type: shape.kind, enum: shape.values };
    case "list":
      return { type: "array", items: schemaOfShape(shape.items) };
    case "union":
      return { anyOf: alternatives(shape).map((one) => schemaOfShape(one)) };
    case "object": {
      const entries = [...shape.fields];
      return {
        type: "object",
        properties: Object.fromEntries(entries.map(([name, field]) => [name, schemaOfShape(something(field.shape))])),
        required: entries.filter(([, field]) => !field.isOptional).map(([name]) => name),
        additionalProperties: shape.others === undefined ? false : schemaOfShape(shape.others),
      };
    }
    default:
      return shape satisfies never;
  }
}
