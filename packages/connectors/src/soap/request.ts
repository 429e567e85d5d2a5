import type { Exchange } from "@portolan/gateway";
import { mustBeUnderstood, readEnvelope, type Envelope } from "./envelope.ts";
import type { FaultMessage } from "./fault.ts";
import { isPackage, parameterOf } from "./mtom/read-package.ts";
import type { SoapOperation, SoapVersion } from "./wsdl/service-model.ts";
import { clark, type XmlElement } from "./xml/xml-element.ts";

/** What the HTTP headers of a request say of the message. */
export interface RequestHead {
  /** The version of its media type. */
  readonly version: SoapVersion;
  readonly charset: string | undefined;
  /** Whether it is a package of MTOM. */
  readonly isPackage: boolean;
  /** Whether the reply may be one. */
  readonly takesPackage: boolean;
  /** `SOAPAction`, or the parameter `action` of SOAP 1.2; empty if there is none. */
  readonly action: string;
}

/** Undefined for a media type that is none of SOAP's. */
export function readHead({ headers }: Exchange): RequestHead | undefined {
  const contentType = typeof headers["content-type"] === "string" ? headers["content-type"] : "";
  const packaged = isPackage(contentType);
  const type = packaged ? (parameterOf(contentType, "start-info") ?? "text/xml") : contentType;
  const version = VERSIONS[(type.split(";")[0] ?? "").trim().toLowerCase()];
  if (version === undefined) return undefined;
  const soapAction = version === "1.1" && typeof headers["soapaction"] === "string" ? headers["soapaction"] : undefined;
  const action = soapAction ?? parameterOf(contentType, "action") ?? parameterOf(type, "action") ?? "";
  return {
    version,
    charset: packaged ? undefined : parameterOf(contentType, "charset"),
    isPackage: packaged,
    takesPackage: packaged || /multipart\/related/i.test(String(headers["accept"] ?? "")),
    action: unquoted(action),
  };
}

const VERSIONS: Readonly<Record<string, SoapVersion>> = { "text/xml": "1.1", "application/xml": "1.1", "application/soap+xml": "1.2" };

function unquoted(text: string): string {
  return text.trim().replace(/^"(.*)"$/, "$1");
}

/** The envelope of a request, or the fault that says why it is none that is taken here. */
export function readRequest(tree: XmlElement, versions: ReadonlySet<SoapVersion>): Envelope | FaultMessage {
  const envelope = readEnvelope(tree);
  const supported = [...versions];
  if ("wrong" in envelope) {
    const { wrong, reason } = envelope;
    // What is no SOAP at all is as malformed as what is no XML.
    return wrong === "version" ? { code: "VersionMismatch", reason, supported } : { code: "Client", reason, status: 400 };
  }
  if (versions.has(envelope.version)) return envelope;
  return { code: "VersionMismatch", supported, reason: `this service speaks SOAP ${[...versions].join(" and ")}, not ${envelope.version}` };
}

/** The operation that a request is for, or the fault that says why there is none: by the element in its body, then by its action. */
export function findOperation<One extends { readonly operation: SoapOperation }>(
  envelope: Envelope,
  action: string,
  offered: readonly One[],
): One | FaultMessage {
  const [first] = envelope.body;
  const name = first === undefined ? "" : clark(first);
  const candidates = offered.filter(
    ({ operation }) => (operation.input.body[0] === undefined ? "" : clark(operation.input.body[0])) === name,
  );
  const [only] = candidates;
  if (only === undefined) return { code: "Client", reason: `no operation of this service takes ${name === "" ? "an empty body" : name}` };
  const named = candidates.find(({ operation }) => actionsOf(operation).includes(action));
  if (named !== undefined) return named;
  const isForeign = action !== "" && offered.some(({ operation }) => actionsOf(operation).includes(action));
  // One operation must not be called under the name of another, by which something in front may have let it pass.
  if (isForeign) return { code: "Client", reason: `the action ${action} is that of another operation than ${name} in the body` };
  if (candidates.length === 1) return only;
  return { code: "Client", reason: `several operations take ${name}, and the action ${action || "(none)"} is that of none of them` };
}

/** The actions that a request for an operation may have. */
export function actionsOf({ ports, input }: SoapOperation): readonly string[] {
  return [...ports.map(({ soapAction }) => soapAction), input.action].filter(Boolean);
}

/** The fault for header blocks that must be understood and are not. */
export function checkUnderstood({ headers, version }: Envelope, understood: ReadonlySet<string>): FaultMessage | undefined {
  const notUnderstood = headers.filter((block) => mustBeUnderstood(block, version) && !understood.has(clark(block)));
  if (notUnderstood.length === 0) return undefined;
  return {
    code: "MustUnderstand",
    reason: `header blocks that must be understood are not: ${notUnderstood.map(clark).join(", ")}`,
    notUnderstood,
  };
}
