import { isRecord, type JsonSchema } from "@portolan/core";
import { isSchema, textsIn, type Schema } from "../plain-schemas.ts";
import { createPatternSampler } from "./sample-pattern.ts";
import { isWanted, schemaAt, Unsatisfiable, type Making, type Place } from "./making.ts";

/** How many further names and items are tried before the attempt is given up. */
const TRIES = 30;

export function sampleMap(words: JsonSchema, making: Making, place: Place): Record<string, unknown> {
  const properties = new Map(
    Object.entries(isRecord(words["properties"]) ? words["properties"] : {}).filter((one): one is [string, Schema] => isSchema(one[1])),
  );
  const value: Record<string, unknown> = {};
  const most = numberAt(words, "maxProperties", Infinity);
  const put = (name: string): void => {
    if (Object.hasOwn(value, name)) return;
    // Names such as __proto__ are names.
    Object.defineProperty(value, name, {
      value: making.sample(schemaOf(name, words, properties), making, place),
      enumerable: true,
      configurable: true,
      writable: true,
    });
    for (const needed of dependents(words, name)) put(needed);
  };
  textsIn(words["required"]).forEach(put);
  const refused = new Set(isRecord(words["not"]) ? textsIn(words["not"]["required"]) : []);
  const size = (): number => Object.keys(value).length;
  for (const [name, schema] of properties) if (!refused.has(name) && size() < most && isWanted(schema, making, place)) put(name);
  const least = numberAt(words, "minProperties", 0);
  for (const name of properties.keys()) if (size() < least) put(name);
  // A map of whatever names shows one.
  const wanted =
    properties.size === 0 && making.optional !== "none" && isMapOfOthers(words) && isWanted(othersOf(words), making, place) ? 1 : 0;
  for (let tries = 0; size() < Math.min(most, Math.max(least, wanted)); tries++) {
    if (tries > TRIES + least) throw new Unsatisfiable();
    put(furtherName(words, making, size() + tries));
  }
  return value;
}

/** What has to be there if a name is. */
function dependents(words: JsonSchema, name: string): readonly string[] {
  const [required, old] = [words["dependentRequired"], words["dependencies"]];
  return [required, old].flatMap((map) => (isRecord(map) && Object.hasOwn(map, name) ? textsIn(map[name]) : []));
}

function isMapOfOthers(words: JsonSchema): boolean {
  return isRecord(words["additionalProperties"]) || isRecord(words["patternProperties"]);
}

function othersOf(words: JsonSchema): Schema {
  const [pattern] = Object.values(isRecord(words["patternProperties"]) ? words["patternProperties"] : {});
  return isSchema(pattern) ? pattern : (schemaAt(words, "additionalProperties") ?? true);
}

function schemaOf(name: string, words: JsonSchema, properties: ReadonlyMap<string, Schema>): Schema {
  const patterns = Object.entries(isRecord(words["patternProperties"]) ? words["patternProperties"] : {});
  const matching = patterns.flatMap(([pattern, schema]) => (isSchema(schema) && new RegExp(pattern).test(name) ? [schema] : []));
  const own = properties.get(name);
  if (own !== undefined && matching.length === 0) return own;
  if (matching.length > 0) return { allOf: [...(own === undefined ? [] : [own]), ...matching] };
  return schemaAt(words, "additionalProperties") ?? true;
}

function furtherName(words: JsonSchema, making: Making, count: number): string {
  const [pattern] = Object.keys(isRecord(words["patternProperties"]) ? words["patternProperties"] : {});
  const names = schemaAt(words, "propertyNames");
  if (names !== undefined)
    return String(
      making.sample(isRecord(names) ? { type: "string", ...names } : names, { ...making, first: false }, { depth: 1, open: [] }),
    );
  const written = pattern === undefined ? undefined : createPatternSampler(pattern)?.(making.draw, 2);
  return written ?? `key${count + 1}`;
}

export function sampleList(words: JsonSchema, making: Making, place: Place): readonly unknown[] {
  const fixed = (Array.isArray(words["prefixItems"]) ? words["prefixItems"] : []).filter(isSchema);
  const items = schemaAt(words, "items") ?? true;
  const contains = schemaAt(words, "contains");
  const least = numberAt(words, "minItems", 0);
  const most = numberAt(words, "maxItems", Infinity);
  const list = fixed.slice(0, most).map((schema) => making.sample(schema, making, place));
  if (contains !== undefined) {
    const needed = numberAt(words, "minContains", 1);
    for (let count = 0; count < needed; count++)
      list.push(making.sample(items === true ? contains : { allOf: [items, contains] }, making, place));
  }
  const wanted = list.length === 0 && items !== false && isWanted(items, making, place) ? 1 : 0;
  const seen = new Set(list.map((item) => JSON.stringify(item)));
  for (let tries = 0; list.length < Math.min(most, Math.max(least, wanted)); tries++) {
    if (tries > TRIES + least) throw new Unsatisfiable();
    // Only what is drawn can be something else than the item before.
    const item = making.sample(
      items,
      words["uniqueItems"] === true && tries > 0 ? { ...making, examples: false, first: false } : making,
      place,
    );
    if (words["uniqueItems"] === true && seen.has(JSON.stringify(item))) continue;
    seen.add(JSON.stringify(item));
    list.push(item);
  }
  return list;
}

function numberAt(words: JsonSchema, key: string, otherwise: number): number {
  const value = words[key];
  return typeof value === "number" ? value : otherwise;
}
