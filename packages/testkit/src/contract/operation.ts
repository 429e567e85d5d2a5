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
  /** Set where bodies are more than data in JSON, or answers more than a status. */
  readonly protocol?: ContractProtocol | undefined;
  /** What it is called in reports. Default: method and path. */
  readonly title?: string | undefined;
}

/** What is spoken over HTTP, such as GraphQL or SOAP. */
export interface ContractProtocol {
  /** The body as a text. Default: by its media type. */
  readonly write?: (body: unknown) => string;
  /** A valid text with one thing wrong with it, in all ways that the contract refuses. Default: by the schema of the body. */
  readonly changes?: (text: string) => readonly BodyChange[];
  /** What is wrong with the body of an answer of success. Default: by the checks of the responses, where it is JSON. */
  readonly issues?: (body: string) => readonly string[];
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An answer with the status that HTTP has for what it says. */
  readonly interpret?: (answer: ContractAnswer) => ContractAnswer;
}

export interface BodyChange {
  readonly kind: MutationKind;
  readonly words: string;
  readonly text: string;
}

/** What is wrong with a request that has one thing wrong with it. */
export type MutationKind = "missing" | "wrong type" | "out of range" | "not allowed" | "unknown content type" | "truncated body";

export interface ContractAnswer {
  readonly status: number;
  /** The status as it was sent, where the answer itself says more than it. */
  readonly sent?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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
