import { isRecord, PortolanError, type ContractCheck } from "@portolan/core";
import type { Ajv, ValidateFunction } from "ajv";
import { addAjvFormats, loadAjv } from "../json-schema/ajv.ts";
import { describeIssues, resultOf } from "../json-schema/issues.ts";
import { AJV_OPTIONS } from "../json-schema/schema-compiler.ts";
import { definitionName, type ApiDocument, type ApiSchema } from "./api-document.ts";
import { discriminated } from "./discriminated.ts";
import { directedSchema, type Direction } from "./directed-schema.ts";

/** The schemas of one description as contracts. What they share is compiled once, when a message first needs it. */
export interface ApiContracts {
  /** What requests have to follow: what is `readOnly` need not be there. Throws PORTOLAN_CONFIG_INVALID if the schema is none. */
  request(schema: ApiSchema): ContractCheck;
  /** What responses have to follow: what is `writeOnly` need not be there. */
  response(schema: ApiSchema): ContractCheck;
}

const known = new WeakMap<ApiDocument, ApiContracts>();

export function apiContracts(api: ApiDocument): ApiContracts {
  const made = known.get(api) ?? createApiContracts(api);
  known.set(api, made);
  return made;
}

/** References from anywhere lead here, whatever `$id` stands around them. */
const DOCUMENT = "portolan:api";

function createApiContracts(api: ApiDocument): ApiContracts {
  const verify = createVerifier(api);
  const compilers = { request: createCompiler(api, "readOnly"), response: createCompiler(api, "writeOnly") };
  const contract = (schema: ApiSchema, compile: (schema: ApiSchema) => ValidateFunction): ContractCheck => {
    verify(schema);
    let validate: ValidateFunction | undefined;
    return {
      check(body) {
        validate ??= compile(schema);
        return resultOf(validate, body);
      },
      jsonSchema: typeof schema === "boolean" ? schema : { ...schema, $defs: api.schemas },
    };
  };
  return {
    request: (schema) => contract(schema, compilers.request),
    response: (schema) => contract(schema, compilers.response),
  };
}

/** Compiles on demand; instances with all schemas of the document are made when first needed. */
function createCompiler(api: ApiDocument, direction: Direction): (schema: ApiSchema) => ValidateFunction {
  const instances = new Map<boolean, Ajv>();
  const instance = (isUnicode: boolean): Ajv => {
    const known = instances.get(isUnicode);
    if (known !== undefined) return known;
    const { Ajv2020 } = loadAjv();
    const ajv = new Ajv2020({ ...AJV_OPTIONS, unicodeRegExp: isUnicode });
    addAjvFormats(ajv);
    ajv.addSchema({ $id: DOCUMENT, $defs: prepared(directedSchema(api.schemas, direction), api.schemas) });
    instances.set(isUnicode, ajv);
    return ajv;
  };
  return (schema) => {
    const directed = prepared(directedSchema(schema, direction), api.schemas);
    // A schema of the document is one.
    const own = directed as ApiSchema;
    try {
      return instance(true).compile(own);
    } catch (cause) {
      // Patterns that are valid only without Unicode; `verify` has seen to the rest.
      if (cause instanceof SyntaxError) return instance(false).compile(own);
      throw cause;
    }
  };
}

/** With references to the document, and what its discriminators tell. */
function prepared(value: unknown, schemas: ApiDocument["schemas"]): unknown {
  if (Array.isArray(value)) return value.map((one) => prepared(one, schemas));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(discriminated(value, schemas)).map(([key, inner]) => [
      key,
      key === "$ref" && definitionName(inner) !== undefined ? DOCUMENT + String(inner) : prepared(inner, schemas),
    ]),
  );
}

/** Looks at a schema, and each that it comes to, once: whether it is one at all must be known at start. */
function createVerifier({ schemas }: ApiDocument): (schema: ApiSchema) => void {
  const seen = new Set<string>();
  let checker: Ajv | undefined;

  function verify(schema: ApiSchema, name: string): void {
    checker ??= new (loadAjv().Ajv2020)({ ...AJV_OPTIONS, validateSchema: true });
    if (checker.validateSchema(schema) !== true) {
      const [issue] = describeIssues(checker.errors ?? []);
      throw unusable(name, `${issue?.path || "it"}: ${issue?.message ?? "is none"}`);
    }
    visit(schema, name);
  }

  function visit(part: unknown, name: string): void {
    if (Array.isArray(part)) return part.forEach((one) => visit(one, name));
    if (!isRecord(part)) return;
    const { pattern } = part;
    if (typeof pattern === "string") verifyPattern(pattern, name);
    for (const [key, value] of Object.entries(part)) {
      const found = key === "$ref" ? definitionName(value) : undefined;
      const target = found === undefined || !Object.hasOwn(schemas, found) ? undefined : schemas[found];
      if (found === undefined || target === undefined) visit(value, name);
      else if (!seen.has(found)) {
        seen.add(found);
        verify(target, `the schema ${found}`);
      }
    }
  }

  return (schema) => verify(schema, "a schema");
}

function verifyPattern(pattern: string, name: string): void {
  try {
    new RegExp(pattern);
  } catch (cause) {
    throw unusable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unusable(name: string, found: string, cause?: unknown): PortolanError {
  return new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${name} of the API description is no JSON Schema: ${found}`,
    cause === undefined ? {} : { cause },
  );
}
