import type { JsonSchema } from "@portolan/core";

interface Limit {
  readonly keyword: string;
  /** Whether a bound lets through all that another lets through. */
  readonly covers: (wide: number, narrow: number) => boolean;
}

const LIMITS: readonly Limit[] = [
  ...["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"].map((keyword) => ({
    keyword,
    covers: (wide: number, narrow: number) => wide <= narrow,
  })),
  ...["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"].map((keyword) => ({
    keyword,
    covers: (wide: number, narrow: number) => wide >= narrow,
  })),
  { keyword: "multipleOf", covers: (wide, narrow) => Number.isInteger(narrow / wide) },
];

/** What one schema demands of values beyond their type that another does not demand as strictly. */
export function stricterLimits(found: JsonSchema, expected: JsonSchema): readonly string[] {
  const numbers = LIMITS.flatMap(({ keyword, covers }) => {
    const [has, wants] = [found[keyword], expected[keyword]];
    if (typeof wants !== "number" || (typeof has === "number" && covers(wants, has))) return [];
    return wants === 0 && keyword.startsWith("min") && keyword !== "minimum" ? [] : [`${keyword} is ${wants}, and was ${shown(has)}`];
  });
  const texts = ["pattern", "format"].flatMap((keyword) => {
    const [has, wants] = [found[keyword], expected[keyword]];
    return wants === undefined || wants === has ? [] : [`${keyword} is ${shown(wants)}, and was ${shown(has)}`];
  });
  const unique = expected["uniqueItems"] === true && found["uniqueItems"] !== true ? ["items must be unique"] : [];
  return [...numbers, ...texts, ...unique];
}

function shown(value: unknown): string {
  return value === undefined ? "without limit" : JSON.stringify(value);
}
