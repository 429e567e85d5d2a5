import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonSchema } from "./options.ts";

/**
 * The schema of a body. A Standard Schema value (zod, valibot, arktype, …), a JSON Schema
 * as data, or a path to a schema document, which the reader of the app loads at start.
 */
export type Contract<Body = unknown> = StandardSchemaV1<unknown, Body> | JsonSchemaContract | ContractPath;

export interface JsonSchemaContract {
  readonly jsonSchema: Readonly<Record<string, unknown>> | boolean;
}

export interface ContractPath {
  readonly path: string;
}

export type BodyOf<C> = C extends StandardSchemaV1<unknown, infer Body> ? Body : unknown;

/** What a check says: the body (a schema may fill in defaults), or what is wrong with it. */
export type ContractResult = { readonly body: unknown } | { readonly issues: readonly ContractIssue[] };

export interface ContractIssue {
  /** Where in the body, such as `lines.0.qty`; empty for the body itself. */
  readonly path: string;
  readonly message: string;
}

/** A contract ready to check bodies. Called once a message; answers a promise only if its schema is asynchronous. */
export interface ContractCheck {
  check(body: unknown): ContractResult | Promise<ContractResult>;
  /** The JSON Schema of what is accepted, where one is known; documentation and doors use it. */
  readonly jsonSchema?: Readonly<Record<string, unknown>> | boolean;
}

/** Turns the contracts of an app into checks, once, at start. A contract that cannot be used throws PORTOLAN_CONFIG_INVALID. */
export interface ContractCompiler {
  compile(contract: Contract): ContractCheck;
  /** Where values of one JSON Schema break another, before there is any value. */
  compare?(found: JsonSchema | boolean, expected: JsonSchema | boolean, options?: SchemaComparison): readonly ContractMismatch[];
}

export interface SchemaComparison {
  /** Whether limits count (lengths, ranges, patterns, other fields), as they do between two versions of a contract. */
  readonly limits?: boolean;
}

/** What a check before any message says. */
export interface ContractMismatch {
  /** Where, such as `lines[].qty`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** Whether every value has it. */
  readonly isCertain: boolean;
}

export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** The check of a Standard Schema value. */
export function standardCheck(schema: StandardSchemaV1): ContractCheck {
  return {
    check(body) {
      const result = schema["~standard"].validate(body);
      return result instanceof Promise ? result.then(standardResult) : standardResult(result);
    },
  };
}

function standardResult(result: StandardSchemaV1.Result<unknown>): ContractResult {
  if (result.issues === undefined) return { body: result.value };
  return {
    issues: result.issues.map((issue) => ({
      path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
      message: issue.message,
    })),
  };
}
