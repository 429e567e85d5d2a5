import { PortolanError } from "@portolan/core";
import { attributeOf, childElements, childrenNamed, clark, type XmlElement } from "../xml/xml-element.ts";
import type { SoapPort, SoapVersion } from "./service-model.ts";
import { WSDL, nameOf, type WsdlPart, type WsdlSymbols } from "./wsdl-symbols.ts";

const SOAP_BINDINGS: Readonly<Record<string, SoapVersion>> = {
  "http://schemas.xmlsoap.org/wsdl/soap/": "1.1",
  "http://schemas.xmlsoap.org/wsdl/soap12/": "1.2",
};
const MIME = "http://schemas.xmlsoap.org/wsdl/mime/";
const ADDRESSING = ["http://www.w3.org/2006/05/addressing/wsdl", "http://www.w3.org/2007/05/addressing/metadata"];
const HTTP_TRANSPORTS = new Set([
  "http://schemas.xmlsoap.org/soap/http",
  "http://schemas.xmlsoap.org/soap/http/",
  "http://www.w3.org/2003/05/soap/bindings/HTTP/",
  "",
]);

/** An operation as it stands in the document, before its elements are looked up in the schemas. */
export interface WrittenOperation {
  readonly name: string;
  readonly portType: string;
  readonly style: "document" | "rpc";
  readonly ports: readonly SoapPort[];
  readonly input: WrittenMessage;
  readonly output: WrittenMessage | undefined;
  readonly faults: readonly WrittenFault[];
  readonly documentation: string | undefined;
}

export interface WrittenMessage {
  /** The element round the parts, of rpc style. */
  readonly wrapper: { readonly namespace: string; readonly name: string } | undefined;
  readonly parts: readonly WrittenPart[];
  readonly headers: readonly WrittenPart[];
  readonly action: string;
}

export interface WrittenFault {
  readonly name: string;
  readonly part: WrittenPart;
  readonly action: string;
}

export interface WrittenPart {
  readonly name: string;
  /** The element or the type that it names, and where. */
  readonly kind: "element" | "type";
  readonly text: string;
  readonly from: XmlElement;
}

export interface WrittenOperations {
  readonly operations: readonly WrittenOperation[];
  readonly skipped: readonly string[];
}

interface Binding {
  readonly name: string;
  readonly ports: readonly Omit<SoapPort, "soapAction">[];
  readonly style: string;
  /** Undefined for an interface that no binding has: its operations are as they would be by default. */
  readonly part: WsdlPart | undefined;
  readonly portType: WsdlPart;
}

/** The operations of all SOAP bindings of a document; of an abstract one those of its port types, in document style over SOAP 1.1. */
export function writtenOperations(symbols: WsdlSymbols): WrittenOperations {
  const skipped: string[] = [];
  const operations: WrittenOperation[] = [];
  for (const binding of bindingsOf(symbols, skipped)) {
    for (const operation of childrenNamed((binding.part ?? binding.portType).element, WSDL, "operation")) {
      try {
        operations.push(readOperation(binding, operation, { symbols, skipped }));
      } catch (error) {
        if (!(error instanceof PortolanError)) throw error;
        skipped.push(`${nameOf(operation)} of ${binding.name}: ${error.message}`);
      }
    }
  }
  return { operations: merged(operations), skipped };
}

function bindingsOf(symbols: WsdlSymbols, skipped: string[]): readonly Binding[] {
  const ports = symbols
    .all("service")
    .flatMap(({ element, targetNamespace }) => childrenNamed(element, WSDL, "port").map((port) => ({ element: port, targetNamespace })));
  const byBinding = Map.groupBy(ports, (port) => symbols.reference("binding", port, "binding").element);
  const found = symbols.all("binding").flatMap((part): readonly Binding[] => {
    const soap = childElements(part.element).find(({ namespace, name }) => name === "binding" && SOAP_BINDINGS[namespace] !== undefined);
    const name = nameOf(part.element);
    if (soap === undefined) {
      skipped.push(`the binding ${name}: it is none of SOAP`);
      return [];
    }
    const transport = attributeOf(soap, "transport") ?? "";
    if (!HTTP_TRANSPORTS.has(transport)) {
      skipped.push(`the binding ${name}: its transport ${transport} is not HTTP`);
      return [];
    }
    const version = SOAP_BINDINGS[soap.namespace] ?? "1.1";
    const usesAddressing = ADDRESSING.some((namespace) => childrenNamed(part.element, namespace, "UsingAddressing").length > 0);
    const own = byBinding.get(part.element) ?? [];
    return [
      {
        name,
        style: attributeOf(soap, "style") ?? "document",
        part,
        portType: symbols.reference("portType", part, "type"),
        ports:
          own.length === 0
            ? [{ name, address: undefined, version, usesAddressing }]
            : own.map(({ element }) => ({ name: nameOf(element), address: addressOf(element), version, usesAddressing })),
      },
    ];
  });
  if (symbols.all("binding").length > 0) return found;
  return symbols.all("portType").map((portType) => {
    const name = nameOf(portType.element);
    return {
      name,
      style: "document",
      part: undefined,
      portType,
      ports: [{ name, address: undefined, version: "1.1", usesAddressing: false }],
    };
  });
}

