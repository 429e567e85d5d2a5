import { attachConnector, type Message, type TargetRef } from "@portolan/core";
import { restConnector } from "../definition.ts";
import type { ApiClientInput } from "./input.ts";

/** The types of one operation, as `portolan describe --typescript` writes them. */
export interface OperationTypes {
  readonly path?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly cookies?: object;
  readonly body?: unknown;
  readonly reply?: unknown;
}

/** A value from the message: a function, or an expression as flow files have it (a text is JSONata). */
type Mapped<Value> = ((message: Message<never>) => Value | Promise<Value>) | string | number | boolean | { readonly constant: Value };

type Place = "path" | "query" | "headers" | "cookies";

/** What the API description does not say about the calls of an operation. The types of functions say what the message's body is. */
export interface OperationOptions extends ApiClientInput {
  /** Where parameters come from, if not from fields of the body. */
  readonly parameters?: { readonly [Name in Place]?: Readonly<Record<string, Mapped<unknown>>> };
  /** The body of the request, if it is not that of the message. */
  readonly body?: Mapped<unknown>;
  readonly mediaType?: string;
}

type OfPlace<Operation, Name> = Operation extends { readonly [Key in Name & Place]: infer Values } ? Values : unknown;

/** The parameters of an operation, wherever they stand. */
type ParametersOf<Operation> = OfPlace<Operation, "path"> &
  OfPlace<Operation, "query"> &
  OfPlace<Operation, "headers"> &
  OfPlace<Operation, "cookies">;

type BodyOf<Operation> = Operation extends { readonly body?: infer Body } ? Body : unknown;

/** What the operation takes where nothing is mapped: the body of the request, or a map of the parameters where it has none. */
type Taken<Operation> = "body" extends keyof Operation ? BodyOf<Operation> : ParametersOf<Operation>;

/** The bodies that operations take, by their ids: what `rest.api` yields to routes, and `rest.client` wants of them. */
export type Bodies<Operations> = { readonly [Id in keyof Operations]: Taken<Operations[Id]> };

type ReplyOf<Operation> = Operation extends { readonly reply: infer Reply } ? Reply : unknown;

/** Of options: only what the operation has, with the types that it has. */
type Fitting<Operation, Options> = {
  readonly [Key in keyof Options]: Key extends "parameters"
    ? { readonly [Name in keyof Options[Key]]: FittingValues<OfPlace<Operation, Name>, Options[Key][Name]> }
    : Key extends "body"
      ? "body" extends keyof Operation
        ? Mapped<BodyOf<Operation>>
        : never
      : Key extends keyof OperationOptions
        ? unknown
        : never;
};

type FittingValues<Values, Given> = {
  readonly [Name in keyof Given]: unknown extends Values
    ? unknown
    : Name extends keyof Values
      ? Mapped<Exclude<Values[Name], undefined>>
      : never;
};

/** The functions among what is mapped. */
type FunctionsOf<Options> =
  | (Options extends { readonly body: infer Body } ? Body : never)
  | (Options extends { readonly parameters: infer Places } ? ValueOf<{ [Name in keyof Places]: ValueOf<Places[Name]> }> : never);

type ValueOf<Values> = Values[keyof Values];

/** What their messages have as body, all of it; else what the operation takes. */
type MappedFrom<Options, Otherwise> = [Extract<FunctionsOf<Options>, (...args: never[]) => unknown>] extends [(message: infer M) => unknown]
  ? M extends { readonly body: infer In }
    ? In
    : Otherwise
  : Otherwise;

/** A reply as the options have it read: pages as the stream of their items, and streams. */
type ReadAs<Options, Reply> = Options extends { readonly pages: infer Pages }
  ? AsyncIterable<ItemOf<Pages extends { readonly items: infer Name } ? (Name extends keyof Reply ? Reply[Name] : unknown) : Reply>>
  : Options extends { readonly stream: true }
    ? AsyncIterable<unknown>
    : Reply;

type ItemOf<List> = List extends readonly (infer Item)[] ? Item : unknown;

/** The operations of another system. */
export interface ApiClient<Operations> {
  /**
   * The target of one operation. Its message's body is that of the request, or a map of the parameters where the request has none;
   * what is sent is checked by the description, and so is the reply.
   *
   * ```ts
   * crm.operation("updateOrder", { parameters: { path: { id: (m: Message<Order>) => m.body.id } } });
   * ```
   */
  operation<Id extends keyof Operations & string, const Options extends OperationOptions = object>(
    id: Id,
    options?: Options & Fitting<Operations[Id], Options>,
  ): TargetRef<MappedFrom<Options, Taken<Operations[Id]>>, ReadAs<Options, ReplyOf<Operations[Id]>>>;
}

export function createApiClient<Operations>(document: string, all: ApiClientInput = {}): ApiClient<Operations> {
  return {
    operation(id, options?: OperationOptions) {
      const { system, ...own } = { ...all, ...options };
      const reference = attachConnector(restConnector, { client: document, operation: id, ...own });
      return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
    },
  };
}
