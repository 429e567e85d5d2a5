import type { JsonSchema } from "@portolan/core";
import { createFormat, xmlFormat } from "@portolan/formats";
import { ERROR_NAMESPACE } from "../fault.ts";
import { describeSchema, type Field } from "./shape.ts";
import { createSchemaTypes, type RecordShape, type SchemaTypes, type XmlData } from "./schema-types.ts";

type Schema = Readonly<Record<string, unknown>> | boolean;

/** A route as an operation of a service. */
export interface GeneratedOperation {
  readonly name: string;
  readonly description?: string | undefined;
  /** Without one the request is empty. */
  readonly input: Schema | undefined;
  /** Undefined: any reply, as JSON. */
  readonly output: Schema | undefined;
  /** Nobody waits for a reply. */
  readonly isOneWay?: boolean | undefined;
}

export interface GeneratedService {
  /** A name of XML, such as `Orders`. */
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly operations: readonly GeneratedOperation[];
}

const WSDL = "http://schemas.xmlsoap.org/wsdl/";
const XSD = "http://www.w3.org/2001/XMLSchema";
const HTTP = "http://schemas.xmlsoap.org/soap/http";
const BINDINGS = [
  { prefix: "soap", suffix: "", namespace: "http://schemas.xmlsoap.org/wsdl/soap/" },
  { prefix: "soap12", suffix: "12", namespace: "http://schemas.xmlsoap.org/wsdl/soap12/" },
] as const;

/** The contract of a request that holds nothing. */
export const EMPTY: JsonSchema = { type: "object", additionalProperties: false };

/** What a fault says of an error. */
const PROBLEM_SCHEMA: XmlData = {
  "@targetNamespace": ERROR_NAMESPACE,
  "@elementFormDefault": "qualified",
  "@xmlns:xs": XSD,
  "xs:element": {
    "@name": "error",
    "xs:complexType": {
      "xs:sequence": {
        "xs:element": [
          ...["code", "kind", "instance"].map((name) => ({ "@name": name, "@minOccurs": "0", "@type": "xs:string" })),
          {
            "@name": "issue",
            "@minOccurs": "0",
            "@maxOccurs": "unbounded",
            "xs:complexType": {
              "xs:simpleContent": {
                "xs:extension": { "@base": "xs:string", "xs:attribute": { "@name": "pointer", "@use": "required", "@type": "xs:string" } },
              },
            },
          },
        ],
      },
    },
  },
};

const PROBLEM_MESSAGE: XmlData = { "@name": "Problem", "wsdl:part": { "@name": "fault", "@element": "e:error" } };

/** The element of what is no record: the request, and the reply. */
export const VALUE = { input: "value", output: "result" } as const;

export interface DocumentOptions {
  /** Whether patterns of texts are written. Default: true. */
  readonly patterns?: boolean;
}

/** The description of a service: WSDL 1.1, document/literal wrapped, with bindings of SOAP 1.1 and 1.2. Its types are in it. */
export function writeServiceDocument(service: GeneratedService, options: DocumentOptions = {}): string {
  const { name, namespace, address, operations } = service;
  return xmlText({
    "wsdl:definitions": {
      "@name": name,
      "@targetNamespace": namespace,
      "@xmlns:wsdl": WSDL,
      ...Object.fromEntries(BINDINGS.map((binding) => [`@xmlns:${binding.prefix}`, binding.namespace])),
      "@xmlns:tns": namespace,
      "@xmlns:e": ERROR_NAMESPACE,
      "wsdl:types": { "xs:schema": [schemaOf(service, options), PROBLEM_SCHEMA] },
      "wsdl:message": [...operations.flatMap(messagesOf), PROBLEM_MESSAGE],
      "wsdl:portType": { "@name": `${name}PortType`, "wsdl:operation": operations.map(portOperation) },
      "wsdl:binding": BINDINGS.map((binding) => bindingOf(service, binding)),
      "wsdl:service": {
        "@name": name,
        "wsdl:port": BINDINGS.map(({ prefix, suffix }) => ({
          "@name": `${name}Port${suffix}`,
          "@binding": `tns:${name}Binding${suffix}`,
          [`${prefix}:address`]: { "@location": address },
        })),
      },
    },
  });
}

