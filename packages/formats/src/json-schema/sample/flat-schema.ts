import { isRecord, type JsonSchema } from "@portolan/core";
import { isSchema, referenced, type Schema } from "../plain-schemas.ts";

/** A schema with all that it refers to, and all parts of its `allOf`, in one map; of what it leaves a choice, one is still to be made. */
export interface FlatSchema {
  readonly words: JsonSchema;
  readonly choices: readonly (readonly Schema[])[];
  /** The references that led here. */
  readonly references: readonly string[];
}

const ANYTHING: FlatSchema = { words: {}, choices: [], references: [] };

/** Undefined if nothing is allowed. */
export function flatSchema(schema: Schema, root: Schema, references: readonly string[] = []): FlatSchema | undefined {
  if (typeof schema === "boolean") return schema ? ANYTHING : undefined;
  const { $ref: reference, allOf, anyOf, oneOf, if: condition, then: met, else: unmet, ...words } = schema;
  const ways = [anyOf, oneOf].filter((list): list is Schema[] => Array.isArray(list) && list.length > 0 && list.every(isSchema));
  if (isSchema(condition)) ways.push([{ allOf: [condition, isSchema(met) ? met : true] }, isSchema(unmet) ? unmet : true]);
  let flat: FlatSchema = { words, choices: ways, references: [] };
  const parts: (readonly [Schema, readonly string[]])[] = (Array.isArray(allOf) ? allOf.filter(isSchema) : []).map((part) => [
    part,
    references,
  ]);
  // One that leads to itself says nothing more.
  if (typeof reference === "string" && !references.includes(reference)) {
    flat = { ...flat, references: [reference] };
    parts.unshift([referenced(reference, root) ?? true, [...references, reference]]);
  }
  for (const [part, behind] of parts) {
    const other = flatSchema(part, root, behind);
    const merged = other === undefined ? undefined : merge(flat, other);
    if (merged === undefined) return undefined;
    flat = merged;
  }
  return flat;
}

/** What both demand. */
export function merge(one: FlatSchema, other: FlatSchema): FlatSchema | undefined {
  const words: Record<string, unknown> = { ...other.words };
  for (const [key, value] of Object.entries(one.words)) {
    const join = JOIN[key];
    // Of other words the outer one counts.
    const joined = join === undefined || !Object.hasOwn(words, key) ? value : join(value, words[key]);
    if (joined === undefined) return undefined;
    words[key] = joined;
  }
  return { words, choices: [...one.choices, ...other.choices], references: [...one.references, ...other.references] };
}

type Join = (one: unknown, other: unknown) => unknown;

const all: Join = (one, other) => (one === other ? one : { allOf: [one, other] });
const numbers =
  (pick: (...values: number[]) => number): Join =>
  (one, other) =>
    typeof one === "number" && typeof other === "number" ? pick(one, other) : one;
const union: Join = (one, other) => [...new Set([one, other].flat())];

/** How the words of two schemas are one; undefined if nothing fits both. */
const JOIN: Readonly<Record<string, Join>> = {
  type: (one, other) => {
    const [own, others] = [[one].flat(), [other].flat()];
    const both = own.filter((type) => others.includes(type) || (type === "integer" && others.includes("number")));
    if (others.includes("integer") && own.includes("number") && !both.includes("integer")) both.push("integer");
    return both.length > 1 ? both : both[0];
  },
  enum: (one, other) => {
    const known = new Set((Array.isArray(other) ? other : []).map((value) => JSON.stringify(value)));
    const both = (Array.isArray(one) ? one : []).filter((value) => known.has(JSON.stringify(value)));
    return both.length > 0 ? both : undefined;
  },
  properties: (one, other) => {
    const joined: Record<string, unknown> = { ...(isRecord(other) ? other : {}) };
    for (const [name, schema] of Object.entries(isRecord(one) ? one : {}))
      joined[name] = Object.hasOwn(joined, name) ? all(schema, joined[name]) : schema;
    return joined;
  },
  required: union,
  items: all,
  additionalProperties: all,
  propertyNames: all,
  minimum: numbers(Math.max),
  exclusiveMinimum: numbers(Math.max),
  minLength: numbers(Math.max),
  minItems: numbers(Math.max),
  minProperties: numbers(Math.max),
  maximum: numbers(Math.min),
  exclusiveMaximum: numbers(Math.min),
  maxLength: numbers(Math.min),
  maxItems: numbers(Math.min),
  maxProperties: numbers(Math.min),
};
