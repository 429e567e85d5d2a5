import fc from "fast-check";
import type { JsonSchema } from "@portolan/core";
import type { Schema } from "./operation.ts";
import { numberIn, schemaEntries, schemaIn, schemasIn, textsIn, typesOf, waysOf, type JsonType } from "./plain-schema.ts";
import { textValues } from "./text-values.ts";

/** Below this depth only what has to be there is made, so that schemas that contain themselves come to an end. */
const DEPTH = 4;
/** Deeper than this nothing is made at all: such a schema has no value that ends. */
const BOTTOM = 24;
/** How many items or fields more than needed. */
const MORE = 4;

/**
 * Values by a JSON Schema. Most of them follow it; keywords that only a check can tell (`not`, `if`, `contains`, …) are left to
 * whoever filters them. What is `readOnly` is left out: they are values of requests.
 */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  return values(schema, { root: schema, depth: 0 });
}

interface At {
  readonly root: Schema;
  readonly depth: number;
}

function values(schema: Schema, at: At): fc.Arbitrary<unknown> {
  if (at.depth > BOTTOM) return fc.constant(null);
  const ways = waysOf(schema, at.root);
  if (ways.length === 0) return fc.constant(null);
  return anyOf(ways.map((way) => valuesOfWay(way, at)));
}

function valuesOfWay(schema: JsonSchema, at: At): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"]))
    return schema["enum"].length === 0 ? fc.constant(null) : fc.constantFrom(...(schema["enum"] as unknown[]));
  const types = typesOf(schema);
  // A number may be whole, so that both need not be made.
  const wanted = types.filter((type) => type !== "integer" || !types.includes("number"));
  // Anything goes: what is simple is as good as what is not.
  const few: readonly JsonType[] = wanted.length > 4 ? ["string", "number", "boolean", "null"] : wanted;
  const made = anyOf(few.map((type) => valuesOfType(type, schema, at)));
  const examples: readonly unknown[] = Array.isArray(schema["examples"]) ? schema["examples"] : [];
  return examples.length === 0 ? made : fc.oneof({ arbitrary: made, weight: 3 }, { arbitrary: fc.constantFrom(...examples), weight: 1 });
}

function valuesOfType(type: JsonType, schema: JsonSchema, at: At): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return integers(schema);
    case "number":
      return numbers(schema);
    case "string":
      return textValues(schema);
    case "array":
      return lists(schema, at);
    case "object":
      return maps(schema, at);
    default:
      return type satisfies never;
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The greatest and least whole numbers that a schema allows; those of JSON are exact up to 2^53. */
function integers(schema: JsonSchema): fc.Arbitrary<number> {
  const bits = schema["format"] === "int32" ? 2 ** 31 : Number.MAX_SAFE_INTEGER;
  const { min, max } = wholeRange(schema, { min: -bits, max: bits - 1 });
  const step = numberIn(schema, "multipleOf") ?? 1;
  if (min > max) return fc.constant(min);
  if (step === 1) return withLimits(fc.integer({ min, max }), { min, max }, schema);
  if (!Number.isInteger(step)) return fc.integer({ min, max });
  const [least, most] = [Math.ceil(min / step), Math.floor(max / step)];
  return least > most ? fc.constant(min) : fc.integer({ min: least, max: most }).map((count) => count * step);
}

/** The limits themselves, and what is next to them, are where programs are wrong most often. */
function withLimits(values: fc.Arbitrary<number>, { min, max }: Range, schema: JsonSchema): fc.Arbitrary<number> {
  const isGiven = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].some((key) => schema[key] !== undefined);
  const near = [min, min + 1, max - 1, max].filter((value) => value >= min && value <= max);
  return isGiven ? fc.oneof({ arbitrary: values, weight: 3 }, { arbitrary: fc.constantFrom(...near), weight: 1 }) : values;
}

function wholeRange(schema: JsonSchema, { min, max }: Range): Range {
  const [above, below] = [numberIn(schema, "exclusiveMinimum"), numberIn(schema, "exclusiveMaximum")];
  return {
    min: Math.max(min, Math.ceil(numberIn(schema, "minimum") ?? min), above === undefined ? min : Math.floor(above) + 1),
    max: Math.min(max, Math.floor(numberIn(schema, "maximum") ?? max), below === undefined ? max : Math.ceil(below) - 1),
  };
}

