import type { JsonSchema } from "@portolan/core";
import { sampleSchema } from "@portolan/formats/openapi";
import type { SimpleType } from "./schema-model.ts";
import { INTEGERS } from "./simple-types.ts";

/** Texts of types that JSON Schema has no words for. */
const TEXTS: Readonly<Record<string, string>> = {
  boolean: "true",
  date: "2026-01-31",
  dateTime: "2026-01-31T12:00:00Z",
  time: "12:00:00Z",
  duration: "P1D",
  gYear: "2026",
  gYearMonth: "2026-01",
  gMonth: "--01",
  gMonthDay: "--01-31",
  gDay: "---31",
  language: "en",
  QName: "name",
  anyURI: "urn:example",
};
const NUMBERS: ReadonlySet<string> = new Set([...INTEGERS, "decimal", "double", "float"]);

/** A value of a simple type: the first of its enumeration, or one in its limits. `next` counts up, for what has to be unique. */
export function simpleExample(type: SimpleType, next: () => number): unknown {
  const { variety, builtIn, item, members, facets } = type;
  const { minInclusive, maxInclusive, length, minLength = length } = facets.values;
  const [first] = facets.enumeration;
  if (first !== undefined) return variety === "list" ? first.split(/\s+/) : first;
  if (variety === "list")
    return Array.from({ length: Math.max(1, Number(minLength ?? 1)) }, () => (item === undefined ? "a" : simpleExample(item, next)));
  if (variety === "union") return members[0] === undefined ? "a" : simpleExample(members[0], next);
  if (builtIn === "boolean") return true;
  if (builtIn === "ID") return `id${next()}`;
  if (builtIn === "hexBinary") return "0a".repeat(Number(minLength ?? 1));
  if (builtIn === "base64Binary") return Buffer.alloc(Number(minLength ?? 3), "a").toString("base64");
  if (NUMBERS.has(builtIn)) return numberExample(type);
  if (facets.pattern.length > 0) return sampled({ type: "string", pattern: facets.pattern.map(anchored).at(-1), ...lengths(type) }) ?? "";
  return minInclusive ?? maxInclusive ?? TEXTS[builtIn] ?? sampled({ type: "string", ...lengths(type) }) ?? "";
}

function sampled(schema: JsonSchema): unknown {
  return sampleSchema(schema, { accepts: () => true })?.value;
}

/** A pattern of XML Schema is about the whole text, and has classes for characters of names. */
function anchored(pattern: string): string {
  return `^(?:${pattern.replaceAll(String.raw`\i`, "[A-Za-z_]").replaceAll(String.raw`\c`, String.raw`[\w.-]`)})$`;
}

/** A number in the limits that JavaScript can tell from its neighbours; as many digits as are allowed at the most are a limit, too. */
function numberExample({ builtIn, facets }: SimpleType): unknown {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive, totalDigits, fractionDigits = "0" } = facets.values;
  const most = totalDigits === undefined ? undefined : String(10 ** Math.min(15, Number(totalDigits) - Number(fractionDigits)) - 1);
  const limits = Object.entries({
    minimum: minInclusive,
    maximum: maxInclusive ?? most,
    exclusiveMinimum: minExclusive,
    exclusiveMaximum: maxExclusive,
  })
    .map(([name, text]) => [name, Number(text ?? NaN)] as const)
    .filter(([, value]) => Math.abs(value) <= Number.MAX_SAFE_INTEGER);
  const step = INTEGERS.has(builtIn) ? 1 : 10 ** -Number(fractionDigits);
  const schema = { type: "number", multipleOf: step, ...Object.fromEntries(limits) };
  const isOne = limits.every(
    ([name, value]) =>
      ({ minimum: value <= 1, maximum: value >= 1, exclusiveMinimum: value < 1, exclusiveMaximum: value > 1 })[name] === true,
  );
  return isOne ? 1 : (sampled(schema) ?? 0);
}

function lengths({ facets }: SimpleType): JsonSchema {
  const { length, minLength = length, maxLength = length } = facets.values;
  return {
    ...(minLength === undefined ? {} : { minLength: Number(minLength) }),
    ...(maxLength === undefined ? {} : { maxLength: Number(maxLength) }),
  };
}
