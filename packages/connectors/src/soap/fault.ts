import type { ErrorKind } from "@portolan/core";
import { CONTENT_TYPES, ENVELOPES, writeEnvelope } from "./envelope.ts";
import type { SoapVersion } from "./wsdl/service-model.ts";
import { escapeAttribute, escapeText } from "./xml/write-tree.ts";
import type { QName } from "./xml/xml-element.ts";

/** Who is to blame, in the words of SOAP 1.1; 1.2 says Sender and Receiver. */
export type FaultCode = "Client" | "Server" | "VersionMismatch" | "MustUnderstand";

export interface FaultMessage {
  readonly code: FaultCode;
  /** What is wrong in the words of a standard, from the general to the special. */
  readonly subcodes?: readonly QName[];
  readonly reason: string;
  /** Of WS-Addressing, where the document or the standard gives the fault one. */
  readonly action?: string;
  /** XML that stands in the detail. */
  readonly detail?: string;
  /** The declarations of the prefixes that the detail uses. */
  readonly declarations?: string;
  /** Of HTTP, where it has a better word than SOAP. */
  readonly status?: number;
  /** Of VersionMismatch: the versions that there are. */
  readonly supported?: readonly SoapVersion[];
  /** Header blocks, such as those that were not understood. */
  readonly notUnderstood?: readonly QName[];
}

export interface FaultReply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const CODES_12: Readonly<Record<FaultCode, string>> = {
  Client: "Sender",
  Server: "Receiver",
  VersionMismatch: "VersionMismatch",
  MustUnderstand: "MustUnderstand",
};

/** SOAP 1.1, section 6.2, answers every fault with 500; 1.2, part 2, table 20, those of the sender with 400. `blocks` are header blocks that are written already. */
export function writeFault(version: SoapVersion, fault: FaultMessage, blocks = ""): FaultReply {
  const { declarations = "", status = version === "1.2" && fault.code === "Client" ? 400 : 500 } = fault;
  const text = writeEnvelope(version, {
    headers: headersOf(version, fault) + blocks,
    body: version === "1.1" ? body11(fault) : body12(fault),
    declarations,
  });
  return { status, contentType: CONTENT_TYPES[version], text };
}

/** SOAP 1.1 has one code: the most special. */
function body11({ code, subcodes = [], reason, detail }: FaultMessage): string {
  const special = subcodes.at(-1);
  const written = detail === undefined ? "" : `<detail>${detail}</detail>`;
  const faultcode = special === undefined ? `<faultcode>soap:${code}</faultcode>` : `<faultcode${named(special)}</faultcode>`;
  return `<soap:Fault>${faultcode}<faultstring>${escapeText(reason)}</faultstring>${written}</soap:Fault>`;
}

function body12({ code, subcodes = [], reason, detail }: FaultMessage): string {
  const written = detail === undefined ? "" : `<soap:Detail>${detail}</soap:Detail>`;
  const within = subcodes.reduceRight((inner, one) => `<soap:Subcode><soap:Value${named(one)}</soap:Value>${inner}</soap:Subcode>`, "");
  return `<soap:Fault><soap:Code><soap:Value>soap:${CODES_12[code]}</soap:Value>${within}</soap:Code><soap:Reason><soap:Text xml:lang="en">${escapeText(reason)}</soap:Text></soap:Reason>${written}</soap:Fault>`;
}

/** The rest of a tag, and a name in it, with the declaration of its prefix. */
function named({ namespace, name }: QName): string {
  return ` xmlns:c="${escapeAttribute(namespace)}">c:${name}`;
}

/** SOAP 1.2, part 1, sections 5.4.7 and 5.4.8. */
function headersOf(version: SoapVersion, { code, supported = ["1.2", "1.1"], notUnderstood = [] }: FaultMessage): string {
  if (code === "VersionMismatch") {
    return `<up:Upgrade xmlns:up="${ENVELOPES["1.2"]}">${supported.map((one) => `<up:SupportedEnvelope xmlns:v="${ENVELOPES[one]}" qname="v:Envelope"/>`).join("")}</up:Upgrade>`;
  }
  if (version === "1.1") return "";
  return notUnderstood
    .map(({ namespace, name }) => {
      const qname = namespace === "" ? `qname="${name}"` : `xmlns:n="${escapeAttribute(namespace)}" qname="n:${name}"`;
      return `<soap:NotUnderstood ${qname}/>`;
    })
    .join("");
}

/** Of the detail of a fault that tells of an error. */
export const ERROR_NAMESPACE = "urn:portolan:error";

/** What a problem document would say of an error, as the detail of a fault. */
export function problemDetail(details: {
  readonly code?: string | undefined;
  readonly kind?: ErrorKind | undefined;
  readonly instance?: string | undefined;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[] | undefined;
}): string {
  const { code, kind, instance, errors = [] } = details;
  const known = [["code", code] as const, ["kind", kind] as const, ["instance", instance] as const];
  const texts = known.map(([name, text]) => (text === undefined ? "" : `<e:${name}>${escapeText(text)}</e:${name}>`)).join("");
  const issues = errors
    .map(({ pointer, detail }) => `<e:issue pointer="${escapeAttribute(pointer)}">${escapeText(detail)}</e:issue>`)
    .join("");
  return `<e:error xmlns:e="${ERROR_NAMESPACE}">${texts}${issues}</e:error>`;
}
