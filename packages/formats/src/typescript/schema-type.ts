import { isRecord, type JsonSchema } from "@portolan/core";
import { definitionName } from "../openapi/index.ts";
import { commentOf } from "./comment.ts";
import { propertyKey } from "./type-names.ts";
import { NEVER, UNKNOWN, atom, intersection, listOf, union, within, type TypeText } from "./type-text.ts";

/** `request`: what is `readOnly` need not be there. `reply`: what is `writeOnly` need not. */
export type Direction = "request" | "reply";

/** How the schemas of one place are written. */
export interface TypeScope {
  readonly direction: Direction;
  /** What stands before the lines of a type that takes several. */
  readonly indent: string;
  /** Whether the type stands neither in a field nor in a list, so that TypeScript has to know it at once. */
  readonly isDirect: boolean;
  /** The type that a reference to a named schema leads to; undefined if it leads nowhere. */
  named(name: string, isDirect: boolean): string | undefined;
}

const PRIMITIVES: Readonly<Record<string, TypeText>> = {
  string: atom("string"),
  number: atom("number"),
  integer: atom("number"),
  boolean: atom("boolean"),
  null: atom("null"),
};

/** The TypeScript type of the values of a schema (JSON Schema 2020-12). What TypeScript cannot say is left out, never said wrongly. */
export function schemaType(schema: unknown, scope: TypeScope): TypeText {
  if (schema === false) return NEVER;
  if (!isRecord(schema)) return UNKNOWN;
  if ("const" in schema) return literal(schema["const"]);
  if (Array.isArray(schema["enum"])) return enumType(schema["enum"], schema);
  const name = definitionName(schema["$ref"]);
  const named = name === undefined ? undefined : scope.named(name, scope.isDirect);
  const all = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  const either = [schema["anyOf"], schema["oneOf"]].filter((list) => Array.isArray(list)).filter((list) => list.length > 0);
  return intersection([
    ...(named === undefined ? [] : [atom(named)]),
    ownType(schema, scope),
    ...all.map((one) => schemaType(one, scope)),
    ...either.map((list) => union(list.map((one) => schemaType(one, scope)))),
  ]);
}

function enumType(values: readonly unknown[], schema: JsonSchema): TypeText {
  const types = typesOf(schema);
  const fitting = types.length === 0 ? values : values.filter((value) => types.includes(jsonType(value)) || isWhole(value, types));
  // Some documents list texts for a number: then the type is right, and the list is not.
  return fitting.length === 0 ? union(types.map((type) => PRIMITIVES[type] ?? UNKNOWN)) : union(fitting.map(literal));
}

function isWhole(value: unknown, types: readonly string[]): boolean {
  return typeof value === "number" && types.includes("integer");
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function typesOf({ type }: JsonSchema): readonly string[] {
  return [type].flat().filter((one) => typeof one === "string");
}

function ownType(schema: JsonSchema, scope: TypeScope): TypeText {
  const said = typesOf(schema);
  const types = said.length === 0 ? impliedTypes(schema) : said;
  if (types.length === 0) return UNKNOWN;
  return union(
    types.map((type) => {
      if (type === "object") return objectType(schema, scope);
      return type === "array" ? arrayType(schema, scope) : (PRIMITIVES[type] ?? UNKNOWN);
    }),
  );
}

function impliedTypes(schema: JsonSchema): readonly string[] {
  if (isRecord(schema["properties"]) || isRecord(schema["additionalProperties"])) return ["object"];
  return "items" in schema || "prefixItems" in schema ? ["array"] : [];
}

function arrayType({ items, prefixItems, minItems }: JsonSchema, scope: TypeScope): TypeText {
  const inner = { ...scope, isDirect: false };
  if (!Array.isArray(prefixItems) || prefixItems.length === 0) return listOf(schemaType(items, inner));
  const needed = typeof minItems === "number" ? minItems : 0;
  const first = prefixItems.map((one, index) => `${within(schemaType(one, inner))}${index < needed ? "" : "?"}`);
  const more = items === false ? [] : [`...${within(schemaType(items, inner))}[]`];
  return { text: `readonly [${[...first, ...more].join(", ")}]`, isAtom: false };
}

function objectType(schema: JsonSchema, scope: TypeScope): TypeText {
  const { properties, required, additionalProperties, patternProperties } = schema;
  const inner = { ...scope, indent: `${scope.indent}  `, isDirect: false };
  const own = isRecord(properties) ? properties : {};
  const needed = new Set<string>(Array.isArray(required) ? required.filter((name) => typeof name === "string") : []);
  const lines = Object.entries(own).flatMap(([name, property]) => [
    ...commentOf(property, inner.indent),
    `${inner.indent}readonly ${propertyKey(name)}${needed.has(name) && !isSpared(property, scope.direction) ? "" : "?"}: ${schemaType(property, inner).text};`,
  ]);
  // Fields that must be there and are not described.
  for (const name of needed) if (!Object.hasOwn(own, name)) lines.push(`${inner.indent}readonly ${propertyKey(name)}: ${UNKNOWN.text};`);
  if (lines.length === 0) {
    if (additionalProperties === false) return atom("{ readonly [name: string]: never }");
    const value = isRecord(additionalProperties) && !isRecord(patternProperties) ? schemaType(additionalProperties, inner) : UNKNOWN;
    return atom(`{ readonly [name: string]: ${value.text} }`);
  }
  // An index may not say less than the fields beside it.
  if (additionalProperties === true || isRecord(additionalProperties) || isRecord(patternProperties))
    lines.push(`${inner.indent}readonly [name: string]: ${UNKNOWN.text};`);
  return atom(`{\n${lines.join("\n")}\n${scope.indent}}`);
}

/** Whether a field that the schema requires is spared in this direction. */
export function isSpared(property: unknown, direction: Direction): boolean {
  return isRecord(property) && property[direction === "request" ? "readOnly" : "writeOnly"] === true;
}

function literal(value: unknown): TypeText {
  if (value === null || typeof value === "boolean" || typeof value === "string") return atom(JSON.stringify(value));
  if (typeof value === "number") return atom(String(value));
  if (Array.isArray(value)) return { text: `readonly [${value.map((one) => literal(one).text).join(", ")}]`, isAtom: false };
  if (!isRecord(value)) return UNKNOWN;
  const fields = Object.entries(value).map(([key, inner]) => `readonly ${propertyKey(key)}: ${literal(inner).text};`);
  return atom(`{ ${fields.join(" ")} }`);
}
