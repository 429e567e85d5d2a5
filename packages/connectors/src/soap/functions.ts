import { attachConnector, type Duration, type SourceRef } from "@portolan/core";
import { soapConnector } from "./definition.ts";

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface OperationInput {
  readonly path?: `/${string}`;
  readonly address?: `http://${string}` | `https://${string}`;
  readonly unrouted?: "fail" | "ignore";
  readonly understand?: readonly string[];
  readonly keepHeaders?: readonly string[];
  readonly maxBody?: number | `${number}${"b" | "kb" | "mb" | "gb"}`;
  readonly timeout?: Duration;
}

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
}

export const soap: SoapFunctions = {
  service: (document, all = {}) => ({
    operation: (name, options = {}) => attachConnector(soapConnector, { service: document, operation: name, ...all, ...options }),
  }),
};
