import { isRecord, type ContractMismatch, type JsonSchema, type SchemaComparison } from "@portolan/core";
import { stricterLimits } from "./limits.ts";
import { plainSchemas, textsIn, isSchema, type Schema } from "./plain-schemas.ts";

/** How deep schemas that contain themselves are compared. */
const DEPTH = 12;

/**
 * Where values of one JSON Schema break another. A certain mismatch is one that every value has; else some value has it.
 * Compared are types, fields, values of an `enum` and items; with `limits` also what is demanded beyond that.
 */
export function compareSchemas(found: Schema, expected: Schema, { limits = false }: SchemaComparison = {}): readonly ContractMismatch[] {
  return compare(found, expected, { found, expected, limits, path: [] });
}

interface At {
  /** Where references start. */
  readonly found: Schema;
  readonly expected: Schema;
  readonly limits: boolean;
  readonly path: readonly string[];
}

function compare(found: Schema, expected: Schema, at: At): readonly ContractMismatch[] {
  if (at.path.length > DEPTH) return [];
  const ways = plainSchemas(found, at.found);
  const choice = plainSchemas(expected, at.expected);
  return ofSome(ways.map((way) => compareWay(way, choice, at)));
}

/** What a value has if it is found in one way; of several that are expected the one counts that fits best. */
function compareWay(way: Schema, choice: readonly Schema[], at: At): readonly ContractMismatch[] {
  const each = choice.map((part) => comparePlain(way, part, at));
  const best = each.toSorted((a, b) => certain(a) - certain(b) || a.length - b.length)[0] ?? [];
  const types = choice.map((part) => (isRecord(part) ? part["type"] : undefined));
  // None of the types fits: that says more than what is wrong with one of them.
  if (choice.length > 1 && isRecord(way) && types.every((type) => typeof type === "string" && !fits(way["type"], type, at)))
    return way["type"] === undefined
      ? best
      : [mismatch(at, `expected ${[...new Set(types)].join(" or ")}, found ${String(way["type"])}`, true)];
  return best;
}

/** If one way fits, what the others have may be, but is not certain. */
function ofSome(ways: readonly (readonly ContractMismatch[])[]): readonly ContractMismatch[] {
  const isCertain = ways.every((way) => certain(way) > 0);
  const seen = new Set<string>();
  return ways.flat().flatMap((one) => {
    const key = `${one.path} ${one.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [isCertain || !one.isCertain ? one : { ...one, message: `for some messages: ${one.message}`, isCertain: false }];
  });
}

function certain(mismatches: readonly ContractMismatch[]): number {
  return mismatches.filter(({ isCertain }) => isCertain).length;
}

function comparePlain(found: Schema, expected: Schema, at: At): readonly ContractMismatch[] {
  if (typeof expected === "boolean") return expected ? [] : [mismatch(at, "nothing is allowed here", true)];
  if (typeof found === "boolean") return found && at.limits && tellsAnything(expected) ? [mismatch(at, "anything can be here", false)] : [];
  const [type, wanted] = [found["type"], expected["type"]];
  if (typeof wanted === "string" && typeof type === "string" && !fits(type, wanted, at))
    return [mismatch(at, `expected ${wanted}, found ${type}`, !(type === "number" && wanted === "integer"))];
  const values = valueMismatches(found, expected, at);
  if (values.length > 0) return values;
  const limits = at.limits ? stricterLimits(found, expected).map((message) => mismatch(at, message, false)) : [];
  if (type === "object") return [...limits, ...mapMismatches(found, expected, at)];
  if (type !== "array") return limits;
  return [...limits, ...compare(schemaIn(found, "items"), schemaIn(expected, "items"), { ...at, path: [...at.path, "[]"] })];
}

function tellsAnything(schema: JsonSchema): boolean {
  return ["type", "enum", "const", "properties", "items"].some((keyword) => schema[keyword] !== undefined);
}

/** Any number may be an integer, unless what is demanded is looked at closely. */
function fits(found: unknown, expected: unknown, { limits }: At): boolean {
  return found === expected || (found === "integer" && expected === "number") || (!limits && found === "number" && expected === "integer");
}

function valueMismatches(found: JsonSchema, expected: JsonSchema, at: At): readonly ContractMismatch[] {
  const allowed = valuesOf(expected);
  const possible = valuesOf(found);
  if (allowed === undefined) return [];
  if (possible === undefined) return at.limits ? [mismatch(at, `only ${allowed.join(", ")} is allowed`, false)] : [];
  const wrong = possible.filter((value) => !allowed.includes(value));
  if (wrong.length === 0) return [];
  return [mismatch(at, `expected ${allowed.join(" or ")}, found ${wrong.join(" or ")}`, wrong.length === possible.length)];
}

function mapMismatches(found: JsonSchema, expected: JsonSchema, at: At): readonly ContractMismatch[] {
  const [own, wanted] = [propertiesOf(found), propertiesOf(expected)];
  const sure = new Set(textsIn(found["required"]));
  const isClosed = found["additionalProperties"] === false;
  const under = (name: string): At => ({ ...at, path: [...at.path, name] });
  const missing = textsIn(expected["required"]).flatMap((name) => {
    if (!own.has(name)) return isClosed || at.limits ? [mismatch(under(name), "is missing", isClosed)] : [];
    return sure.has(name) ? [] : [mismatch(under(name), "may be missing", false)];
  });
  const refusesOthers = expected["additionalProperties"] === false && !isRecord(expected["patternProperties"]);
  const surplus = [...own.keys()]
    .filter((name) => refusesOthers && !wanted.has(name))
    .map((name) => mismatch(under(name), "is not allowed", sure.has(name)));
  const others = refusesOthers && !isClosed && at.limits ? [mismatch(at, "other fields are not allowed", false)] : [];
  const inner = [...own].flatMap(([name, schema]) => {
    const part = wanted.get(name);
    return part === undefined ? [] : compare(schema, part, under(name));
  });
  return [...missing, ...surplus, ...others, ...inner];
}

function mismatch({ path }: At, message: string, isCertain: boolean): ContractMismatch {
  return { path: path.join(".").replaceAll(".[]", "[]"), message, isCertain };
}

/** The values of an `enum` or a `const`, as JSON. */
function valuesOf(schema: JsonSchema): readonly string[] | undefined {
  if ("const" in schema) return [JSON.stringify(schema["const"])];
  return Array.isArray(schema["enum"]) ? schema["enum"].map((value) => JSON.stringify(value)) : undefined;
}

function propertiesOf(schema: JsonSchema): ReadonlyMap<string, Schema> {
  const { properties } = schema;
  return new Map(isRecord(properties) ? Object.entries(properties).filter((entry): entry is [string, Schema] => isSchema(entry[1])) : []);
}

function schemaIn(schema: JsonSchema, key: string): Schema {
  const part = schema[key];
  return isSchema(part) ? part : true;
}