function addressOf(port: XmlElement): string | undefined {
  const address = childElements(port).find(({ namespace, name }) => name === "address" && SOAP_BINDINGS[namespace] !== undefined);
  const location = address === undefined ? undefined : attributeOf(address, "location");
  return location?.trim() === "" ? undefined : location?.trim();
}

interface Surroundings {
  readonly symbols: WsdlSymbols;
  /** Where that is put which is left out. */
  readonly skipped: string[];
}

function readOperation(binding: Binding, bound: XmlElement, { symbols, skipped }: Surroundings): WrittenOperation {
  const name = nameOf(bound);
  const { portType } = binding;
  const abstract = abstractOperation(binding, bound);
  const kinds = childrenNamed(abstract, WSDL).map((one) => one.name);
  const [input] = childrenNamed(abstract, WSDL, "input");
  const [output] = childrenNamed(abstract, WSDL, "output");
  if (input === undefined || (output !== undefined && kinds.indexOf("output") < kinds.indexOf("input")))
    throw skip("the service would call its client (notification or solicit-response)");
  const soap = childElements(bound).find((one) => one.name === "operation" && SOAP_BINDINGS[one.namespace] !== undefined);
  const style = [soap === undefined ? undefined : attributeOf(soap, "style"), binding.style].find(isStyle);
  if (style === undefined) throw skip(`its style is ${binding.style}, expected document or rpc`);
  const context: MessageContext = { symbols, skipped, portType, style, name, bound: binding.part === undefined ? undefined : bound };
  const [documentation] = childrenNamed(abstract, WSDL, "documentation");
  return {
    name,
    portType: clark({ namespace: portType.targetNamespace, name: nameOf(portType.element) }),
    style,
    ports: binding.ports.map((port) => ({ ...port, soapAction: (soap === undefined ? undefined : attributeOf(soap, "soapAction")) ?? "" })),
    input: readMessage(input, context),
    output: output === undefined ? undefined : readMessage(output, context),
    faults: childrenNamed(abstract, WSDL, "fault").flatMap((fault) =>
      tolerated(context, `the fault ${nameOf(fault)}`, () => readFault(fault, context)).flat(),
    ),
    documentation: documentation === undefined ? undefined : plainText(documentation),
  };
}

function isStyle(text: string | undefined): text is "document" | "rpc" {
  return text === "document" || text === "rpc";
}

/** The operation of the port type that one of the binding means; of several of one name the names of input and output tell which. */
function abstractOperation({ portType, part }: Binding, bound: XmlElement): XmlElement {
  if (part === undefined) return bound;
  const named = childrenNamed(portType.element, WSDL, "operation").filter((one) => nameOf(one) === nameOf(bound));
  const [first] = named;
  if (first === undefined) throw skip(`the port type ${nameOf(portType.element)} has no operation of this name`);
  const inputName = (operation: XmlElement) => childrenNamed(operation, WSDL, "input").map((one) => attributeOf(one, "name"))[0];
  return named.find((one) => inputName(one) === inputName(bound)) ?? first;
}

interface MessageContext extends Surroundings {
  readonly portType: WsdlPart;
  readonly style: "document" | "rpc";
  readonly name: string;
  /** The operation of the binding, if there is one. */
  readonly bound: XmlElement | undefined;
}

function readMessage(abstract: XmlElement, context: MessageContext): WrittenMessage {
  const { symbols, portType, style, name, bound } = context;
  const message = symbols.reference("message", { element: abstract, targetNamespace: portType.targetNamespace }, "message");
  const [concrete] = bound === undefined ? [] : childrenNamed(bound, WSDL, abstract.name);
  const extensions = concrete === undefined ? [] : soapExtensions(concrete);
  const body = extensions.find((one) => one.name === "body");
  const use = body === undefined ? "literal" : (attributeOf(body, "use") ?? "literal");
  if (use !== "literal") throw skip(`its messages are ${style}/${use}, which is SOAP encoding: WS-I allows literal messages only`);
  const headers = extensions
    .filter((one) => one.name === "header")
    .flatMap((header) =>
      tolerated(context, "a header", () => headerPart(header, { element: header, targetNamespace: portType.targetNamespace }, symbols)),
    );
  const named = body === undefined ? undefined : attributeOf(body, "parts")?.split(/\s+/).filter(Boolean);
  const inHeaders = new Set(headers.filter((one) => one.message === message.element).map(({ part }) => part.name));
  const attached = new Set(concrete === undefined ? [] : attachedParts(concrete));
  // Parts that are sent as header blocks or attachments are none of the body, also where the document does not list those of the body.
  const isInBody = ({ name: part }: WrittenPart) =>
    (named === undefined ? !inHeaders.has(part) : named.includes(part)) && !attached.has(part);
  const parts = partsOf(message.element).filter(isInBody);
  const wrapperName = abstract.name === "input" ? name : `${name}Response`;
  return {
    wrapper:
      style === "rpc"
        ? { namespace: (body === undefined ? undefined : attributeOf(body, "namespace")) ?? portType.targetNamespace, name: wrapperName }
        : undefined,
    parts,
    headers: headers.map(({ part }) => part),
    action: actionOf(abstract, context),
  };
}

