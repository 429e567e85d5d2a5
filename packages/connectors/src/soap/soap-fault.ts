import type { ReceivedFault } from "./received-fault.ts";

/** A fault that another system answered with: the `cause` of the error that it becomes. */
export class SoapFault extends Error {
  override readonly name = "SoapFault";
  /** The fault's name in the document; undefined for one that the document does not declare. */
  readonly fault: string | undefined;
  /** Without prefix, in the words of its version: `Client`, `Server`, `Sender`, `Receiver`, … */
  readonly faultCode: string;
  readonly subcode: string | undefined;
  /** The data of the detail: of a declared fault by its schema, else a map of its elements. */
  readonly detail: unknown;

  constructor(received: ReceivedFault, fault: string | undefined, detail: unknown) {
    super(received.reason);
    this.fault = fault;
    this.faultCode = received.code;
    this.subcode = received.subcode;
    this.detail = detail;
  }
}
