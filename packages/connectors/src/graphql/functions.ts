import { attachConnector, isRecord, type Contract, type Duration, type Message, type SourceRef, type TargetRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import type { ConnectionInput } from "../http/connection-input.ts";
import { graphqlConnector } from "./definition.ts";
import type { ParsedDocument } from "./target-options.ts";

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
  readonly filterBy?: readonly (unknown extends Body ? string : keyof Body & string)[];
  readonly path?: `/${string}`;
}

/** A document with the types of its variables and of its data, as tools for typed documents make it: parsed, or a text. */
export type TypedDocument<Data, Variables> = (ParsedDocument | object) & { readonly __apiType?: (variables: Variables) => Data };

/** The options of a client as people write them; their meaning is that of `targetOptions`. */
export interface CallInput<Data, Variables> extends Omit<ConnectionInput, "servers"> {
  readonly url: string;
  readonly document: string | TypedDocument<Data, Variables>;
  readonly operation?: string;
  /** The variables, if they are not the message's body: a function of the message, or an expression as flow files have it. */
  readonly variables?: ((message: Message<never>) => object | Promise<object>) | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
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
   * Calls an operation of another server. The message's body is its variables, the reply is the answer's `data`; with a typed
   * document both are checked by the compiler.
   *
   * ```ts
   * route("total").from(orders).call(graphql.call({ url: "https://shop.example/graphql", document: OrderTotal }));
   * ```
   */
  readonly call: {
    <Data, Variables>(
      options: CallInput<Data, Variables> & { readonly document: TypedDocument<Data, Variables>; readonly variables?: never },
    ): TargetRef<Variables, Data>;
    <In = unknown, Reply = unknown>(options: CallInput<Reply, In>): TargetRef<In, Reply>;
  };
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
  call: ({ system, document, ...options }: CallInput<unknown, never>) => ({
    ...attachConnector(graphqlConnector, { ...options, document: documentData(document) }),
    ...(system === undefined ? {} : { system: typeof system === "string" ? system : system.name }),
  }),
  schema: (document, all = {}) => ({
    field: (place, options = {}) => attachConnector(graphqlConnector, { schema: document, field: place, ...all, ...options }),
    entity: (type, options = {}) => attachConnector(graphqlConnector, { schema: document, entity: type, ...all, ...options }),
    subscription: (name) =>
      attachConnector(graphqlConnector, { schema: document, subscription: name, ...(all.path === undefined ? {} : { path: all.path }) }),
  }),
};

/** A document as data: its text where there is one. */
function documentData(document: CallInput<unknown, never>["document"]): string | object {
  if (typeof document === "string" || document instanceof String) return String(document);
  const source = "loc" in document && isRecord(document.loc) ? document.loc["source"] : undefined;
  return isRecord(source) && typeof source["body"] === "string" ? source["body"] : document;
}

function fieldFunction(operation: "query" | "mutation"): FieldFunction {
  return (name: string | FieldInput | undefined, options: FieldInput = {}) =>
    typeof name === "string"
      ? attachConnector(graphqlConnector, { [operation]: name, ...options })
      : attachConnector(graphqlConnector, { [operation]: true, ...name });
}
