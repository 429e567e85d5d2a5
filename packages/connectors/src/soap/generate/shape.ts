import { isRecord, type JsonSchema } from "@portolan/core";
import { isSchema, plainSchemas, textsIn } from "@portolan/formats/json-schema";
import { simpleTypeOf, type SimpleType } from "./simple-type.ts";

/** A part of a contract, with the whole that its references lead into. */
export interface SchemaPlace {
  readonly schema: unknown;
  readonly root: unknown;
}

export interface Field {
  readonly name: string;
  readonly place: SchemaPlace;
  readonly isRequired: boolean;
}

/** What a contract describes, as far as XML can say it. */
export type Shape =
  /** A text, a number or a boolean; of several types each value is of one. */
  | { readonly kind: "simple"; readonly types: readonly SimpleType[] }
  /** What has no type in XML Schema: its JSON, as a text. */
  | { readonly kind: "json" }
  | { readonly kind: "list"; readonly item: SchemaPlace; readonly minItems: number; readonly maxItems: number }
  /** Fields; of `ways` one more list of fields, that of the alternative which a value is; `others` are fields by names that are not known before. */
  | {
      readonly kind: "record";
      readonly fields: readonly Field[];
      readonly ways: readonly (readonly Field[])[];
      readonly others: SchemaPlace | undefined;
    };

export interface Described {
  readonly shape: Shape;
  readonly isNullable: boolean;
  /** What the contract calls this type, if it does. */
  readonly name: string | undefined;
  readonly description: string | undefined;
}

const JSON_SHAPE: Shape = { kind: "json" };

export function describeSchema(place: SchemaPlace): Described {
  const { schema, root } = place;
  if (!isSchema(schema) || !isSchema(root)) return { shape: JSON_SHAPE, isNullable: false, name: undefined, description: undefined };
  const all = plainSchemas(schema, root);
  const ways = unique(all.map(withoutNull).filter((way) => way !== undefined));
  const [first = true] = ways;
  const description = [schema, first].map((one) => (isRecord(one) ? one["description"] : undefined)).find((one) => typeof one === "string");
  return {
    shape: ways.length === 0 ? { kind: "simple", types: [{ base: "xs:string", facets: [], value: "text" }] } : shapeOf(ways, root),
    isNullable: all.some(allowsNull),
    name: nameOf(schema, ways.length === 1 ? first : undefined),
    description,
  };
}

function allowsNull(schema: JsonSchema | boolean): boolean {
  if (!isRecord(schema)) return false;
  return schema["type"] === "null" || schema["const"] === null || (Array.isArray(schema["enum"]) && schema["enum"].includes(null));
}

/** Undefined for a way in which only null is. */
function withoutNull(schema: JsonSchema | boolean): JsonSchema | boolean | undefined {
  if (!isRecord(schema)) return schema;
  if (schema["type"] === "null" || ("const" in schema && schema["const"] === null)) return undefined;
  if (!Array.isArray(schema["enum"])) return schema;
  const values: readonly unknown[] = schema["enum"].filter((value) => value !== null);
  return values.length === 0 ? undefined : { ...schema, enum: values };
}

function shapeOf(ways: readonly (JsonSchema | boolean)[], root: unknown): Shape {
  const [only] = ways;
  if (ways.length === 1 && only !== undefined) return shapeOfOne(only, root);
  const shapes = ways.map((way) => shapeOfOne(way, root));
  const types = shapes.flatMap((shape) => (shape.kind === "simple" ? shape.types : []));
  if (types.length >= shapes.length && shapes.every(({ kind }) => kind === "simple")) return { kind: "simple", types: distinct(types) };
  const records = shapes.filter((shape) => shape.kind === "record");
  if (records.length === shapes.length) return alternatives(records, root);
  return listOrItem(ways, shapes) ?? JSON_SHAPE;
}

