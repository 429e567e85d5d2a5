import { attachConnector, type Duration, type SourceRef, type TargetRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import { soapConnector } from "./definition.ts";

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface OperationInput {
  readonly path?: `/${string}`;
  readonly address?: `http://${string}` | `https://${string}`;
  readonly unrouted?: "fail" | "ignore";
  readonly understand?: readonly string[];
  readonly keepHeaders?: readonly string[];
  readonly maxBody?: Bytes;
  readonly timeout?: Duration;
  readonly policies?: PoliciesInput;
}

/** The options of a door that contracts describe. */
export interface ContractOperationInput extends Omit<OperationInput, "unrouted"> {
  /** Only clients have one: it makes the difference between a door and a client. */
  readonly wsdl?: never;
  readonly serviceName?: string;
  readonly namespace?: string;
}

/** The options of a client as people write them; their meaning is that of `clientOptions`. */
export interface CallInput {
  /** The WSDL document, by its path in the app. */
  readonly wsdl: string;
  readonly address?: string;
  readonly port?: string;
  readonly version?: "1.1" | "1.2";
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
  readonly headerBlocks?: Readonly<Record<string, unknown>>;
  readonly secretHeaderBlocks?: Readonly<Record<string, unknown>>;
  readonly forward?: readonly string[];
  readonly understand?: readonly string[];
  readonly addressing?: boolean;
  readonly mtom?: boolean;
  readonly idempotencyHeader?: string;
  readonly timeout?: Duration;
  readonly connectTimeout?: Duration;
  readonly maxConnections?: number;
  readonly maxResponse?: Bytes;
  /** The system that the service belongs to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

/** A number of bytes, or a text such as `64kb`. */
type Bytes = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** The doors of a WSDL document. `Bodies` are the types of the bodies that its operations yield, by their names. */
export interface SoapService<Bodies> {
  /** The source of one operation; its requests and replies are checked by the document. */
  operation<Name extends keyof Bodies & string>(name: Name, options?: OperationInput): SourceRef<Bodies[Name]>;
}

export interface SoapFunctions {
  /**
   * The contract comes first: a WSDL 1.1 document, by its path in the app. Options hold for all of its doors. At start operations that no
   * route has are complained about, unless `unrouted` says otherwise.
   *
   * ```ts
   * const service = soap.service<{ PlaceOrder: Order }>("./orders.wsdl");
   * route("placeOrder").from(service.operation("PlaceOrder"));
   * ```
   */
  readonly service: <Bodies = Readonly<Record<string, unknown>>>(document: string, options?: OperationInput) => SoapService<Bodies>;
  readonly operation: OperationFunction;
}

export interface OperationFunction {
  /**
   * A door that the route's contracts describe: the service of all such doors of one path is at `?wsdl`.
   *
   * ```ts
   * route("placeOrder", { input: Order, output: Receipt }).from(soap.operation("PlaceOrder"));
   * ```
   */
  <Body = unknown>(name: string, options?: ContractOperationInput): SourceRef<Body>;
  /**
   * Calls an operation of another system's service:
   *
   * ```ts
   * route("submit").from(accepted).call(soap.operation("Submit", { system: erp, wsdl: "./erp.wsdl" }));
   * ```
   */
  <In = unknown, Reply = unknown>(name: string, options: CallInput): TargetRef<In, Reply>;
}

export const soap: SoapFunctions = {
  service: (document, all = {}) => ({
    operation: (name, options = {}) => attachConnector(soapConnector, { service: document, operation: name, ...all, ...options }),
  }),
  operation: (name: string, { system, ...options }: Partial<CallInput> = {}) => {
    const reference = attachConnector(soapConnector, { operation: name, ...options });
    return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
  },
};
