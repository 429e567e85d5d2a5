import { isRecord, type JsonSchema } from "@portolan/core";
import type { MutationKind, Schema } from "./operation.ts";
import { numberIn, schemaEntries, schemaIn, schemasIn, textsIn, typesOf, waysOf, type JsonType } from "./plain-schema.ts";

/** A value with one change, after which it should not follow its schema any more. */
export interface Mutation {
  readonly kind: MutationKind;
  /** Where the change is and what it is, such as `lines[].qty is 0, below the minimum 1`. */
  readonly words: string;
  readonly value: unknown;
}

/** Deeper than this nothing is changed. */
const DEPTH = 8;

/**
 * Changes that a schema forbids, one at a time, wherever it says something. A few may be allowed by another part of the schema:
 * whoever uses them checks that they are not.
 */
export function mutationsOf(value: unknown, schema: Schema, root: Schema = schema): readonly Mutation[] {
  return mutations(value, [schema], { root, path: [] });
}

interface At {
  readonly root: Schema;
  readonly path: readonly string[];
}

function mutations(value: unknown, schemas: readonly Schema[], at: At): readonly Mutation[] {
  if (at.path.length > DEPTH) return [];
  const ways = schemas.flatMap((schema) => waysOf(schema, at.root));
  const own = ways.filter((way) => typesOf(way).includes(typeOf(value)));
  return [...wrongTypes(value, ways, at), ...own.flatMap((way) => limitsBroken(value, way, at)), ...partsChanged(value, own, at)];
}

function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "object" ? "object" : typeof value === "boolean" ? "boolean" : "string";
}

/** One value of each type; the order is that of what surprises most. */
const SAMPLES: readonly unknown[] = ["not of this type", 31.5, {}, [], true];

function wrongTypes(value: unknown, ways: readonly JsonSchema[], at: At): readonly Mutation[] {
  const allowed = new Set(ways.flatMap(typesOf));
  if (ways.length === 0 || allowed.size >= 7) return [];
  const other = SAMPLES.find((sample) => !allowed.has(typeOf(sample)) && typeOf(sample) !== typeOf(value));
  const found = [...(other === undefined ? [] : [other]), ...(allowed.has("null") ? [] : [null])];
  return found.map((one) => ({
    kind: "wrong type",
    words: `${placeOf(at)} is ${JSON.stringify(one)} in place of ${[...allowed].filter((type) => type !== "integer" || !allowed.has("number")).join(" or ")}`,
    value: one,
  }));
}

function limitsBroken(value: unknown, schema: JsonSchema, at: At): readonly Mutation[] {
  const listed = Array.isArray(schema["enum"]) || "const" in schema;
  const place = placeOf(at);
  const broken = listed
    ? notListed(value)
    : typeof value === "number"
      ? numberLimits(schema)
      : typeof value === "string"
        ? textLimits(value, schema)
        : Array.isArray(value)
          ? listLimits(value, schema)
          : [];
  return broken.map(([one, words]) => ({ kind: "out of range", words: `${place} ${words}`, value: one }));
}

type Broken = readonly (readonly [value: unknown, words: string])[];

function notListed(value: unknown): Broken {
  const other = typeof value === "string" ? `${value}_not_listed` : typeof value === "number" ? value + 987_654 : undefined;
  return other === undefined ? [] : [[other, `is ${JSON.stringify(other)}, which is none of the values listed`]];
}

function numberLimits(schema: JsonSchema): Broken {
  const step = numberIn(schema, "multipleOf");
  const limit = (key: string, beyond: (limit: number) => number): Broken => {
    const bound = numberIn(schema, key);
    return bound === undefined ? [] : [[beyond(bound), `is ${beyond(bound)}, beyond the ${key} ${bound}`]];
  };
  return [
    ...limit("minimum", (bound) => bound - 1),
    ...limit("maximum", (bound) => bound + 1),
    ...limit("exclusiveMinimum", (bound) => bound),
    ...limit("exclusiveMaximum", (bound) => bound),
    ...(step === undefined ? [] : ([[step * 1.5, `is ${step * 1.5}, no multiple of ${step}`]] as const)),
  ];
}