/** One, or a list of such: a list, that may hold one. */
function listOrItem(ways: readonly (JsonSchema | boolean)[], shapes: readonly Shape[]): Shape | undefined {
  const index = shapes.findIndex(({ kind }) => kind === "list");
  const list = shapes[index];
  const other = ways[1 - index];
  if (ways.length !== 2 || list?.kind !== "list" || other === undefined) return undefined;
  const { schema, root } = list.item;
  const [item, ...more] = isSchema(schema) && isSchema(root) ? plainSchemas(schema, root) : [];
  return more.length === 0 && JSON.stringify(item) === JSON.stringify(other)
    ? { ...list, minItems: Math.min(1, list.minItems) }
    : undefined;
}

function shapeOfOne(schema: JsonSchema | boolean, root: unknown): Shape {
  if (!isRecord(schema)) return JSON_SHAPE;
  const simple = simpleTypeOf(schema);
  if (simple !== undefined) return { kind: "simple", types: [simple] };
  if (Array.isArray(schema["enum"]) && schema["type"] === undefined) return mixedValues(schema["enum"]);
  if (schema["type"] === "array") return listShape(schema, root);
  return schema["type"] === "object" && !("const" in schema) && !("enum" in schema) ? recordShape(schema, root) : JSON_SHAPE;
}

function mixedValues(values: readonly unknown[]): Shape {
  const types = ["boolean", "number", "string"].flatMap((type) => {
    const own = values.filter((value) => typeof value === type);
    const simple = own.length === 0 ? undefined : simpleTypeOf({ enum: own });
    return simple === undefined ? [] : [simple];
  });
  return values.some((value) => typeof value === "object") ? JSON_SHAPE : { kind: "simple", types };
}

function listShape(schema: JsonSchema, root: unknown): Shape {
  // Places of a list that differ in what they hold have no names.
  if (Array.isArray(schema["prefixItems"]) || Array.isArray(schema["items"])) return JSON_SHAPE;
  const { minItems, maxItems } = schema;
  const most = typeof maxItems === "number" ? maxItems : Infinity;
  return {
    kind: "list",
    item: { schema: schema["items"] ?? true, root },
    minItems: Math.min(typeof minItems === "number" ? minItems : 0, most),
    maxItems: most,
  };
}

function recordShape(schema: JsonSchema, root: unknown): Shape {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(textsIn(schema["required"]));
  const fields = Object.keys(properties).map((name) => ({
    name,
    place: { schema: properties[name], root },
    isRequired: required.has(name),
  }));
  return { kind: "record", fields, ways: [], others: othersOf(schema, root, fields.length === 0) };
}

/** Fields beside those that have names: only where the contract says what they are, or names none. */
function othersOf(schema: JsonSchema, root: unknown, hasNone: boolean): SchemaPlace | undefined {
  const { additionalProperties: rest, patternProperties: patterns, propertyNames } = schema;
  const parts = isRecord(patterns) ? Object.values(patterns) : [];
  if (isRecord(rest)) parts.push(rest);
  if (parts.length === 1) return { schema: parts[0], root };
  if (parts.length > 1) return { schema: { anyOf: parts }, root };
  return (hasNone && rest !== false) || propertyNames !== undefined ? { schema: true, root } : undefined;
}

type RecordShape = Extract<Shape, { kind: "record" }>;

/**
 * Alternatives that share no field, and each of which has one that must be there, are a choice. Others are one type with the fields of all, of which must
 * be there what each alternative has: XML Schema cannot tell alternatives that begin alike.
 */
