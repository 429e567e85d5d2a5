import { PortolanError, isRecord, type ContractCheck, type Finding } from "@portolan/core";

export type Parameters = Readonly<Record<string, unknown>>;

type Schema = Readonly<Record<string, unknown>>;

/**
 * Parameters with texts turned into what the schema wants of each name: numbers, booleans, lists. A text that is none
 * stays as it is, for the contract to complain about. References into other documents are not followed.
 */
export function coerceParameters(values: Parameters, jsonSchema: Schema | boolean | undefined): Parameters {
  if (!isRecord(jsonSchema)) return values;
  return coerceMap(values, followed(jsonSchema, jsonSchema), jsonSchema);
}

/** Parameters as their contract yields them; a breach is PORTOLAN_CONTRACT_FAILED, with paths such as `query.limit`. */
export function checkParameters(where: string, values: Parameters, contract: ContractCheck): Parameters | Promise<Parameters> {
  const result = contract.check(coerceParameters(values, contract.jsonSchema));
  return result instanceof Promise ? result.then((one) => accepted(where, one)) : accepted(where, result);
}

function accepted(where: string, result: Awaited<ReturnType<ContractCheck["check"]>>): Parameters {
  // A contract of parameters yields a map, as it got one.
  if ("body" in result) return result.body as Parameters;
  const findings = result.issues.map((issue): Finding => ({
    path: issue.path === "" ? where : `${where}.${issue.path}`,
    message: issue.message,
  }));
  const first = findings[0];
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${first?.path ?? where} ${first?.message ?? "is not accepted"}`, { findings });
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function coerce(value: unknown, schema: Schema, root: Schema): unknown {
  const types = typesOf(schema, root);
  if (isRecord(value)) return types.has("object") || types.size === 0 ? coerceMap(value, schema, root) : value;
  const isText = typeof value === "string" && types.has("string") && takesText(schema, root, value);
  if (types.has("array") && !isText) {
    const items = isRecord(schema["items"]) ? followed(schema["items"], root) : {};
    return (Array.isArray(value) ? value : [value]).map((item) => coerce(item, items, root));
  }
  if (typeof value !== "string" || isText) return value;
  if ((types.has("number") || types.has("integer")) && NUMBER.test(value)) {
    const number = Number(value);
    // A whole number that a double cannot hold would become another one.
    if (Number.isFinite(number) && (!/^-?\d+$/.test(value) || Number.isSafeInteger(number))) return number;
  }
  if (types.has("boolean") && (value === "true" || value === "false")) return value === "true";
  return value === "" && types.has("null") ? null : value;
}

/** Whether a text is one of those that are meant, and no other: `""` beside numbers and lists says that there are none. */
function takesText(schema: Schema, root: Schema, text: string): boolean {
  const { enum: values, const: only, type, ...rest } = followed(schema, root);
  if (Array.isArray(values)) return values.includes(text);
  if (only !== undefined) return only === text;
  const parts = partsOf(rest, ["anyOf", "oneOf"], root);
  if ([type].flat().includes("string") || parts.length === 0) return true;
  return parts.some((part) => typesOf(part, root).has("string") && takesText(part, root, text));
}

function coerceMap(values: Parameters, schema: Schema, root: Schema): Parameters {
  const others = isRecord(schema["additionalProperties"]) ? schema["additionalProperties"] : undefined;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const property = propertyOf(schema, name, root) ?? others;
      return [name, property === undefined ? value : coerce(value, followed(property, root), root)];
    }),
  );
}

function propertyOf(schema: Schema, name: string, root: Schema): Schema | undefined {
  const { properties } = schema;
  const own = isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (isRecord(own)) return own;
  for (const part of partsOf(schema, ["allOf", "anyOf", "oneOf"], root)) {
    const found = propertyOf(part, name, root);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The types that a schema names, itself or in what it is put together of. */
export function typesOf(schema: Schema, root: Schema, depth = 0): ReadonlySet<unknown> {
  const { type, const: only, enum: values, ...rest } = followed(schema, root);
  const named = [type].flat().filter((one) => one !== undefined);
  if (named.length > 0 || depth > DEEPEST) return new Set(named);
  const listed = only !== undefined ? [only] : Array.isArray(values) ? values : [];
  const known = listed.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value));
  return new Set([...known, ...partsOf(rest, ["allOf", "anyOf", "oneOf"], root).flatMap((part) => [...typesOf(part, root, depth + 1)])]);
}

/** Schemas that lead to themselves have no other types further down. */
const DEEPEST = 8;

function partsOf(schema: Schema, keys: readonly string[], root: Schema): readonly Schema[] {
  return keys.flatMap((key) => (Array.isArray(schema[key]) ? schema[key].filter(isRecord).map((part) => followed(part, root)) : []));
}

/** The schema that a local reference such as `#/$defs/Limit` leads to, through others if need be. */
export function followed(schema: Schema, root: Schema, depth = 0): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/") || depth > DEEPEST) return schema;
  let found: unknown = root;
  for (const token of reference.slice(2).split("/")) {
    const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return isRecord(found) ? followed(found, root, depth + 1) : schema;
}