const NO_MATCH = ["", "\u0001", "!", " ", "0", "zzzzzzzz"];

function textLimits(value: string, schema: JsonSchema): Broken {
  const characters = [...value];
  const [least = 0, most] = [numberIn(schema, "minLength"), numberIn(schema, "maxLength")];
  const { pattern } = schema;
  const text = typeof pattern === "string" ? NO_MATCH.filter((one) => [...one].length >= least && !matches(pattern, one))[0] : undefined;
  return [
    ...(least > 0 ? ([[characters.slice(0, least - 1).join(""), `is shorter than ${least}`]] as const) : []),
    ...(most !== undefined && most < 100_000
      ? ([[value.padEnd(most + 1, "x").slice(0, value.length + most + 1), `is longer than ${most}`]] as const)
      : []),
    ...(text === undefined ? [] : ([[text, `is ${JSON.stringify(text)}, which does not match ${String(pattern)}`]] as const)),
  ];
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    // Whoever checks knows more of it: a text that matches is thrown away.
    return false;
  }
}

function listLimits(value: readonly unknown[], schema: JsonSchema): Broken {
  const [least = 0, most] = [numberIn(schema, "minItems"), numberIn(schema, "maxItems")];
  const [first] = value;
  return [
    ...(least > 0 ? ([[value.slice(0, least - 1), `has fewer than ${least} items`]] as const) : []),
    ...(most !== undefined && most < 1000 && value.length > 0
      ? ([[Array.from({ length: most + 1 }, (_, index) => value[index % value.length]), `has more than ${most} items`]] as const)
      : []),
    ...(schema["uniqueItems"] === true && value.length > 0 ? ([[[...value, first], "has an item twice"]] as const) : []),
  ];
}

function partsChanged(value: unknown, ways: readonly JsonSchema[], at: At): readonly Mutation[] {
  if (Array.isArray(value)) return itemsChanged(value, ways, at);
  return isRecord(value) ? fieldsChanged(value, ways, at) : [];
}

/** One item stands for all. */
function itemsChanged(value: readonly unknown[], ways: readonly JsonSchema[], at: At): readonly Mutation[] {
  const [first] = value;
  if (value.length === 0) return [];
  const schemas = ways.map((way) => schemasIn(way["prefixItems"])[0] ?? schemaIn(way, "items"));
  return mutations(first, schemas, under(at, "[]")).map((one) => ({ ...one, value: [one.value, ...value.slice(1)] }));
}

function fieldsChanged(value: Readonly<Record<string, unknown>>, ways: readonly JsonSchema[], at: At): readonly Mutation[] {
  const required = new Set(ways.flatMap((way) => textsIn(way["required"])));
  const missing = [...required]
    .filter((name) => Object.hasOwn(value, name))
    .map((name): Mutation => {
      const { [name]: _left, ...rest } = value;
      return { kind: "missing", words: `${placeOf(under(at, name))} is missing`, value: rest };
    });
  const closed = ways.length > 0 && ways.every((way) => way["additionalProperties"] === false || way["unevaluatedProperties"] === false);
  const surplus: readonly Mutation[] = closed
    ? [{ kind: "not allowed", words: `${placeOf(under(at, "notInTheSchema"))} is not allowed`, value: { ...value, notInTheSchema: 1 } }]
    : [];
  const inner = Object.keys(value).flatMap((name) => {
    const schemas = ways.flatMap((way) =>
      schemaEntries(way["properties"])
        .filter(([own]) => own === name)
        .map(([, schema]) => schema),
    );
    return mutations(value[name], schemas, under(at, name)).map((one): Mutation => ({ ...one, value: { ...value, [name]: one.value } }));
  });
  return [...missing, ...surplus, ...inner];
}

function under({ root, path }: At, name: string): At {
  return { root, path: [...path, name] };
}

function placeOf({ path }: At): string {
  return path.length === 0 ? "the body" : path.join(".").replaceAll(".[]", "[]");
}
