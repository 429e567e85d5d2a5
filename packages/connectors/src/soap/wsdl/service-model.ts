import type { XsdValidator } from "libxml2-wasm";
import type { ElementDeclaration, SchemaModel } from "../schema/schema-model.ts";
import type { XmlElement } from "../xml/xml-element.ts";

export type SoapVersion = "1.1" | "1.2";

/** What a WSDL document says of SOAP. */
export interface ServiceModel {
  /** That of the service, or else of the document. */
  readonly name: string;
  readonly targetNamespace: string;
  readonly operations: readonly SoapOperation[];
  /** The messages of the document: what the operations are made of. */
  readonly messages: readonly WsdlMessage[];
  /** What cannot be called, with the reason. */
  readonly skipped: readonly string[];
  readonly schemas: ServiceSchemas;
  /** The document itself, then those that it refers to. */
  readonly documents: readonly WsdlFile[];
}

export interface WsdlFile {
  readonly path: string;
  readonly root: XmlElement;
}

export interface WsdlMessage {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly type: string }[];
}

export interface SoapOperation {
  /** Its name in the document, after that of its port and a dot where several ports have different operations of one name. */
  readonly name: string;
  readonly style: "document" | "rpc";
  /** Where it is offered; one entry for each version of SOAP and address. */
  readonly ports: readonly SoapPort[];
  readonly input: MessageShape;
  /** Undefined for a one-way operation. */
  readonly output: MessageShape | undefined;
  readonly faults: readonly FaultShape[];
  readonly documentation: string | undefined;
  readonly schemas: ServiceSchemas;
}

export interface SoapPort {
  readonly name: string;
  /** Undefined where the document does not say. */
  readonly address: string | undefined;
  readonly version: SoapVersion;
  readonly soapAction: string;
  /** Whether the document says that WS-Addressing is spoken. */
  readonly usesAddressing: boolean;
}

export interface MessageShape {
  /** What stands in the body: one element, usually; none for an empty body. */
  readonly body: readonly ElementDeclaration[];
  readonly headers: readonly ElementDeclaration[];
  /** The action of WS-Addressing, as the document says it or as its standard derives it. */
  readonly action: string;
}

export interface FaultShape {
  readonly name: string;
  /** What stands in the detail. */
  readonly element: ElementDeclaration;
  readonly action: string;
}

/** The schemas of a service, ready for use. */
export interface ServiceSchemas {
  readonly model: SchemaModel;
  /** Of whole envelopes. */
  readonly validator: XsdValidator;
}
