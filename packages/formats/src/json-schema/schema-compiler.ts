import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isRecord } from "@portolan/core";
import type { Ajv, ErrorObject, Options, ValidateFunction } from "ajv";
import { addAjvFormats, loadAjv } from "./ajv.ts";
import { describeIssues } from "./issues.ts";
import { isKnownToCompile } from "./known-to-compile.ts";
import { type JsonSchemaDocument, readSchemaFile, unusable } from "./schema-files.ts";

export interface SchemaCompiler {
  /**
   * `file` is where the schema was read; its relative references start there. What is wrong with a schema is thrown now; it is compiled when
   * the validator is first asked for.
   */
  compile(schema: JsonSchemaDocument, file?: string): () => ValidateFunction;
}

export const AJV_OPTIONS: Options = {
  allErrors: true,
  // Errors carry what they found.
  verbose: true,
  // Unknown keywords are annotations (JSON Schema Core, section 6.5): OpenAPI's `example` and vendors' x- names are such.
  strict: false,
  logger: false,
  // Done once by an instance of its own.
  validateSchema: false,
};

export function createSchemaCompiler(): SchemaCompiler {
  // Made when first needed: they compile the meta-schemas.
  const checkers = new Map<typeof Ajv, Ajv>();

  function checkSchema(dialect: typeof Ajv, schema: JsonSchemaDocument, name: string): void {
    const checker = checkers.get(dialect) ?? new dialect({ ...AJV_OPTIONS, validateSchema: true });
    checkers.set(dialect, checker);
    try {
      if (checker.validateSchema(schema) === true) return;
    } catch (cause) {
      throw unusable(name, {
        expected: "JSON Schema 2020-12 or draft-07",
        found: textOf(cause),
        cause,
        hint: "leave $schema out, or name one of these",
      });
    }
    throw unusable(name, { expected: "a valid JSON Schema", found: firstIssues(checker.errors ?? []) });
  }

  return {
    compile(schema, file) {
      const name = file ?? nameOf(schema);
      const dialect = dialectOf(schema);
      checkSchema(dialect, schema, name);
      let validate: ValidateFunction | undefined;
      const compiled = () => (validate ??= compileNamed(dialect, schema, { file, name }));
      if (!isKnownToCompile(schema)) compiled();
      return compiled;
    },
  };
}

interface Named {
  readonly file: string | undefined;
  readonly name: string;
}

function compileNamed(dialect: typeof Ajv, schema: JsonSchemaDocument, { file, name }: Named): ValidateFunction {
  try {
    return compileIn(dialect, schema, { file, isUnicode: true });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw failure(name, cause);
  }
  // Patterns are Unicode (JSON Schema Core, section 6.4), and many that people write are valid only without that, such as `\_`.
  try {
    return compileIn(dialect, schema, { file, isUnicode: false });
  } catch (cause) {
    throw failure(name, cause);
  }
}

function compileIn(
  dialect: typeof Ajv,
  schema: JsonSchemaDocument,
  { file, isUnicode }: { readonly file: string | undefined; readonly isUnicode: boolean },
): ValidateFunction {
  // One instance for each contract: unrelated schemas may carry the same $id.
  const ajv = new dialect({ ...AJV_OPTIONS, unicodeRegExp: isUnicode });
  addAjvFormats(ajv);
  if (file === undefined) return ajv.compile(schema);
  const id = addFile(ajv, schema, { file, id: pathToFileURL(file).href });
  // It has just been added.
  return ajv.getSchema(id)!;
}

interface Place {
  readonly file: string;
  readonly id: string;
}

/** Adds a schema and, before it is compiled, the files that it refers to. */
function addFile(ajv: Ajv, schema: JsonSchemaDocument, { file, id }: Place): string {
  ajv.addSchema(schema, id);
  const base = isRecord(schema) && typeof schema["$id"] === "string" ? new URL(schema["$id"], id).href : id;
  for (const reference of fileReferences(schema)) {
    const target = new URL(reference, base);
    target.hash = "";
    if (ajv.schemas[target.href] !== undefined || ajv.refs[target.href] !== undefined) continue;
    const path = decodeURIComponent(reference.replace(/#.*$/, ""));
    const found = readSchemaFile(dirname(file), path);
    addFile(ajv, found.schema, { file: resolve(dirname(file), path), id: target.href });
  }
  return id;
}

/** Relative references to other documents. */
function fileReferences(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(fileReferences);
  if (!isRecord(schema)) return [];
  const { $ref: reference } = schema;
  const own = typeof reference === "string" && !reference.startsWith("#") && !/^[a-z][a-z0-9+.-]*:/i.test(reference) ? [reference] : [];
  return [...own, ...Object.values(schema).flatMap(fileReferences)];
}

function dialectOf(schema: JsonSchemaDocument): typeof Ajv {
  const dialect = isRecord(schema) ? schema["$schema"] : undefined;
  const { Ajv, Ajv2020 } = loadAjv();
  return typeof dialect === "string" && /draft-0[67]/.test(dialect) ? Ajv : Ajv2020;
}

function nameOf(schema: JsonSchemaDocument): string {
  const name = isRecord(schema) ? (schema["$id"] ?? schema["title"]) : undefined;
  return typeof name === "string" ? name : "given as JSON Schema";
}

function failure(name: string, cause: unknown): unknown {
  if (cause instanceof Error && "missingRef" in cause) {
    return unusable(name, {
      expected: "references that lead to a schema",
      found: `$ref ${String(cause.missingRef)}, which leads nowhere`,
      hint: "refer to #/$defs/NAME, or to a file relative to this one; schemas are not fetched from the network",
      cause,
    });
  }
  // An error of a file that is referred to says all by itself.
  return cause instanceof Error && "findings" in cause
    ? cause
    : unusable(name, { expected: "a valid JSON Schema", found: textOf(cause), cause });
}

function firstIssues(errors: readonly ErrorObject[]): string {
  const issues = describeIssues(errors).slice(0, 5);
  return issues.map(({ path, message }) => `${path || "the schema"}: ${message}`).join("; ");
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
