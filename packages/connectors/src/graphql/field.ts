import { getNullableType, type GraphQLFieldConfig, type GraphQLFieldConfigArgumentMap } from "graphql";
import type { PolicyOptions } from "@portolan/gateway";
import { argumentsOf, typeNameOf, type ContractTypes } from "./contract-types.ts";
import type { FieldPlace } from "./options.ts";
import type { QueryLimits } from "./query-limits.ts";
import { jsonScalar } from "./json-scalar.ts";

export type Schema = Readonly<Record<string, unknown>> | boolean;

/** What a resolver knows of the request that it belongs to. */
export interface FieldContext {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly signal: AbortSignal;
}

/** A route as a field. */
export interface RouteField {
  readonly operation: FieldPlace["operation"];
  readonly name: string;
  /** Who answers it; said when two routes want the same field. */
  readonly owner: string;
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  readonly limits: QueryLimits;
  readonly policies: PolicyOptions | undefined;
  /** The value of the field for the body that its arguments are. */
  resolve(body: unknown, context: FieldContext): Promise<unknown>;
}

export type FieldConfig = GraphQLFieldConfig<unknown, FieldContext>;

/**
 * A field for GraphQL. The properties of a query's contract are its arguments; a mutation has one argument, `input`, as has a
 * query whose contract is none of an object. The field itself may be null: where it fails, the others still have their values.
 */
export function fieldConfig(field: RouteField, types: ContractTypes): FieldConfig {
  const { input, output, name } = field;
  const place = { schema: input, root: input, name: typeNameOf(name) };
  const single = field.operation === "query" && input !== undefined ? argumentsOf(types, place) : undefined;
  const args: GraphQLFieldConfigArgumentMap =
    single ??
    (input === undefined && field.operation === "query" ? {} : { input: { type: input === undefined ? jsonScalar : types.input(place) } });
  const isBody = single === undefined && "input" in args;
  return {
    type:
      output === undefined
        ? jsonScalar
        : getNullableType(types.output({ schema: output, root: output, name: `${typeNameOf(name)}Result` })),
    args,
    resolve: (_parent, values, context) => field.resolve(isBody ? (values["input"] ?? null) : { ...values }, context),
  };
}
