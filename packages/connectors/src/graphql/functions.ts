import { attachConnector, type Contract, type Duration, type SourceRef, type TargetRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import { graphqlConnector } from "./definition.ts";

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface FieldInput {
  readonly path?: `/${string}`;
  readonly limits?: { readonly depth?: number; readonly aliases?: number; readonly cost?: number; readonly operations?: number };
  readonly introspection?: boolean;
  readonly persisted?: string;
  readonly persistedOnly?: boolean;
  readonly batch?: boolean | number;
  readonly keepHeaders?: readonly string[];
  readonly timeout?: Duration;
  readonly requestTimeout?: Duration;
  readonly policies?: PoliciesInput;
}

/** The options of a subscription as people write them; their meaning is that of `targetOptions`. */
export interface SubscriptionInput<Body> {
  readonly contract?: Contract<Body>;
  readonly filterBy?: readonly (keyof Body & string)[];
  readonly path?: `/${string}`;
}

export interface FieldFunction {
  /** The field is named after the route. */
  <Body = unknown>(options?: FieldInput): SourceRef<Body>;
  <Body = unknown>(name: string, options?: FieldInput): SourceRef<Body>;
}

/** What a route gets that answers a field of a type: the object that has the field, and its arguments. With `batch`, a list of such. */
export interface FieldCall<Parent = unknown, Args = unknown> {
  readonly parent: Parent;
  readonly args: Args;
}

/** The fields of a schema that was written first. `Bodies` are the types of the messages that its fields yield, by `Type.field`. */
export interface GraphqlSchema<Bodies> {
  readonly field: <Place extends keyof Bodies & string>(place: Place, options?: FieldInput & SchemaInput) => SourceRef<Bodies[Place]>;
  readonly entity: <Body = unknown>(type: string, options?: FieldInput & SchemaInput) => SourceRef<Body>;
  readonly subscription: <Body = unknown>(name: string) => TargetRef<Body, unknown>;
}

export interface SchemaInput {
  readonly unrouted?: "fail" | "ignore";
}

export interface GraphqlFunctions {
  /**
   * A route as a field of the GraphQL schema:
   *
   * ```ts
   * route("placeOrder", { input: Order, output: Receipt }).from(graphql.mutation());
   * ```
   */
  readonly query: FieldFunction;
  readonly mutation: FieldFunction;
  /** A route that answers a field of a type, `Order.customer`. Its message is a `FieldCall`; with `batch`, a list of them. */
  readonly field: <Body = FieldCall>(place: `${string}.${string}`, options?: FieldInput) => SourceRef<Body>;
  /** A route that answers entities of a type for a federation. Its message is what refers to one; with `batch`, a list of such. */
  readonly entity: <Body = unknown>(type: string, options: FieldInput & { readonly key: string | readonly string[] }) => SourceRef<Body>;
  /**
   * A target whose messages go to the subscribers of a field:
   *
   * ```ts
   * route("tellOrders").from(accepted).to(graphql.subscription("orderAccepted", { contract: Order }));
   * ```
   */
  readonly subscription: <Body = unknown>(name: string, options?: SubscriptionInput<Body>) => TargetRef<Body, unknown>;
  /**
   * The schema comes first: SDL, by its path in the app. Options hold for all of its fields. At start fields that nothing answers
   * are complained about, unless `unrouted` says otherwise.
   *
   * ```ts
   * const schema = graphql.schema<{ "Query.order": { id: string } }>("./schema.graphql");
   * route("getOrder").from(schema.field("Query.order"));
   * ```
   */
  readonly schema: <Bodies = Readonly<Record<string, unknown>>>(
    document: string,
    options?: FieldInput & SchemaInput,
  ) => GraphqlSchema<Bodies>;
}

export const graphql: GraphqlFunctions = {
  query: fieldFunction("query"),
  mutation: fieldFunction("mutation"),
  field: (place, options = {}) => attachConnector(graphqlConnector, { field: place, ...options }),
  entity: (type, options) => attachConnector(graphqlConnector, { entity: type, ...options }),
  subscription: (name, options = {}) => attachConnector(graphqlConnector, { subscription: name, ...options }),
  schema: (document, all = {}) => ({
    field: (place, options = {}) => attachConnector(graphqlConnector, { schema: document, field: place, ...all, ...options }),
    entity: (type, options = {}) => attachConnector(graphqlConnector, { schema: document, entity: type, ...all, ...options }),
    subscription: (name) =>
      attachConnector(graphqlConnector, { schema: document, subscription: name, ...(all.path === undefined ? {} : { path: all.path }) }),
  }),
};

function fieldFunction(operation: "query" | "mutation"): FieldFunction {
  return (name: string | FieldInput | undefined, options: FieldInput = {}) =>
    typeof name === "string"
      ? attachConnector(graphqlConnector, { [operation]: name, ...options })
      : attachConnector(graphqlConnector, { [operation]: true, ...name });
}
