import type { JsonSchema } from "@portolan/core";

export type ApiSchema = JsonSchema | boolean;

/** What a document of OpenAPI offers, in one form for all of its versions: schemas are JSON Schema 2020-12. */
export interface ApiDocument {
  /** Such as `OpenAPI 3.1.0` or `Swagger 2.0`. */
  readonly dialect: string;
  readonly title: string;
  readonly version: string;
  readonly description?: string | undefined;
  /** Addresses, with variables in braces such as `https://{region}.example`. */
  readonly servers: readonly string[];
  /** The variables of all servers, by their names. */
  readonly serverVariables: Readonly<Record<string, ApiServerVariable>>;
  readonly tags: readonly ApiTag[];
  readonly operations: readonly ApiOperation[];
  /** The named schemas; those within refer to one another by `#/$defs/NAME`. */
  readonly schemas: Readonly<Record<string, ApiSchema>>;
  /** As OpenAPI 3 writes them, by name. */
  readonly securitySchemes: Readonly<Record<string, unknown>>;
}

export interface ApiServerVariable {
  readonly default: string;
  /** The values that it may have; left out, any. */
  readonly enum?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

export interface ApiTag {
  readonly name: string;
  readonly description?: string | undefined;
}

export interface ApiOperation {
  /** The `operationId`; of an operation without one, or with one that another has, `METHOD path`. */
  readonly id: string;
  readonly method: string;
  /** With parameters in braces, such as `/orders/{id}`. */
  readonly path: string;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** Where it is, if not at the servers of the document. */
  readonly servers?: readonly string[] | undefined;
  readonly parameters: readonly ApiParameter[];
  readonly body?: ApiBody | undefined;
  readonly responses: readonly ApiResponse[];
  /** Each of them lets a caller in: the names of schemes that it needs, with scopes. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export type ParameterPlace = "path" | "query" | "header" | "cookie" | "querystring";

export interface ApiParameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly schema: ApiSchema;
  /** How a list stands in one text: what parts its items. Left out, each item has the name anew, or the parameter is no list. */
  readonly separator?: "," | " " | "|" | "\t" | undefined;
  /** How lists and maps are written, where the document says so, such as `deepObject`. */
  readonly style?: string | undefined;
  readonly explode?: boolean | undefined;
  /** Whether characters such as `/` and `?` stand as they are. */
  readonly allowReserved?: boolean | undefined;
  /** The parameter is a document of this type, such as JSON. */
  readonly mediaType?: string | undefined;
  readonly example?: unknown;
}

export interface ApiBody {
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly content: readonly ApiContent[];
}

export interface ApiContent {
  readonly mediaType: string;
  readonly schema?: ApiSchema | undefined;
  readonly examples: readonly ApiExample[];
  /** Of forms: how fields are written, by their names. */
  readonly encoding?: Readonly<Record<string, ApiEncoding>> | undefined;
}

export interface ApiEncoding {
  /** Media types that a field, or a part, may have; parted by commas. */
  readonly contentType?: string | undefined;
  readonly style?: string | undefined;
  readonly explode?: boolean | undefined;
  readonly allowReserved?: boolean | undefined;
  /** Headers of the part. */
  readonly headers?: readonly ApiHeader[] | undefined;
}

export interface ApiExample {
  /** Left out where there is one example only, without a name. */
  readonly name?: string | undefined;
  readonly value: unknown;
}

export interface ApiResponse {
  /** Such as `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description: string;
  readonly content: readonly ApiContent[];
  readonly headers: readonly ApiHeader[];
}

export interface ApiHeader {
  readonly name: string;
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly schema: ApiSchema;
}

/** A schema of a document by itself: with those of the named schemas under `$defs` that it comes to. */
export function standaloneSchema(schema: ApiSchema, schemas: ApiDocument["schemas"]): ApiSchema {
  if (typeof schema === "boolean") return schema;
  const needed = new Map<string, ApiSchema>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (typeof part !== "object" || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      const name = key === "$ref" ? definitionName(value) : undefined;
      const found = name === undefined || !Object.hasOwn(schemas, name) ? undefined : schemas[name];
      if (name === undefined || found === undefined) visit(value);
      else if (!needed.has(name)) {
        needed.set(name, found);
        visit(found);
      }
    }
  };
  visit(schema);
  return needed.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(needed) };
}

/** The name in a reference such as `#/$defs/Order`. */
export function definitionName(reference: unknown): string | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  return decodeURIComponent(reference.slice("#/$defs/".length)).replaceAll("~1", "/").replaceAll("~0", "~");
}

export function definitionReference(name: string): JsonSchema {
  return { $ref: `#/$defs/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}` };
}
