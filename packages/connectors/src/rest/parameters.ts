import { PortolanError, isRecord, type ContractCheck, type Finding } from "@portolan/core";

export type Parameters = Readonly<Record<string, unknown>>;

type Schema = Readonly<Record<string, unknown>>;

/**
 * Parameters with texts turned into what the schema wants of each name: numbers, booleans, lists. A text that is none
 * stays as it is, for the contract to complain about. Only the schema's own `properties` are looked at, through local `$ref`s.
 */
export function coerceParameters(values: Parameters, jsonSchema: Schema | boolean | undefined): Parameters {
  if (!isRecord(jsonSchema)) return values;
  const properties = followed(jsonSchema, jsonSchema)["properties"];
  if (!isRecord(properties)) return values;
  const coerced: [string, unknown][] = Object.entries(values).map(([name, value]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, isRecord(property) ? coerce(value, followed(property, jsonSchema), jsonSchema) : value];
  });
  return Object.fromEntries(coerced);
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
  const types = typesOf(schema);
  if (types.has("array")) {
    const items = isRecord(schema["items"]) ? followed(schema["items"], root) : {};
    return (Array.isArray(value) ? value : [value]).map((item) => coerce(item, items, root));
  }
  if (typeof value !== "string" || types.has("string")) return value;
  if ((types.has("number") || types.has("integer")) && NUMBER.test(value)) {
    const number = Number(value);
    // A whole number that a double cannot hold would become another one.
    if (Number.isFinite(number) && (!/^-?\d+$/.test(value) || Number.isSafeInteger(number))) return number;
  }
  if (types.has("boolean") && (value === "true" || value === "false")) return value === "true";
  return value;
}

function typesOf(schema: Schema): ReadonlySet<unknown> {
  const own = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  const variants = [schema["anyOf"], schema["oneOf"]].flatMap((list) => (Array.isArray(list) ? list : []));
  return new Set([...own, ...variants.flatMap((variant) => (isRecord(variant) ? [...typesOf(variant)] : []))]);
}

/** The schema that a local reference such as `#/$defs/Limit` leads to. */
function followed(schema: Schema, root: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/")) return schema;
  let found: unknown = root;
  for (const token of reference.slice(2).split("/")) found = isRecord(found) && Object.hasOwn(found, token) ? found[token] : undefined;
  return isRecord(found) ? found : schema;
}
