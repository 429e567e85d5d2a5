import { isRecord, type JsonSchema } from "@portolan/core";
import { definitionName, definitionReference, type ApiSchema } from "./api-document.ts";

/** Puts the schemas of contracts side by side under names, as an API description has them. */
export interface SchemaCollection {
  /** Takes a schema up under a name, its own title if that can be one, and yields what stands for it. Equal schemas of one name are one. */
  named(schema: ApiSchema, name: string): ApiSchema;
  /** Takes up only what a schema has under `$defs`, and yields the rest. */
  inline(schema: ApiSchema): ApiSchema;
  all(): Readonly<Record<string, ApiSchema>>;
}

export function createSchemaCollection(): SchemaCollection {
  const schemas = new Map<string, ApiSchema>();
  /** What was taken up under each name, as text. */
  const texts = new Map<string, string>();

  function place(schema: unknown, wanted: string): { readonly name: string; readonly isNew: boolean } {
    const text = JSON.stringify(schema);
    let name = wanted;
    for (let count = 2; texts.has(name) && texts.get(name) !== text; count++) name = `${wanted}${count}`;
    const isNew = !texts.has(name);
    texts.set(name, text);
    return { name, isNew };
  }

  /** `self` is what the schema itself will be called. */
  function lifted(schema: JsonSchema, self: string | undefined): ApiSchema {
    const { $schema: _dialect, $id: _id, $defs, definitions, ...own } = schema;
    const parts = Object.entries({ ...record(definitions), ...record($defs) });
    const places = new Map(parts.map(([name, part]) => [name, { part, ...place(part, name) }]));
    const follow = (reference: string): JsonSchema => {
      if (reference === "#" && self !== undefined) return definitionReference(self);
      const found = places.get(definitionName(reference.replace("#/definitions/", "#/$defs/")) ?? "");
      return found === undefined ? { $ref: reference } : definitionReference(found.name);
    };
    for (const { part, name, isNew } of places.values()) if (isNew) schemas.set(name, asSchema(rewritten(part, follow)));
    return asSchema(rewritten(own, follow));
  }

  return {
    named(schema, wanted) {
      if (typeof schema === "boolean" || Object.keys(schema).length === 0) return schema;
      if (typeof schema["$ref"] === "string" && schema["$ref"] !== "#") return lifted(schema, undefined);
      const { title } = schema;
      const { name, isNew } = place(schema, typeof title === "string" && /^[\w.-]+$/.test(title) ? title : wanted);
      if (isNew) schemas.set(name, lifted(schema, name));
      return definitionReference(name);
    },
    inline: (schema) => (typeof schema === "boolean" ? schema : lifted(schema, undefined)),
    all: () => Object.fromEntries(schemas),
  };
}

function rewritten(value: unknown, follow: (reference: string) => JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, follow));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, one]) =>
    key === "$ref" && typeof one === "string" ? follow(one) : { [key]: rewritten(one, follow) },
  );
  return Object.assign({}, ...entries) as unknown;
}

function asSchema(value: unknown): ApiSchema {
  return typeof value === "boolean" || isRecord(value) ? value : true;
}

function record(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}