function numbers(schema: JsonSchema): fc.Arbitrary<number> {
  const step = numberIn(schema, "multipleOf");
  const [min, max] = [numberIn(schema, "minimum"), numberIn(schema, "maximum")];
  const [above, below] = [numberIn(schema, "exclusiveMinimum"), numberIn(schema, "exclusiveMaximum")];
  const low = Math.max(min ?? -1e15, above ?? -1e15);
  const high = Math.min(max ?? 1e15, below ?? 1e15);
  if (low > high) return fc.constant(low);
  // Steps such as 0.01 are counted, so that no rounding is in the way.
  if (step !== undefined)
    return fc
      .integer({ min: Math.ceil(low / step), max: Math.max(Math.ceil(low / step), Math.floor(high / step)) })
      .map((count) => Number((count * step).toPrecision(15)));
  const excluded = { minExcluded: low === above && low < high, maxExcluded: high === below && low < high };
  const fractions = fc.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true, ...excluded });
  const whole = wholeRange(schema, { min: -1e6, max: 1e6 });
  // JSON has no negative zero.
  return whole.min > whole.max
    ? fractions.map((value) => value + 0)
    : fc.oneof(
        fc.integer(whole),
        fractions.map((value) => value + 0),
      );
}

function lists(schema: JsonSchema, at: At): fc.Arbitrary<unknown> {
  const inner: At = { ...at, depth: at.depth + 1 };
  const first = schemasIn(schema["prefixItems"]);
  const least = numberIn(schema, "minItems") ?? 0;
  const most = Math.min(numberIn(schema, "maxItems") ?? Infinity, at.depth >= DEPTH ? least : Math.max(least, first.length) + MORE);
  const items = values(
    schema["contains"] !== undefined && schema["items"] === undefined ? schemaIn(schema, "contains") : schemaIn(schema, "items"),
    inner,
  );
  const rest = { minLength: Math.max(0, least - first.length), maxLength: Math.max(0, most - first.length, least - first.length) };
  const others =
    schema["items"] === false
      ? fc.constant([])
      : schema["uniqueItems"] === true
        ? fc.uniqueArray(items, { ...rest, selector: (value) => JSON.stringify(value) })
        : fc.array(items, rest);
  if (first.length === 0) return others;
  return fc
    .tuple(fc.tuple(...first.map((one) => values(one, inner))), others)
    .map(([head, tail]) => [...head, ...tail].slice(0, Math.max(most, least)));
}

function maps(schema: JsonSchema, at: At): fc.Arbitrary<unknown> {
  const inner: At = { ...at, depth: at.depth + 1 };
  const properties = new Map(schemaEntries(schema["properties"]).filter(([, part]) => !isReadOnly(part)));
  const readOnly = new Set(
    schemaEntries(schema["properties"])
      .map(([name]) => name)
      .filter((name) => !properties.has(name)),
  );
  const required = textsIn(schema["required"]).filter((name) => !readOnly.has(name));
  const others = schemaIn(schema, "additionalProperties");
  const isClosed = others === false;
  for (const name of required) if (!properties.has(name)) properties.set(name, isClosed ? true : others);
  const wanted = [...properties].filter(([name, part]) => required.includes(name) || (at.depth < DEPTH && part !== false));
  const known = fc.record(Object.fromEntries(wanted.map(([name, part]) => [name, values(part, inner)])), {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
  const more = dictionaries(schema, inner, numberIn(schema, "minProperties") ?? 0);
  return more === undefined ? known : fc.tuple(known, more).map(([own, extra]) => ({ ...extra, ...own }));
}

/** What a map has under names that are not fixed, where it says something of them. */
function dictionaries(schema: JsonSchema, at: At, least: number): fc.Arbitrary<object> | undefined {
  const others = schema["additionalProperties"];
  const isNeeded = least > schemaEntries(schema["properties"]).length;
  const patterns = schemaEntries(schema["patternProperties"]);
  const count = {
    noNullPrototype: true,
    minKeys: Math.min(least, 16),
    maxKeys: Math.max(Math.min(least, 16), at.depth > DEPTH ? 0 : MORE),
  };
  const names =
    schema["propertyNames"] === undefined
      ? fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,11}$/)
      : values(schemaIn(schema, "propertyNames"), at).map(String);
  const [pattern] = patterns;
  if (pattern !== undefined) return fc.dictionary(textValues({ pattern: pattern[0] }), values(pattern[1], at), count);
  if (typeof others === "object" && others !== null)
    return fc.dictionary(names, values(schemaIn(schema, "additionalProperties"), at), count);
  return isNeeded ? fc.dictionary(names, values(others === false ? true : schemaIn(schema, "additionalProperties"), at), count) : undefined;
}

function isReadOnly(schema: Schema): boolean {
  return typeof schema !== "boolean" && schema["readOnly"] === true;
}

function anyOf(choice: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  const [only] = choice;
  return choice.length === 1 && only !== undefined ? only : choice.length === 0 ? fc.constant(null) : fc.oneof(...choice);
}
