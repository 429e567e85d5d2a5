import { attachConnector, type Duration, type SourceRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import { graphqlConnector } from "./definition.ts";

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface FieldInput {
  readonly path?: `/${string}`;
  readonly limits?: { readonly depth?: number; readonly aliases?: number; readonly cost?: number };
  readonly keepHeaders?: readonly string[];
  readonly timeout?: Duration;
  readonly policies?: PoliciesInput;
}

export interface FieldFunction {
  /** The field is named after the route. */
  <Body = unknown>(options?: FieldInput): SourceRef<Body>;
  <Body = unknown>(name: string, options?: FieldInput): SourceRef<Body>;
}

/**
 * A route as a field of the GraphQL schema:
 *
 * ```ts
 * route("placeOrder", { input: Order, output: Receipt }).from(graphql.mutation());
 * ```
 */
export const graphql: { readonly query: FieldFunction; readonly mutation: FieldFunction } = {
  query: fieldFunction("query"),
  mutation: fieldFunction("mutation"),
};

function fieldFunction(operation: "query" | "mutation"): FieldFunction {
  return (name: string | FieldInput | undefined, options: FieldInput = {}) =>
    typeof name === "string"
      ? attachConnector(graphqlConnector, { [operation]: name, ...options })
      : attachConnector(graphqlConnector, { [operation]: true, ...name });
}
