import type { JsonSchema } from "@portolan/core";
import { xsdPatternOf } from "./xsd-pattern.ts";

/** A restriction, such as `["xs:maxLength", "3"]`. */
export type Facet = readonly [string, string];

/** A type of XML Schema without elements in it. */
export interface SimpleType {
  /** Such as `xs:string`. */
  readonly base: string;
  readonly facets: readonly Facet[];
  readonly value: "text" | "number" | "boolean";
}

const FORMATS: Readonly<Record<string, string>> = {
  date: "xs:date",
  time: "xs:time",
  "date-time": "xs:dateTime",
  duration: "xs:duration",
  uri: "xs:anyURI",
  "uri-reference": "xs:anyURI",
  iri: "xs:anyURI",
  "iri-reference": "xs:anyURI",
  // OpenAPI's name of contentEncoding: base64.
  byte: "xs:base64Binary",
};

const INT = 2 ** 31;
const LONG = 2 ** 63;

/** The type of texts, numbers or booleans that a schema of one `type` describes; undefined if it describes something else. */
export function simpleTypeOf(schema: JsonSchema): SimpleType | undefined {
  const values: readonly unknown[] | undefined = Array.isArray(schema["enum"])
    ? schema["enum"]
    : "const" in schema
      ? [schema["const"]]
      : undefined;
  const type = schema["type"] ?? kindOf(values);
  switch (type) {
    case "string":
      return values === undefined ? textType(schema) : enumeration("xs:string", values, "text");
    case "integer":
      return values === undefined ? integerType(schema) : enumeration("xs:long", values, "number");
    case "number":
      return values === undefined ? { base: "xs:double", facets: limits(schema), value: "number" } : numbers(values);
    case "boolean":
      // XML Schema has no enumerations of these.
      return { base: "xs:boolean", facets: [], value: "boolean" };
    default:
      return undefined;
  }
}

/** The type of all values that are listed without one. */
function kindOf(values: readonly unknown[] | undefined): string | undefined {
  const kinds = new Set((values ?? []).map((value) => typeof value));
  const [kind] = kinds;
  return kinds.size === 1 ? kind : undefined;
}

function numbers(values: readonly unknown[]): SimpleType {
  return enumeration(values.every((value) => Number.isSafeInteger(value)) ? "xs:long" : "xs:double", values, "number");
}

function enumeration(base: string, values: readonly unknown[], value: "text" | "number"): SimpleType {
  const wanted = value === "text" ? "string" : "number";
  const facets = values.filter((one) => typeof one === wanted).map((one) => ["xs:enumeration", String(one)] as const);
  return { base, facets, value };
}

function textType(schema: JsonSchema): SimpleType {
  const isBase64 = typeof schema["contentEncoding"] === "string" && schema["contentEncoding"].toLowerCase() === "base64";
  const format = schema["format"];
  const named = isBase64 ? "xs:base64Binary" : typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  // Lengths and patterns are those of the text in JSON, which the types of dates say in their way; lengths of base64 count bytes in XML.
  if (named !== undefined) return { base: named, facets: [], value: "text" };
  const facets = ["minLength", "maxLength"].flatMap((name) => {
    const limit = schema[name];
    return typeof limit === "number" && (name === "maxLength" || limit > 0) ? [[`xs:${name}`, String(limit)] as const] : [];
  });
  const pattern = typeof schema["pattern"] === "string" ? xsdPatternOf(schema["pattern"]) : undefined;
  return {
    base: "xs:string",
    facets: pattern === undefined ? sayable(facets) : [...sayable(facets), ["xs:pattern", pattern]],
    value: "text",
  };
}

function integerType(schema: JsonSchema): SimpleType {
  const lowest = Math.max(
    Math.ceil(numberIn(schema, "minimum", -Infinity)),
    Math.floor(numberIn(schema, "exclusiveMinimum", -Infinity)) + 1,
  );
  const highest = Math.min(
    Math.floor(numberIn(schema, "maximum", Infinity)),
    Math.ceil(numberIn(schema, "exclusiveMaximum", Infinity)) - 1,
  );
  const isInt = lowest >= -INT && highest < INT;
  const isUnlimited = lowest === -Infinity && highest === Infinity;
  const isLong = isIn(lowest, LONG) && isIn(highest, LONG);
  const base = isInt || (isUnlimited && schema["format"] === "int32") ? "xs:int" : isLong ? "xs:long" : "xs:integer";
  // 2^63 stands for 2^63 - 1, which numbers of JavaScript cannot tell from it.
  const isSaid = (limit: number) => Number.isFinite(limit) && !(isLong && Math.abs(limit) === LONG);
  const facets: Facet[] = [];
  if (isSaid(lowest)) facets.push(["xs:minInclusive", numberText(lowest)]);
  if (isSaid(highest)) facets.push(["xs:maxInclusive", numberText(highest)]);
  return { base, facets: sayable(facets), value: "number" };
}

/** Limits that no value keeps are none of XML Schema; the contract refuses all values. */
function sayable(facets: readonly Facet[]): readonly Facet[] {
  const [lowest, highest] = ["min", "max"].map((end) => facets.find(([name]) => name.startsWith(`xs:${end}`)));
  if (lowest === undefined || highest === undefined) return facets;
  const isExclusive = [lowest, highest].some(([name]) => name.endsWith("Exclusive"));
  const distance = Number(highest[1]) - Number(lowest[1]);
  return distance > 0 || (distance === 0 && !isExclusive) ? facets : [];
}

/** Whether a limit is one of numbers of a size, or none. */
function isIn(limit: number, size: number): boolean {
  return !Number.isFinite(limit) || Math.abs(limit) <= size;
}

function numberIn(schema: JsonSchema, name: string, otherwise: number): number {
  const given = schema[name];
  return typeof given === "number" ? given : otherwise;
}

/** XML Schema allows one limit at each end: of two the narrower counts. */
function limits(schema: JsonSchema): readonly Facet[] {
  return sayable([...ofOneEnd(schema, "Minimum"), ...ofOneEnd(schema, "Maximum")]);
}

function ofOneEnd(schema: JsonSchema, end: "Minimum" | "Maximum"): readonly Facet[] {
  const inclusive = schema[end.toLowerCase()];
  const exclusive = schema[`exclusive${end}`];
  const short = end.slice(0, 3).toLowerCase();
  const isExclusive =
    typeof exclusive === "number" &&
    (typeof inclusive !== "number" || (end === "Minimum" ? exclusive >= inclusive : exclusive <= inclusive));
  if (isExclusive) return [[`xs:${short}Exclusive`, numberText(exclusive)]];
  return typeof inclusive === "number" ? [[`xs:${short}Inclusive`, numberText(inclusive)]] : [];
}

/** Types of whole numbers know no exponents. */
function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
