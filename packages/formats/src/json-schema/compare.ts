import { isRecord, type ContractMismatch, type JsonSchema } from "@portolan/core";

type Schema = JsonSchema | boolean;

/** How deep schemas that contain themselves are compared. */
const DEPTH = 16;

/**
 * Where values of one JSON Schema break another. Only what both say is compared: types, fields, values of an `enum`, items. A
 * certain mismatch is one that every value has; else some value has it.
 */
export function compareSchemas(found: Schema, expected: Schema): readonly ContractMismatch[] {
  return compare(found, expected, { root: expected, path: [] });
}

interface At {
  /** Where references of the expected schema start. */
  readonly root: Schema;
  readonly path: readonly string[];
}

function compare(found: Schema, expected: Schema, at: At): readonly ContractMismatch[] {
  if (typeof found === "boolean" || at.path.length > DEPTH) return [];
  if (typeof expected === "boolean") return expected ? [] : [mismatch(at, "nothing is allowed here", true)];
  if (typeof expected["$ref"] === "string") {
    const target = referenced(expected["$ref"], at.root);
    return target === undefined ? [] : compare(found, target, at);
  }
  const all = listIn(expected, "allOf").flatMap((part) => compare(found, part, at));
  const choice = listIn(expected, "anyOf").length > 0 ? listIn(expected, "anyOf") : listIn(expected, "oneOf");
  const ways = listIn(found, "anyOf");
  if (ways.length > 0) return [...all, ...ofSome(ways.map((way) => compare(way, { ...expected, allOf: [] }, at)))];
  if (choice.length > 0) {
    const each = choice.map((part) => compare(found, part, at));
    const best = each.toSorted((a, b) => certain(a) - certain(b) || a.length - b.length)[0] ?? [];
    return [...all, ...best, ...ownMismatches(found, expected, at)];
  }
  return [...all, ...ownMismatches(found, expected, at)];
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

function ownMismatches(found: JsonSchema, expected: JsonSchema, at: At): readonly ContractMismatch[] {
  const types = typesOf(expected);
  const [type] = typesOf(found);
  if (type !== undefined && types.length > 0 && !types.some((one) => fits(type, one)))
    return [mismatch(at, `expected ${types.join(" or ")}, found ${type}`, true)];
  const values = valueMismatches(found, expected, at);
  if (values.length > 0) return values;
  if (type === "object") return mapMismatches(found, expected, at);
  return type === "array" ? compare(schemaIn(found, "items"), schemaIn(expected, "items"), { ...at, path: [...at.path, "[]"] }) : [];
}

/** Any number may be an integer. */
function fits(found: string, expected: string): boolean {
  return found === expected || (found === "number" && expected === "integer") || (found === "integer" && expected === "number");
}

function valueMismatches(found: JsonSchema, expected: JsonSchema, at: At): readonly ContractMismatch[] {
  const allowed = valuesOf(expected);
  const possible = valuesOf(found);
  if (allowed === undefined || possible === undefined) return [];
  const wrong = possible.filter((value) => !allowed.includes(value));
  if (wrong.length === 0) return [];
  return [mismatch(at, `expected ${allowed.join(" or ")}, found ${wrong.join(" or ")}`, wrong.length === possible.length)];
}

function mapMismatches(found: JsonSchema, expected: JsonSchema, at: At): readonly ContractMismatch[] {
  const [own, wanted] = [propertiesOf(found), propertiesOf(expected)];
  const sure = new Set(textsIn(found, "required"));
  const isClosed = found["additionalProperties"] === false;
  const under = (name: string): At => ({ ...at, path: [...at.path, name] });
  const missing = textsIn(expected, "required").flatMap((name) => {
    if (!own.has(name)) return isClosed ? [mismatch(under(name), "is missing", true)] : [];
    return sure.has(name) ? [] : [mismatch(under(name), "may be missing", false)];
  });
  const refusesOthers = expected["additionalProperties"] === false && !isRecord(expected["patternProperties"]);
  const surplus = [...own.keys()]
    .filter((name) => refusesOthers && !wanted.has(name))
    .map((name) => mismatch(under(name), "is not allowed", sure.has(name)));
  const inner = [...own].flatMap(([name, schema]) => {
    const part = wanted.get(name);
    return part === undefined ? [] : compare(schema, part, under(name));
  });
  return [...missing, ...surplus, ...inner];
}

function mismatch({ path }: At, message: string, isCertain: boolean): ContractMismatch {
  return { path: path.join(".").replaceAll(".[]", "[]"), message, isCertain };
}

function typesOf(schema: JsonSchema): readonly string[] {
  const { type } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((one) => typeof one === "string");
  return isRecord(schema["properties"]) ? ["object"] : [];
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

function listIn(schema: JsonSchema, key: string): readonly Schema[] {
  const list = schema[key];
  return Array.isArray(list) ? list.filter((one) => isSchema(one)) : [];
}

function textsIn(schema: JsonSchema, key: string): readonly string[] {
  const list = schema[key];
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function schemaIn(schema: JsonSchema, key: string): Schema {
  const part = schema[key];
  return isSchema(part) ? part : true;
}

function referenced(reference: string, root: Schema): Schema | undefined {
  if (!reference.startsWith("#")) return undefined;
  let found: unknown = root;
  for (const part of decodeURIComponent(reference.slice(1)).split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return isSchema(found) ? found : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}