function alternatives(records: readonly RecordShape[], root: unknown): Shape {
  const names = records.map(({ fields }) => fields.map(({ name }) => name));
  const common = (names[0] ?? []).filter((name) => names.every((own) => own.includes(name)));
  const others = records.find((one) => one.others !== undefined)?.others;
  const own = records.map(({ fields }) => fields.filter(({ name }) => !common.includes(name)));
  const all = own.flat().map(({ name }) => name);
  const isChoice =
    others === undefined &&
    new Set(all).size === all.length &&
    all.every((name) => !name.startsWith("@") && name !== "#text") &&
    own.every((fields) => fields.some(({ isRequired }) => isRequired));
  const merged = Map.groupBy(
    records.flatMap(({ fields }) => fields),
    ({ name }) => name,
  );
  const isRequired = (name: string) => records.every(({ fields }) => fields.some((field) => field.name === name && field.isRequired));
  const fields = [...merged].map(([name, same]) => ({ name, place: eitherPlace(same, root), isRequired: isRequired(name) }));
  if (!isChoice) return { kind: "record", fields, ways: [], others };
  return { kind: "record", fields: fields.filter(({ name }) => common.includes(name)), ways: own, others };
}

function eitherPlace(fields: readonly Field[], root: unknown): SchemaPlace {
  const [only, ...others] = unique(fields.map(({ place }) => place.schema));
  return { schema: others.length === 0 ? only : { anyOf: unique([only, ...others].flatMap(waysOf)) }, root };
}

/** Alternatives within alternatives are alternatives: without end they would be those of a type that holds itself. */
function waysOf(schema: unknown): readonly unknown[] {
  return isRecord(schema) && Array.isArray(schema["anyOf"]) && Object.keys(schema).length === 1
    ? schema["anyOf"].flatMap(waysOf)
    : [schema];
}

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** Types that are the same, or that a wider one of them covers, are one. */
function distinct(types: readonly SimpleType[]): readonly SimpleType[] {
  const listed = types.every(
    ({ base, facets }) => base === types[0]?.base && facets.length > 0 && facets.every(([name]) => name === "xs:enumeration"),
  );
  if (listed && types[0] !== undefined) {
    const values = new Set(types.flatMap(({ facets }) => facets.map(([, value]) => value)));
    return [{ ...types[0], facets: [...values].map((value) => ["xs:enumeration", value] as const) }];
  }
  const unique = new Map(types.map((type) => [JSON.stringify(type), type]));
  const isWide = ({ value }: SimpleType, base: string) =>
    [...unique.values()].some((type) => type.value === value && type.base === base && type.facets.length === 0);
  const widest = { text: "xs:string", number: "xs:double", boolean: "xs:boolean" };
  const isCovered = (type: SimpleType) => isWide(type, widest[type.value]) && (type.base !== widest[type.value] || type.facets.length > 0);
  // A text may look like a number or a boolean: the narrower comes first.
  const order = ["boolean", "number", "text"];
  return [...unique.values()]
    .filter((type) => !isCovered(type))
    .toSorted((one, other) => order.indexOf(one.value) - order.indexOf(other.value));
}

function nameOf(schema: JsonSchema | boolean, resolved: JsonSchema | boolean | undefined): string | undefined {
  if (isRecord(resolved) && typeof resolved["title"] === "string") return resolved["title"];
  if (!isRecord(schema)) return undefined;
  if (typeof schema["$ref"] === "string") return /\/([^/]+)$/.exec(schema["$ref"])?.[1];
  // A reference or null, and one with words beside it.
  const [only, ...more] = partsOf(schema).filter((part) => !isRecord(part) || part["type"] !== "null");
  const isAlone = more.length === 0 && schema["properties"] === undefined;
  return isAlone && isRecord(only) && typeof only["$ref"] === "string" ? nameOf(only, undefined) : undefined;
}

/** Whether a schema refers to another before it says anything of its own: it may be within itself, then. */
export function isReferring(schema: unknown): boolean {
  return isRecord(schema) && (typeof schema["$ref"] === "string" || partsOf(schema).some(isReferring));
}

function partsOf(schema: JsonSchema): readonly unknown[] {
  return ["anyOf", "oneOf", "allOf"].flatMap((word): readonly unknown[] => (Array.isArray(schema[word]) ? schema[word] : []));
}
