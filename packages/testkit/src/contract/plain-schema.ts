import { isRecord, type JsonSchema } from "@portolan/core";
import type { Schema } from "./operation.ts";

/** How many references in a row are followed: some lead in a circle. */
const MAX_HOPS = 32;

/** The ways in which a value can follow a schema: references are followed, what is put together is one, alternatives are several. */
export function waysOf(schema: Schema, root: Schema, hops = 0): readonly JsonSchema[] {
  if (typeof schema === "boolean") return schema ? [{}] : [];
  if (hops > MAX_HOPS) return [];
  const { $ref: reference, allOf, anyOf, oneOf, ...own } = schema;
  let ways: readonly JsonSchema[] = [own];
  const join = (parts: readonly JsonSchema[]) => {
    ways = ways.flatMap((way) => parts.map((part) => joined(way, part)));
  };
  if (typeof reference === "string") join(waysOf(schemaAt(root, reference), root, hops + 1));
  for (const part of schemasIn(allOf)) join(waysOf(part, root, hops + 1));
  for (const choice of [anyOf, oneOf]) if (Array.isArray(choice)) join(schemasIn(choice).flatMap((part) => waysOf(part, root, hops + 1)));
  return ways.slice(0, 16);
}

/** Where a local reference leads; what leads elsewhere may be anything. */
function schemaAt(root: Schema, reference: string): Schema {
  if (!reference.startsWith("#")) return true;
  let at: unknown = root;
  for (const token of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return isSchema(at) ? at : true;
}

/** Limits of which the stricter one counts. */
const GREATEST = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const LEAST = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/** Both schemas in one. What cannot be said in one is left to whoever checks the values. */
function joined(a: JsonSchema, b: JsonSchema): JsonSchema {
  const both: Record<string, unknown> = { ...a, ...b };
  for (const key of GREATEST) if (isNumber(a[key]) && isNumber(b[key])) both[key] = Math.max(a[key], b[key]);
  for (const key of LEAST) if (isNumber(a[key]) && isNumber(b[key])) both[key] = Math.min(a[key], b[key]);
  if (Array.isArray(a["required"]) && Array.isArray(b["required"])) both["required"] = [...new Set([...a["required"], ...b["required"]])];
  if (Array.isArray(a["enum"]) && Array.isArray(b["enum"])) {
    const other = new Set(b["enum"].map((value) => JSON.stringify(value)));
    both["enum"] = a["enum"].filter((value) => other.has(JSON.stringify(value)));
  }
  if (a["type"] !== undefined && b["type"] !== undefined) both["type"] = typesOf(a).filter((type) => typesOf(b).includes(type));
  if (isRecord(a["properties"]) && isRecord(b["properties"])) {
    const [own, others] = [a["properties"], b["properties"]];
    const shared = Object.keys(own).filter((name) => Object.hasOwn(others, name));
    both["properties"] = { ...own, ...others, ...Object.fromEntries(shared.map((name) => [name, { allOf: [own[name], others[name]] }])) };
  }
  if (a["items"] !== undefined && b["items"] !== undefined) both["items"] = { allOf: [a["items"], b["items"]] };
  if (a["additionalProperties"] === false || b["additionalProperties"] === false) both["additionalProperties"] = false;
  return both;
}

const ALL_TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
export type JsonType = (typeof ALL_TYPES)[number];

/** The types that a schema allows; where it does not say, those that its keywords are about, else all. */
export function typesOf(schema: JsonSchema): readonly JsonType[] {
  const { type } = schema;
  const list: readonly unknown[] = Array.isArray(type) ? type : [type];
  const named = ALL_TYPES.filter((one) => list.includes(one) || (one === "integer" && list.includes("number")));
  if (named.length > 0 || Array.isArray(type)) return named;
  const told = TELLING.filter(([, keys]) => keys.some((key) => schema[key] !== undefined)).map(([one]) => one);
  return told.length > 0 ? told : ALL_TYPES;
}

const TELLING: readonly (readonly [JsonType, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"]],
  ["array", ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

export function schemasIn(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}

/** The schema under a keyword, or one that allows everything. */
export function schemaIn(schema: JsonSchema, key: string): Schema {
  const part = schema[key];
  return isSchema(part) ? part : true;
}

/** The schemas of a map such as `properties`. */
export function schemaEntries(value: unknown): readonly (readonly [string, Schema])[] {
  return isRecord(value) ? Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1])) : [];
}

export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

export function numberIn(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key];
  return isNumber(value) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
