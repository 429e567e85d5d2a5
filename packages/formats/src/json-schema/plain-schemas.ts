import { isRecord, type JsonSchema } from "@portolan/core";

export type Schema = JsonSchema | boolean;

/** How many references in a row are followed: some lead in a circle. */
const REFERENCES = 32;

/**
 * The ways in which a value can be of a schema: `$ref` followed, `allOf` put together, one for each type and each part of
 * `anyOf` and `oneOf`. Each has one `type` or none.
 */
export function plainSchemas(schema: Schema, root: Schema): readonly Schema[] {
  return waysOf(schema, root, new Set());
}

/** `path` is what led here: an alternative that is within itself is no further way. */
function waysOf(schema: Schema, root: Schema, path: ReadonlySet<unknown>): readonly Schema[] {
  const whole = typeof schema === "boolean" ? schema : resolved(schema, root);
  if (typeof whole === "boolean") return [whole];
  const { anyOf, oneOf, allOf, type, ...own } = whole;
  const choice = schemasIn(anyOf).length > 0 ? schemasIn(anyOf) : schemasIn(oneOf);
  if (schemasIn(allOf).length > 0) {
    const parts = path.has(allOf) ? [] : schemasIn(allOf).map((part) => (typeof part === "boolean" ? {} : resolved(part, root)));
    const merged = parts.reduce<JsonSchema>((one, other) => (typeof other === "boolean" ? one : merge(one, other)), { ...own, type });
    return waysOf(choice.length === 0 ? merged : { ...merged, anyOf: choice }, root, new Set([...path, allOf]));
  }
  if (choice.length > 0) {
    const outer: JsonSchema = type === undefined ? own : { ...own, type };
    return choice
      .filter((part) => !path.has(part))
      .flatMap((part) => waysOf(part, root, new Set([...path, part])))
      .map((part) => (typeof part === "boolean" ? part : merge(outer, part)));
  }
  const types = Array.isArray(type) ? (type as readonly unknown[]) : [type ?? impliedType(own)];
  return types.map((one) => (one === undefined ? own : { ...own, type: one }));
}

function impliedType(schema: JsonSchema): string | undefined {
  if (isRecord(schema["properties"])) return "object";
  return schema["items"] === undefined && schema["prefixItems"] === undefined ? undefined : "array";
}

/** What both demand. Of two values for one keyword the second is taken, but fields are put together. */
function merge(one: JsonSchema, other: JsonSchema): JsonSchema {
  const properties = { ...record(one["properties"]), ...record(other["properties"]) };
  const required = [...new Set([...textsIn(one["required"]), ...textsIn(other["required"])])];
  const defined = Object.fromEntries(Object.entries(other).filter(([, value]) => value !== undefined));
  return {
    ...one,
    ...defined,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}

function resolved(schema: JsonSchema, root: Schema): Schema {
  let current: Schema = schema;
  for (let count = 0; count < REFERENCES && typeof current !== "boolean"; count++) {
    const { $ref: reference, ...beside }: JsonSchema = current;
    if (typeof reference !== "string") return current;
    const target = referenced(reference, root);
    if (target === undefined || typeof target === "boolean") return target ?? true;
    current = merge(target, beside);
    if (typeof target["$ref"] === "string") current = { ...current, $ref: target["$ref"] };
  }
  return true;
}

export function referenced(reference: string, root: Schema): Schema | undefined {
  // Parts of other documents, and parts by names of their own, are not known here: they may be anything.
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const part of decodeURIComponent(reference.slice(1)).split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isHolder(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return isSchema(found) ? found : undefined;
}

function isHolder(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}

function schemasIn(list: unknown): readonly Schema[] {
  return Array.isArray(list) ? list.filter((one) => isSchema(one)) : [];
}

export function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
