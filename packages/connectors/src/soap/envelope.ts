import { SOAP_11, SOAP_12 } from "./schema/standard-schemas.ts";
import type { SoapVersion } from "./wsdl/service-model.ts";
import { attributeOf, childElements, clark, type XmlElement } from "./xml/xml-element.ts";

export const ENVELOPES: Readonly<Record<SoapVersion, string>> = { "1.1": SOAP_11, "1.2": SOAP_12 };

/** The media type of messages of a version. */
export const CONTENT_TYPES: Readonly<Record<SoapVersion, string>> = {
  "1.1": "text/xml; charset=utf-8",
  "1.2": "application/soap+xml; charset=utf-8",
};

export interface Envelope {
  readonly version: SoapVersion;
  readonly headers: readonly XmlElement[];
  readonly body: readonly XmlElement[];
}

/** The parts of an envelope, or why it is none. */
export type EnvelopeResult = Envelope | { readonly wrong: "version" | "structure"; readonly reason: string };

export function readEnvelope(root: XmlElement): EnvelopeResult {
  if (root.name !== "Envelope") return { wrong: "structure", reason: `expected a SOAP envelope, found ${clark(root)}` };
  const version = root.namespace === SOAP_11 ? "1.1" : root.namespace === SOAP_12 ? "1.2" : undefined;
  if (version === undefined)
    return { wrong: "version", reason: `envelopes of the namespace ${root.namespace || "(none)"} are not understood` };
  const children = childElements(root).filter(({ namespace }) => namespace === root.namespace);
  const bodies = children.filter(({ name }) => name === "Body");
  const [body] = bodies;
  if (body === undefined || bodies.length > 1)
    return { wrong: "structure", reason: `expected one Body in the envelope, found ${bodies.length}` };
  const header = children.find(({ name }) => name === "Header");
  return { version, headers: header === undefined ? [] : childElements(header), body: childElements(body) };
}

/** An envelope as a text. `declarations` are those of the prefixes that its parts use. */
export function writeEnvelope(
  version: SoapVersion,
  { headers, body, declarations }: { readonly headers: string; readonly body: string; readonly declarations: string },
): string {
  const header = headers === "" ? "" : `<soap:Header>${headers}</soap:Header>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ENVELOPES[version]}"${declarations}>${header}<soap:Body>${body}</soap:Body></soap:Envelope>`;
}

const NEXT: Readonly<Record<SoapVersion, readonly string[]>> = {
  "1.1": ["http://schemas.xmlsoap.org/soap/actor/next"],
  "1.2": ["http://www.w3.org/2003/05/soap-envelope/role/next", "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"],
};

/** Whether a header block must be understood by whoever receives the message in the end. */
export function mustBeUnderstood(block: XmlElement, version: SoapVersion): boolean {
  const envelope = ENVELOPES[version];
  const must = attributeOf(block, "mustUnderstand", envelope)?.trim();
  if (must !== "1" && must !== "true") return false;
  const role = attributeOf(block, version === "1.1" ? "actor" : "role", envelope)?.trim() ?? "";
  return role === "" || NEXT[version].includes(role);
}
