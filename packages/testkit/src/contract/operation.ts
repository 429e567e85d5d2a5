import type { ContractCheck, JsonSchema } from "@portolan/core";

export type Schema = JsonSchema | boolean;

/** An operation of an API as its description has it: what may be asked, and what may be answered. */
export interface ContractOperation {
  readonly id: string;
  readonly method: string;
  /** With parameters in braces, such as `/orders/{id}`. */
  readonly path: string;
  readonly parameters: readonly ContractParameter[];
  readonly body?: ContractBody | undefined;
  readonly responses: readonly ContractResponse[];
}

/** A schema, and the check of it. Its local references lead into itself. */
export interface CheckedSchema {
  readonly schema: Schema;
  readonly check: ContractCheck;
}

export interface ContractParameter extends CheckedSchema {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  /** What parts the items of a list in one text; left out, each item has the name anew. */
  readonly separator?: string | undefined;
  /** How lists and maps are written, such as `deepObject`. */
  readonly style?: string | undefined;
  readonly explode?: boolean | undefined;
  /** The parameter is a document of this type, such as JSON. */
  readonly mediaType?: string | undefined;
  readonly example?: unknown;
}

export interface ContractBody {
  readonly required: boolean;
  readonly content: readonly (CheckedSchema & { readonly mediaType: string; readonly examples: readonly unknown[] })[];
}

export interface ContractResponse {
  /** Such as `200`, `4XX` or `default`. */
  readonly status: string;
  readonly content: readonly { readonly mediaType: string; readonly check?: ContractCheck | undefined }[];
  readonly headers: readonly { readonly name: string; readonly required: boolean }[];
}

/** Checks compile to functions that answer at once; those of libraries that do not cannot be used to make requests. */
export function issuesOf(check: ContractCheck, value: unknown): readonly string[] {
  const result = check.check(value);
  if (result instanceof Promise || !("issues" in result)) return [];
  return result.issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
}

export function isValid(check: ContractCheck, value: unknown): boolean {
  return issuesOf(check, value).length === 0;
}
