import { INTEGERS, builtInType } from "../schema/simple-types.ts";
import type { FacetName, Facets, SimpleType } from "../schema/schema-model.ts";
import { MAX_PATTERN_TEXT, compilePattern } from "./pattern-check.ts";

/** Whether a text is surely one of a type. Of one that is not, nothing is known. */
export type TextCheck = (text: string) => boolean;

const YEAR_MONTH_DAY = String.raw`(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?`;
const ZONE = String.raw`(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?`;

const whole = /^-?\d{1,15}$/;
/** What texts of built-in types look like, the unusual left out. */
const FORMS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries([...INTEGERS].map((name) => [name, whole])),
  boolean: /^(?:true|false|1|0)$/,
  decimal: /^-?\d{1,15}(?:\.\d{1,9})?$/,
  double: /^-?\d{1,15}(?:\.\d{1,9})?$/,
  float: /^-?\d{1,15}(?:\.\d{1,9})?$/,
  date: new RegExp(`^${YEAR_MONTH_DAY}${ZONE}$`),
  dateTime: new RegExp(`^${YEAR_MONTH_DAY}T${TIME}${ZONE}$`),
  time: new RegExp(`^${TIME}${ZONE}$`),
  base64Binary: /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{4}|[A-Za-z\d+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z\d+/][AQgw]==)$/,
  hexBinary: /^(?:[\dA-Fa-f]{2})+$/,
  NMTOKEN: /^[\w.:-]+$/,
  NCName: /^[A-Za-z_][\w.-]*$/,
  Name: /^[A-Za-z_][\w.-]*$/,
  anyURI: /^(?:https?:\/\/[a-z\d]+(?:[.-][a-z\d]+)*(?::\d{1,4})?(?:\/[\w.~-]*)*|urn:[a-z\d]+(?:[:.-][A-Za-z\d]+)*)$/,
  token: /^(?:\S+(?: \S+)*)?$/,
  normalizedString: /^[^\t\n\r]*$/,
};
const MAX_TEXT = 100_000;
const COMMON: readonly FacetName[] = ["whiteSpace"];
const LENGTHS: readonly FacetName[] = ["length", "minLength", "maxLength"];
const LIMITS: readonly FacetName[] = ["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"];
const TEXTS: ReadonlySet<string> = new Set(["string", "normalizedString", "token", "NMTOKEN", "NCName", "Name"]);

/** The check of a type; undefined if this is for libxml2 to say. */
export function compileSimple({ variety, builtIn, facets }: SimpleType): TextCheck | undefined {
  const form = FORMS[builtIn];
  if (variety !== "atomic" || (form === undefined && builtIn !== "string" && builtIn !== "anySimpleType")) return undefined;
  const given = facetsOf(builtIn, facets);
  if (given === undefined || facets.pattern.length > 1) return undefined;
  const checks: TextCheck[] = [];
  if (form !== undefined) checks.push((text) => text.length <= MAX_TEXT && form.test(text));
  // Where blanks do not count they are none of a plain text.
  const isLoose = facets.pattern.length > 0 || facets.enumeration.length > 0 || given.length > 0 || facets.values.whiteSpace !== undefined;
  if (isLoose && builtIn !== "base64Binary") checks.push(isTight);
  if (facets.enumeration.length > 0) {
    const values = new Set(facets.enumeration);
    checks.push((text) => values.has(text));
  }
  checks.push(...given);
  const [pattern] = facets.pattern;
  if (pattern !== undefined) {
    const compiled = compilePattern(pattern);
    if (compiled === undefined) return undefined;
    checks.push((text) => text.length <= MAX_PATTERN_TEXT && compiled.test(text));
  }
  return allOf(checks);
}

/** One after the other, the usual numbers of them without a loop. */
function allOf(checks: readonly TextCheck[]): TextCheck {
  const [first, second, third] = checks;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (text) => first(text) && second(text);
  return (text) => checks.every((check) => check(text));
}

function isTight(text: string): boolean {
  return !/^\s|\s$|\s\s|[\t\n\r]/.test(text);
}

/** The checks of limits and lengths; undefined if there are others than those that are known for the type. */
function facetsOf(builtIn: string, { values }: Facets): readonly TextCheck[] | undefined {
  const isNumber = INTEGERS.has(builtIn) || builtIn === "decimal";
  const known: readonly FacetName[] = isNumber
    ? [...COMMON, ...LIMITS, "totalDigits", "fractionDigits"]
    : TEXTS.has(builtIn)
      ? [...COMMON, ...LENGTHS]
      : COMMON;
  const names = Object.keys(values);
  if (names.some((name) => !known.some((one) => one === name))) return undefined;
  return isNumber ? numberChecks(builtIn, values) : lengthChecks(values);
}

function lengthChecks({ length, minLength = length, maxLength = length }: Facets["values"]): readonly TextCheck[] | undefined {
  if (minLength === undefined && maxLength === undefined) return [];
  const least = Number(minLength ?? 0);
  const most = maxLength === undefined ? Infinity : Number(maxLength);
  if (Number.isNaN(least) || Number.isNaN(most)) return undefined;
  // Characters beyond 16 bits are not plain, so that each counts one.
  return [({ length: count }) => count >= least && count <= most];
}

function numberChecks(builtIn: string, values: Facets["values"]): readonly TextCheck[] | undefined {
  const own = builtInType(builtIn).facets.values;
  const limits = LIMITS.flatMap((name) => [own[name], values[name]]).filter((one) => one !== undefined);
  // Numbers of more digits than a number of JavaScript has are beyond all that a plain text can be, if they are whole.
  if (!limits.every((one) => /^-?(?:\d+|\d{1,10}\.\d{1,5})$/.test(one))) return undefined;
  const largest = (name: FacetName) => Math.max(Number(own[name] ?? -Infinity), Number(values[name] ?? -Infinity));
  const smallest = (name: FacetName) => Math.min(Number(own[name] ?? Infinity), Number(values[name] ?? Infinity));
  const [from, above] = [largest("minInclusive"), largest("minExclusive")];
  const [to, below] = [smallest("maxInclusive"), smallest("maxExclusive")];
  const checks: TextCheck[] = [];
  if (limits.length > 0) {
    checks.push((text) => {
      const number = Number(text);
      return text.length <= 16 && number >= from && number <= to && number > above && number < below;
    });
  }
  const { totalDigits, fractionDigits } = values;
  if (totalDigits !== undefined) checks.push((text) => text.replaceAll(/[.-]/g, "").length <= Number(totalDigits));
  if (fractionDigits !== undefined) checks.push((text) => (/\.(.*)$/.exec(text)?.[1]?.length ?? 0) <= Number(fractionDigits));
  return checks;
}
