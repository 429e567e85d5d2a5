import { isRecord, type JsonSchema } from "@portolan/core";
import { definitionReference, type ApiSchema } from "./api-document.ts";
import type { Part, References } from "./references.ts";
import { unreadable } from "./unreadable.ts";

/** What versions write schemas in: `old` is that of Swagger 2.0 and OpenAPI 3.0, `json` is JSON Schema 2020-12. */
export type SchemaDialect = "old" | "json";

export interface NamedSchemas {
  /** A schema of the document as JSON Schema 2020-12; its references lead to `all`. */
  read(part: Part): ApiSchema;
  /** The schemas that were referred to, and those that the document names. */
  all(): Readonly<Record<string, ApiSchema>>;
}

const SCHEMAS = new Set([
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
const SCHEMA_LISTS = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const SCHEMA_MAPS = new Set(["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"]);
const NAMED_AT = /^\/(?:components\/schemas|definitions)\/([^/]+)$/;

/** Reads schemas once, whoever refers to them. */
export function createNamedSchemas(references: References, dialect: SchemaDialect): NamedSchemas {
  const names = new Map<string, string>();
  const read = new Map<string, ApiSchema>();

  function referenceTo(reference: string, file: string): ApiSchema {
    const target = references.find(reference, file);
    const key = `${target.file}#${target.pointer}`;
    const known = names.get(key);
    if (known !== undefined) return definitionReference(known);
    const name = freeName(nameOf(target), read);
    names.set(key, name);
    // Known before it is read: it may contain itself.
    read.set(name, true);
    read.set(name, schema(target.value, target.file));
    return definitionReference(name);
  }

  function schema(value: unknown, file: string): ApiSchema {
    if (typeof value === "boolean") return value;
    if (value === undefined || value === null) return true;
    if (!isRecord(value)) throw unreadable(`expected a schema, found ${JSON.stringify(value)?.slice(0, 60)}`);
    const { $ref: reference, ...beside } = value;
    if (typeof reference === "string") {
      const target = referenceTo(reference, file);
      // What stands beside a reference means nothing before 3.1.
      return dialect === "old" || Object.keys(beside).length === 0 || typeof target === "boolean"
        ? target
        : { ...keywords(beside, file), ...target };
    }
    const read = keywords(value, file);
    return dialect === "old" ? upgraded(read) : read;
  }

  function keywords(value: JsonSchema, file: string): JsonSchema {
    const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
      if (SCHEMAS.has(key) && isSchema(inner)) return [key, schema(inner, file)];
      if (key === "items")
        return Array.isArray(inner) ? ["prefixItems", inner.map((one) => schema(one, file))] : [key, schema(inner, file)];
      if (SCHEMA_LISTS.has(key) && Array.isArray(inner)) return [key, inner.map((one) => schema(one, file))];
      if (SCHEMA_MAPS.has(key) && isRecord(inner))
        return [key, Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, schema(one, file)]))];
      return [key, inner];
    });
    return Object.fromEntries(entries);
  }

  return {
    read: (part) => schema(part.value, part.file),
    all() {
      for (const pointer of ["components/schemas", "definitions"]) {
        const [first = "", second] = pointer.split("/");
        const outer = isRecord(references.root.value) ? references.root.value[first] : undefined;
        const holder = second === undefined || !isRecord(outer) ? outer : outer[second];
        if (!isRecord(holder)) continue;
        for (const name of Object.keys(holder))
          referenceTo(`#/${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("%", "%25")}`, references.root.file);
      }
      return Object.fromEntries(read);
    },
  };
}

function isSchema(value: unknown): boolean {
  return typeof value === "boolean" || isRecord(value);
}

function nameOf({ pointer, file }: Part): string {
  const [, named] = NAMED_AT.exec(pointer) ?? [];
  const last = named ?? pointer.slice(pointer.lastIndexOf("/") + 1);
  const decoded = decodeURIComponent(last).replaceAll("~1", "/").replaceAll("~0", "~");
  return decoded === "" ? (file.split("/").at(-1) ?? file).replace(/\.[^.]*$/, "") : decoded;
}

function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
  return name;
}

/** What 2.0 and 3.0 say in words of their own. */
function upgraded(schema: JsonSchema): JsonSchema {
  const { nullable, "x-nullable": alsoNullable, example, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const upgraded: Record<string, unknown> = { ...rest };
  if (example !== undefined) upgraded["examples"] = [example];
  exclusive(upgraded, "minimum", exclusiveMinimum);
  exclusive(upgraded, "maximum", exclusiveMaximum);
  if (upgraded["type"] === "file") return { ...upgraded, type: "string", format: "binary" };
  if (nullable !== true && alsoNullable !== true) return upgraded;
  if (Array.isArray(upgraded["enum"]) && !upgraded["enum"].includes(null)) upgraded["enum"] = [...upgraded["enum"], null];
  if (typeof upgraded["type"] === "string") return { ...upgraded, type: [upgraded["type"], "null"] };
  // Without a type null is allowed already, unless what is put together refuses it.
  return ["allOf", "anyOf", "oneOf"].some((key) => upgraded[key] !== undefined) ? { anyOf: [upgraded, { type: "null" }] } : upgraded;
}

function exclusive(schema: Record<string, unknown>, limit: "minimum" | "maximum", value: unknown): void {
  const key = limit === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
  if (typeof value === "number") schema[key] = value;
  if (value !== true || schema[limit] === undefined) return;
  schema[key] = schema[limit];
  delete schema[limit];
}