/** The types of a service alone, as an XML Schema 1.0. */
export function writeServiceSchema(service: GeneratedService): string {
  return xmlText({ "xs:schema": schemaOf(service, {}) });
}

/** What SOAPAction or `action` says of a request. */
function actionOf({ namespace, name }: GeneratedService, operation: string): string {
  const delimiter = namespace.startsWith("urn:") ? ":" : "/";
  return [namespace.replace(/[/:]$/, ""), `${name}PortType`, `${operation}Request`].join(delimiter);
}

function xmlText(data: XmlData): string {
  return Buffer.from(createFormat(xmlFormat, { indent: 2 }).encode(data)).toString();
}

function schemaOf({ namespace, operations }: GeneratedService, { patterns = true }: DocumentOptions): XmlData {
  const types = createSchemaTypes({ patterns });
  const elements = operations.flatMap(({ name, input, output, isOneWay }) => [
    { "@name": name, "xs:complexType": messageType(input ?? EMPTY, VALUE.input, types) },
    ...(isOneWay === true ? [] : [{ "@name": `${name}Response`, "xs:complexType": messageType(output ?? true, VALUE.output, types) }]),
  ]);
  const { complex, simple } = types.named();
  return {
    "@targetNamespace": namespace,
    "@elementFormDefault": "qualified",
    "@xmlns:xs": XSD,
    "@xmlns:tns": namespace,
    "xs:element": elements,
    ...(complex.length === 0 ? {} : { "xs:complexType": complex }),
    ...(simple.length === 0 ? {} : { "xs:simpleType": simple }),
  };
}

/** The fields of a message: those of the contract, or one that holds what is no record. */
function messageType(schema: Schema, valueName: string, types: SchemaTypes): XmlData {
  const message = messageShape(schema, valueName);
  return types.recordContent(message.shape);
}

export interface MessageShape {
  readonly shape: RecordShape;
  /** The field that is the body, if the body is no record. */
  readonly value: Field | undefined;
}

export function messageShape(schema: Schema, valueName: string): MessageShape {
  const place = { schema, root: schema };
  const { shape, isNullable } = describeSchema(place);
  if (shape.kind === "record" && !isNullable) return { shape, value: undefined };
  const value: Field = { name: valueName, place, isRequired: true };
  return { shape: { kind: "record", fields: [value], ways: [], others: undefined }, value };
}

function messagesOf({ name, isOneWay }: GeneratedOperation): readonly XmlData[] {
  const message = (element: string, called: string) => ({
    "@name": called,
    "wsdl:part": { "@name": "parameters", "@element": `tns:${element}` },
  });
  const request = message(name, `${name}Request`);
  return isOneWay === true ? [request] : [request, message(`${name}Response`, `${name}Response`)];
}

function portOperation({ name, description, isOneWay }: GeneratedOperation): XmlData {
  return {
    "@name": name,
    ...(description === undefined ? {} : { "wsdl:documentation": description }),
    "wsdl:input": { "@message": `tns:${name}Request` },
    ...(isOneWay === true
      ? {}
      : { "wsdl:output": { "@message": `tns:${name}Response` }, "wsdl:fault": { "@name": "Problem", "@message": "tns:Problem" } }),
  };
}

function bindingOf(service: GeneratedService, { prefix, suffix }: (typeof BINDINGS)[number]): XmlData {
  const body = { [`${prefix}:body`]: { "@use": "literal" } };
  return {
    "@name": `${service.name}Binding${suffix}`,
    "@type": `tns:${service.name}PortType`,
    [`${prefix}:binding`]: { "@style": "document", "@transport": HTTP },
    "wsdl:operation": service.operations.map(({ name, isOneWay }) => ({
      "@name": name,
      [`${prefix}:operation`]: { "@soapAction": actionOf(service, name) },
      "wsdl:input": body,
      ...(isOneWay === true
        ? {}
        : { "wsdl:output": body, "wsdl:fault": { "@name": "Problem", [`${prefix}:fault`]: { "@name": "Problem", "@use": "literal" } } }),
    })),
  };
}