/** What is left out if it cannot be read, since the operation can be called without it. */
function tolerated<Value>({ name, skipped }: MessageContext, what: string, read: () => Value): readonly Value[] {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    skipped.push(`${what} of ${name}: ${error.message}`);
    return [];
  }
}

/** SOAP's own words about a message, also within a MIME package, whose root part they are about. */
function soapExtensions(concrete: XmlElement): readonly XmlElement[] {
  const deep = (element: XmlElement): readonly XmlElement[] =>
    childElements(element).flatMap((one) => (SOAP_BINDINGS[one.namespace] === undefined ? deep(one) : [one]));
  return deep(concrete);
}

/** The parts that a MIME package holds beside its root. */
function attachedParts(element: XmlElement): readonly string[] {
  return childElements(element).flatMap((one) => {
    const part = one.namespace === MIME && one.name === "content" ? attributeOf(one, "part") : undefined;
    return [...(part === undefined ? [] : [part]), ...attachedParts(one)];
  });
}

function headerPart(header: XmlElement, from: WsdlPart, symbols: WsdlSymbols) {
  const message = symbols.reference("message", from, "message").element;
  const name = attributeOf(header, "part");
  const part = partsOf(message).find((one) => one.name === name);
  if (part === undefined) throw skip(`its header names the part ${name} of the message ${nameOf(message)}, which has none of that name`);
  return { message, part };
}

function readFault(abstract: XmlElement, context: MessageContext): readonly WrittenFault[] {
  const { symbols, portType } = context;
  const message = symbols.reference("message", { element: abstract, targetNamespace: portType.targetNamespace }, "message").element;
  const [part] = partsOf(message);
  // A fault of a type alone has no element that could stand in a detail.
  if (part === undefined || part.kind === "type") return [];
  return [{ name: nameOf(abstract) || nameOf(message), part, action: actionOf(abstract, context) }];
}

function partsOf(message: XmlElement): readonly WrittenPart[] {
  return childrenNamed(message, WSDL, "part").map((from) => {
    const element = attributeOf(from, "element");
    const text = element ?? attributeOf(from, "type");
    if (text === undefined) throw skip(`the part ${nameOf(from)} of the message ${nameOf(message)} has neither an element nor a type`);
    return { name: nameOf(from), kind: element === undefined ? "type" : "element", text, from };
  });
}

/** WS-Addressing 1.0, WSDL binding, section 4.4: the pattern of actions that are not given. */
function actionOf(abstract: XmlElement, { portType, name }: MessageContext): string {
  const given = ADDRESSING.map((namespace) => attributeOf(abstract, "Action", namespace)).find((one) => one !== undefined);
  if (given !== undefined) return given;
  const separator = portType.targetNamespace.startsWith("urn:") ? ":" : "/";
  const suffix = { input: "Request", output: "Response" }[abstract.name] ?? "";
  const own = attributeOf(abstract, "name") ?? `${name}${suffix}`;
  const parts = [
    portType.targetNamespace.replace(/\/$/, ""),
    nameOf(portType.element),
    ...(abstract.name === "fault" ? [name, "Fault"] : []),
    own,
  ];
  return parts.join(separator);
}

/** One operation for each that several bindings have in the same shape, as where SOAP 1.1 and 1.2 are offered. */
function merged(operations: readonly WrittenOperation[]): readonly WrittenOperation[] {
  const byShape = Map.groupBy(operations, ({ portType, name, style, input, output }) =>
    JSON.stringify([portType, name, style, shapeOf(input), output && shapeOf(output)]),
  );
  const taken = new Set<string>();
  return [...byShape.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const ports = same.flatMap((one) => one.ports);
    let name = taken.has(first.name) ? `${first.ports[0]?.name}.${first.name}` : first.name;
    for (let next = 2; taken.has(name); next++) name = `${first.ports[0]?.name}.${first.name}.${next}`;
    taken.add(name);
    return [{ ...first, name, ports }];
  });
}

function shapeOf({ wrapper, parts, headers }: WrittenMessage): unknown {
  return [wrapper, ...[...parts, ...headers].map(({ name, text }) => [name, text])];
}

function plainText(element: XmlElement): string | undefined {
  const text = element.nodes.map((node) => (typeof node === "string" ? node : (plainText(node) ?? ""))).join("");
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain === "" ? undefined : plain;
}

function skip(reason: string): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", reason);
}
