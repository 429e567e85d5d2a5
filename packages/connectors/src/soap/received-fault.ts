import { ENVELOPES } from "./envelope.ts";
import type { SoapVersion } from "./wsdl/service-model.ts";
import { clark, childElements, childrenNamed, resolveName, textOf, type XmlElement } from "./xml/xml-element.ts";

/** A fault that another system answered with. */
export interface ReceivedFault {
  /** Without prefix, in the words of the version that it came in. */
  readonly code: string;
  /** Whether it says that the message itself is wrong. */
  readonly isClients: boolean;
  readonly subcode: string | undefined;
  readonly reason: string;
  readonly detail: readonly XmlElement[];
}

/** The fault in a body, if it is one. */
export function readFault(body: readonly XmlElement[], version: SoapVersion): ReceivedFault | undefined {
  const [fault] = body;
  const namespace = ENVELOPES[version];
  if (fault === undefined || fault.name !== "Fault" || fault.namespace !== namespace) return undefined;
  const received = version === "1.1" ? fault11(fault) : fault12(fault, namespace);
  return { ...received, isClients: !/^(?:Server|Receiver)(?:\.|$)/.test(received.code) };
}

type Received = Omit<ReceivedFault, "isClients">;

function fault11(fault: XmlElement): Received {
  // Without prefixes, as the standard has it; some stacks qualify them all the same.
  const child = (name: string) => childElements(fault).find((one) => one.name === name);
  const text = (name: string) => textOf(child(name) ?? { ...fault, nodes: [] }).trim();
  const detail = child("detail");
  const code = text("faultcode");
  return {
    code: code.slice(code.indexOf(":") + 1),
    subcode: undefined,
    reason: text("faultstring"),
    detail: detail === undefined ? [] : childElements(detail),
  };
}

function fault12(fault: XmlElement, namespace: string): Received {
  const child = (element: XmlElement | undefined, name: string) =>
    element === undefined ? undefined : childrenNamed(element, namespace, name)[0];
  const code = child(fault, "Code");
  const value = (element: XmlElement | undefined) => {
    const held = child(element, "Value");
    return held === undefined ? undefined : resolveName(textOf(held), held.scope);
  };
  const subcode = value(child(code, "Subcode"));
  const text = child(child(fault, "Reason"), "Text");
  const detail = child(fault, "Detail");
  return {
    code: value(code)?.name ?? "",
    subcode: subcode === undefined ? undefined : clark(subcode),
    reason: text === undefined ? "" : textOf(text).trim(),
    detail: detail === undefined ? [] : childElements(detail),
  };
}
