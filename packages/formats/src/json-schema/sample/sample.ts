import { isRecord, type JsonSchema } from "@portolan/core";
import type { Schema } from "../plain-schemas.ts";
import { createDraw } from "./draw.ts";
import { flatSchema, merge, type FlatSchema } from "./flat-schema.ts";
import { ENOUGH, typeOf, Unsatisfiable, type Attempt, type Making, type Place } from "./making.ts";
import { sampleNumber } from "./sample-number.ts";
import { sampleList, sampleMap } from "./sample-parts.ts";
import { sampleText } from "./sample-text.ts";

export interface SampleOptions {
  /** The same seed makes the same value. */
  readonly seed?: string;
  /** Whether a value is one of the schema: what is made is only nearly always right. */
  accepts(value: unknown): boolean;
  /** Properties with this mark are left out unless they are required. */
  readonly without?: "readOnly" | "writeOnly";
  /** Whether examples and defaults of the schema are taken; true unless said otherwise. */
  readonly withExamples?: boolean;
}

const FULL: readonly Attempt[] = [
  { examples: true, optional: "all", first: true },
  { examples: false, optional: "all", first: true },
  { examples: true, optional: "none", first: true },
  { examples: false, optional: "none", first: true },
];
const RANDOM: Attempt = { examples: false, optional: "some", first: false };
const RANDOM_ATTEMPTS = 60;
const TOO_DEEP = 40;

/**
 * A value of a JSON Schema: of its own examples and defaults, and else made by its words. Schemas that contain themselves end as soon as they
 * can. Undefined if none of many attempts is accepted, as where a schema allows nothing.
 */
export function sampleSchema(schema: Schema, options: SampleOptions): { readonly value: unknown } | undefined {
  const { accepts, seed = "", without, withExamples = true } = options;
  const attempts = [...FULL.filter(({ examples }) => withExamples || !examples), ...Array.from({ length: RANDOM_ATTEMPTS }, () => RANDOM)];
  for (const [index, attempt] of attempts.entries()) {
    const making: Making = {
      ...attempt,
      draw: createDraw(`${seed}/${index}`),
      root: schema,
      without,
      made: { count: 0 },
      sample: sampleOf,
    };
    try {
      const value = sampleOf(schema, making, { depth: 0, open: [] });
      if (accepts(value)) return { value };
    } catch (error) {
      if (!(error instanceof Unsatisfiable)) throw error;
    }
  }
  return undefined;
}

function sampleOf(schema: Schema, making: Making, place: Place): unknown {
  making.made.count += 1;
  if (place.depth > TOO_DEEP || making.made.count > ENOUGH * 10) throw new Unsatisfiable();
  const { words, references } = chosen(flatSchema(schema, making.root), making, place);
  const { draw } = making;
  if ("const" in words) return words["const"];
  if (making.examples) {
    const [example] =
      ([words["examples"], words["example"] === undefined ? [] : [words["example"]]].find(
        (list) => Array.isArray(list) && list.length > 0,
      ) as unknown[]) ?? [];
    if (example !== undefined) return example;
    if (words["default"] !== undefined) return words["default"];
  }
  if (Array.isArray(words["enum"]) && words["enum"].length > 0)
    return making.first ? (words["enum"][0] as unknown) : draw.oneOf<unknown>(words["enum"]);
  const within = { depth: place.depth + 1, open: [...place.open, ...references] };
  switch (typeOf(words, draw, making.first)) {
    case "object":
      return sampleMap(words, making, within);
    case "array":
      return sampleList(words, making, within);
    case "string":
      return sampleText(words, draw);
    case "integer":
      return sampleNumber(words, true, draw);
    case "number":
      return sampleNumber(words, false, draw);
    case "boolean":
      return draw.between(0, 1) === 1;
    case "null":
      return null;
    default:
      return place.depth === 0 ? {} : sampleText(words, draw);
  }
}

/** With one of the ways of each choice: preferably one that does not lead back to where the value stands already. */
function chosen(flat: FlatSchema | undefined, making: Making, { open }: Place): FlatSchema {
  if (flat === undefined) throw new Unsatisfiable();
  const [ways, ...others] = flat.choices;
  if (ways === undefined) return flat;
  const rest = { ...flat, choices: others };
  const possible = ways.flatMap((way) => {
    const inner = flatSchema(way, making.root, flat.references);
    const merged = inner === undefined ? undefined : merge(rest, withDiscriminator(inner, flat.words, way));
    return merged === undefined ? [] : [{ merged, leadsBack: inner?.references.some((reference) => open.includes(reference)) === true }];
  });
  const ending = possible.filter(({ leadsBack }) => !leadsBack);
  const candidates = ending.length > 0 ? ending : possible;
  const [first] = candidates;
  if (first === undefined) throw new Unsatisfiable();
  return chosen(making.first ? first.merged : making.draw.oneOf(candidates).merged, making, { depth: 0, open });
}

/** A way that OpenAPI tells by a property has the value that stands for it. */
function withDiscriminator(way: FlatSchema, { discriminator }: JsonSchema, schema: Schema): FlatSchema {
  const reference = isRecord(schema) ? schema["$ref"] : undefined;
  if (!isRecord(discriminator) || typeof discriminator["propertyName"] !== "string" || typeof reference !== "string") return way;
  const name = decodeURIComponent(reference.slice(reference.lastIndexOf("/") + 1));
  const mapping = isRecord(discriminator["mapping"]) ? Object.entries(discriminator["mapping"]) : [];
  const [value = name] = mapping.find(([, target]) => String(target).replace(/^.*\//, "") === name) ?? [];
  const properties = isRecord(way.words["properties"]) ? way.words["properties"] : {};
  const own = properties[discriminator["propertyName"]];
  if (isRecord(own) && ("const" in own || "enum" in own)) return way;
  return merge(way, { words: { properties: { [discriminator["propertyName"]]: { const: value } } }, choices: [], references: [] }) ?? way;
}
