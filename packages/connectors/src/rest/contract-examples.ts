import { isRecord, type ContractCheck } from "@portolan/core";
import type { ApiExample, ApiSchema } from "@portolan/formats/openapi";
import { mediaTypeName } from "./media-types.ts";

/** The values that a contract names as examples, by the word of JSON Schema. */
export function examplesOf(contract: ContractCheck | undefined): readonly unknown[] {
  return schemaExamples(contract?.jsonSchema, contract?.jsonSchema);
}

/** The examples of a part of a schema, or else those of the definition in `root` that it refers to. */
export function schemaExamples(part: ApiSchema | undefined, root: ApiSchema | undefined): readonly unknown[] {
  const seen = new Set<unknown>();
  for (let schema: unknown = part; isRecord(schema) && !seen.has(schema); schema = referred(schema["$ref"], root)) {
    seen.add(schema);
    if (Array.isArray(schema["examples"])) return schema["examples"];
  }
  return [];
}

function referred(reference: unknown, root: unknown): unknown {
  if (typeof reference !== "string" || !reference.startsWith("#/")) return undefined;
  const keys = reference.slice(2).split("/");
  return keys.reduce((part, key) => {
    const name = decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~");
    return isRecord(part) && Object.hasOwn(part, name) ? part[name] : undefined;
  }, root);
}

/**
 * Examples of a contract as those of one media type. Data has no place in a type such as CSV or an image: there a document of OpenAPI
 * shows texts as they are, and nothing else.
 */
export function contentExamples(values: readonly unknown[], mediaType: string): readonly ApiExample[] {
  const shown = holdsData(mediaTypeName(mediaType)) ? values : values.filter((value) => typeof value === "string");
  return shown.map((value, index) => (shown.length === 1 ? { value } : { name: `example${index + 1}`, value }));
}

function holdsData(name: string): boolean {
  return /[/+](?:json|yaml)$|^\*\/\*$|^multipart\/form-data$|[/-]x-www-form-urlencoded$|^application\/x-yaml$/.test(name);
}
