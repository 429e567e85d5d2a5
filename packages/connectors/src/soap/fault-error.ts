import { PortolanError } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import { errorOfStatus } from "../remote-error.ts";
import { readAnything } from "./body/anything.ts";
import { readElement } from "./body/read-element.ts";
import type { ReceivedFault } from "./received-fault.ts";
import { SoapFault } from "./soap-fault.ts";
import type { SoapOperation } from "./wsdl/service-model.ts";
import { clark } from "./xml/xml-element.ts";

export interface FaultPlace {
  readonly endpoint: string;
  readonly now: number;
  readonly answer: HttpAnswer;
}

const SHOWN_DETAIL = 300;

/**
 * The error that a fault is. One that the document declares is an answer, as is one that blames the message: `rejected`. One of the server is
 * `transient`: SOAP 1.1, section 4.4.1, says that the message could succeed later.
 */
export function errorOfFault(
  received: ReceivedFault,
  { faults, schemas }: SoapOperation,
  { endpoint, now, answer }: FaultPlace,
): PortolanError {
  const [first] = received.detail;
  const declared = first === undefined ? undefined : faults.find(({ element }) => clark(element) === clark(first));
  const detail =
    first === undefined
      ? undefined
      : declared === undefined
        ? Object.fromEntries(received.detail.map((one) => [one.name, readAnything(one)]))
        : readElement(first, declared.element, schemas.model);
  const cause = new SoapFault(received, declared?.name, detail);
  const shown = detail === undefined ? "" : JSON.stringify(detail);
  const words = [declared?.name ?? received.subcode ?? received.code, received.reason].filter(Boolean).join(": ");
  const message = `${endpoint} answered the fault ${words}${shown === "" ? "" : ` ${shown.length > SHOWN_DETAIL ? `${shown.slice(0, SHOWN_DETAIL)}…` : shown}`}`;
  if (declared !== undefined || received.isClients) return new PortolanError("PORTOLAN_REMOTE_REJECTED", message, { endpoint, cause });
  const { retryAfterMs } = errorOfStatus({ ...answer, status: 503, body: new Uint8Array(0) }, endpoint, now);
  return new PortolanError("PORTOLAN_REMOTE_FAILED", message, { endpoint, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
