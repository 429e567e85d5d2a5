import { attachConnector, type Contract, type Duration, type JsonSchema, type SourceRef, type TargetRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import { createApiClient, type ApiClient, type OperationTypes } from "./client/functions.ts";
import type { Bytes } from "../http/connection-input.ts";
import type { ApiClientInput, ClientInput } from "./client/input.ts";
import { restConnector } from "./definition.ts";
import type { RestKey } from "./rest-method.ts";

/** A Standard Schema value, a JSON Schema as data, or the path of a schema document. */
export type ParameterContract = Extract<Contract, { readonly "~standard": unknown }> | JsonSchema | boolean | string;

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface DoorInput {
  readonly version?: string;
  readonly versionBy?: { readonly header: string } | { readonly query: string } | { readonly mediaType: true };
  readonly default?: boolean;
  readonly mode?: "request" | "accept";
  readonly status?: number;
  readonly consumes?: string | readonly string[];
  readonly produces?: string | readonly string[];
  readonly parameters?: { readonly path?: ParameterContract; readonly query?: ParameterContract; readonly headers?: ParameterContract };
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keepHeaders?: readonly string[];
  readonly replyHeaders?: readonly string[];
  readonly etag?: boolean;
  readonly requireIfMatch?: boolean;
  readonly streamBody?: boolean;
  readonly maxBody?: Bytes;
  readonly timeout?: Duration;
  readonly policies?: PoliciesInput;
  readonly api?: string;
  readonly operation?: string;
  readonly checkReplies?: boolean;
  readonly unrouted?: "fail" | "ignore";
  readonly mock?: boolean;
}

/** `http://…`, `https://…`, or a URL that begins with a variable, as in `${ERP_URL}/orders`. */
export type RestUrl = `http://${string}` | `https://${string}` | `\${${string}`;

/**
 * A path makes a door, a URL a client:
 *
 * ```ts
 * route("placeOrder").from(rest.post("/orders")).call(rest.post("https://erp.example/orders", { system: erp }));
 * ```
 */
export interface RestFunction {
  <Body = unknown>(path: `/${string}`, options?: DoorInput): SourceRef<Body>;
  <In = unknown, Reply = unknown>(url: RestUrl, options?: ClientInput): TargetRef<In, Reply>;
}

/** What an API description does not say about a door. */
export type ApiDoorInput = Omit<DoorInput, "api" | "operation" | "consumes" | "parameters">;

/** The doors of an API description. `Bodies` are the types of the bodies that its operations yield, by their ids. */
export interface RestApi<Bodies> {
  /** The source of one operation; its requests and replies are checked by the document. */
  operation<Id extends keyof Bodies & string>(id: Id, options?: ApiDoorInput): SourceRef<Bodies[Id]>;
}

export interface RestFunctions extends Readonly<Record<RestKey, RestFunction>> {
  /**
   * Answers of an API description in the stead of routes, for all of its operations that no route has:
   *
   * ```ts
   * route("mocks").from(rest.mock("./openapi.yaml"));
   * ```
   */
  readonly mock: (document: string, options?: Omit<ApiDoorInput, "mock">) => SourceRef<never>;
  /**
   * The contract comes first: an OpenAPI document, by its path in the app. Options hold for all of its doors. At start
   * operations that no route has are complained about, unless `unrouted` says otherwise.
   *
   * ```ts
   * const api = rest.api<{ placeOrder: Order }>("./openapi.yaml");
   * route("placeOrder").from(api.operation("placeOrder"));
   * ```
   */
  readonly api: <Bodies = Readonly<Record<string, unknown>>>(document: string, options?: ApiDoorInput) => RestApi<Bodies>;
  /**
   * Calls of another system by its API description, by the path of that in the app. Options hold for all of its operations.
   * `Operations` are their types: `portolan describe crm.yaml --typescript > crm.gen.ts` writes them.
   *
   * ```ts
   * const crm = rest.client<Operations>("./crm.yaml", { system: "crm", credentials: { apiKey: secret("CRM_KEY") } });
   * route("deliver").from(accepted).call(crm.operation("createOrder"));
   * ```
   */
  readonly client: <Operations extends object = Readonly<Record<string, OperationTypes>>>(
    document: string,
    options?: ApiClientInput,
  ) => ApiClient<Operations>;
}

/** One function per HTTP method, and those for API descriptions. */
export const rest: RestFunctions = {
  api: (document, all = {}) => ({
    operation: (id, options = {}) => attachConnector(restConnector, { api: document, operation: id, ...all, ...options }),
  }),
  mock: (document, options = {}) => attachConnector(restConnector, { api: document, mock: true, ...options }),
  client: createApiClient,
  get: restFunction("get"),
  post: restFunction("post"),
  put: restFunction("put"),
  patch: restFunction("patch"),
  delete: restFunction("delete"),
  head: restFunction("head"),
  options: restFunction("options"),
  query: restFunction("query"),
};

function restFunction(key: RestKey): RestFunction {
  return (place: string, options: DoorInput & ClientInput = {}) => {
    const { system, ...rest } = options;
    const reference = attachConnector(restConnector, { [key]: place, ...rest });
    return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
  };
}
