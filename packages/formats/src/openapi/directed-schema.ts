import { isRecord, type JsonSchema } from "@portolan/core";
import { standaloneSchema, type ApiDocument, type ApiSchema } from "./api-document.ts";

/** A schema as requests have to follow it: what is `readOnly` need not be there. */
export function schemaOfRequest(schema: ApiSchema, schemas: ApiDocument["schemas"]): ApiSchema {
  return without(standaloneSchema(schema, schemas), "readOnly");
}

/** A schema as responses have to follow it: what is `writeOnly` need not be there. */
export function schemaOfResponse(schema: ApiSchema, schemas: ApiDocument["schemas"]): ApiSchema {
  return without(standaloneSchema(schema, schemas), "writeOnly");
}

function without(schema: ApiSchema, mark: "readOnly" | "writeOnly"): ApiSchema {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner)]));
    const { required, properties } = copy;
    if (!Array.isArray(required) || !isRecord(properties)) return copy;
    const marked = (name: unknown) => typeof name === "string" && isMarked(properties[name], mark);
    return required.some(marked) ? { ...copy, required: required.filter((name) => !marked(name)) } : copy;
  };
  // A schema visited is a schema.
  return visit(schema) as ApiSchema;
}

function isMarked(property: unknown, mark: string): boolean {
  return isRecord(property) && (property satisfies JsonSchema)[mark] === true;
}
