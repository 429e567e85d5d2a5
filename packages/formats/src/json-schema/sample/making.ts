import type { JsonSchema } from "@portolan/core";
import { isSchema, textsIn, type Schema } from "../plain-schemas.ts";
import type { Draw } from "./draw.ts";
import { flatSchema } from "./flat-schema.ts";

/** How one attempt makes what the schema leaves open. */
export interface Attempt {
  readonly examples: boolean;
  readonly optional: "all" | "none" | "some";
  /** Whether the first way is taken where there are several, or any. */
  readonly first: boolean;
}

/** How many values one sample has at the most, before only what is required is made. */
export const ENOUGH = 400;
const DEEP = 6;

/** One value is being made. */
export interface Making extends Attempt {
  readonly draw: Draw;
  readonly root: Schema;
  /** Properties with this mark are left out unless they are required. */
  readonly without: "readOnly" | "writeOnly" | undefined;
  /** How many values there are already. */
  readonly made: { count: number };
  /** The value of a schema at its place; throws Unsatisfiable if there is none. */
  sample(schema: Schema, making: Making, place: Place): unknown;
}

/** Where in the value. */
export interface Place {
  readonly depth: number;
  /** The references that lead here from the root. */
  readonly open: readonly string[];
}

/** Thrown where no value can be made in this attempt. */
export class Unsatisfiable extends Error {}

/** Whether an optional part is made here. */
export function isWanted(schema: Schema, making: Making, { depth, open }: Place): boolean {
  if (making.optional === "none" || making.made.count > ENOUGH) return false;
  const flat = flatSchema(schema, making.root);
  if (flat === undefined || (making.without !== undefined && flat.words[making.without] === true)) return false;
  if (flat.references.some((reference) => open.includes(reference))) return false;
  if (depth >= DEEP && (flat.references.length > 0 || flat.choices.length > 0 || typeOf(flat.words, making.draw, true) === "object"))
    return false;
  return making.optional === "all" || making.draw.between(0, 1) === 0;
}

const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  object: ["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"],
  array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
  string: ["pattern", "minLength", "maxLength", "format"],
  number: ["minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"],
};

/** The type that a value gets: null only if there is no other. */
export function typeOf(words: JsonSchema, draw: Draw, isFirst: boolean): string | undefined {
  const types = typeof words["type"] === "string" ? [words["type"]] : textsIn(words["type"]);
  const others = types.filter((type) => type !== "null");
  const [first] = others;
  if (first !== undefined) return isFirst ? first : draw.oneOf(others);
  return types[0] ?? Object.keys(IMPLIED).find((type) => IMPLIED[type]?.some((word) => words[word] !== undefined));
}

export function schemaAt(words: JsonSchema, key: string): Schema | undefined {
  const found = words[key];
  return isSchema(found) ? found : undefined;
}
