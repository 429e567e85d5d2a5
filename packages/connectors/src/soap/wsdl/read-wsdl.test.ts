import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { readWsdl } from "./index.ts";

const NAMESPACES =
  'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:o="urn:o"';
const SCHEMA =
  '<xs:schema targetNamespace="urn:o"><xs:element name="In" type="xs:string"/><xs:element name="Out" type="xs:string"/><xs:element name="Head" type="xs:string"/></xs:schema>';
const MESSAGES =
  '<wsdl:message name="in"><wsdl:part name="p" element="o:In"/></wsdl:message><wsdl:message name="out"><wsdl:part name="p" element="o:Out"/></wsdl:message>';
const PORT_TYPE =
  '<wsdl:portType name="P"><wsdl:operation name="Do"><wsdl:input message="t:in"/><wsdl:output message="t:out"/></wsdl:operation></wsdl:portType>';
const literal = '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>';
const binding = (operation = literal, { name = "B", attributes = "", more = "" } = {}) =>
  `<wsdl:binding name="${name}" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http" ${attributes}/><wsdl:operation name="Do">${more}${operation}</wsdl:operation></wsdl:binding>`;
const SERVICE =
  '<wsdl:service name="S"><wsdl:port name="One" binding="t:B"><soap:address location="http://a.example/s"/></wsdl:port></wsdl:service>';
const definitions = (content: string) => `<wsdl:definitions name="D" targetNamespace="urn:t" ${NAMESPACES}>${content}</wsdl:definitions>`;
const types = (schemas = SCHEMA) => `<wsdl:types>${schemas}</wsdl:types>`;

function read(files: Readonly<Record<string, string>> | string) {
  const all: Readonly<Record<string, string>> = typeof files === "string" ? { "a.wsdl": files } : files;
  return readWsdl("a.wsdl", (path) => {
    const text = all[path];
    if (text === undefined) throw new PortolanError("PORTOLAN_FORMAT_INVALID", `there is no file ${path}`);
    return Buffer.from(text);
  });
}

const shown = (files: Parameters<typeof read>[0]) =>
  read(files).operations.map(({ name, style, input, output, ports }) => ({
    name,
    style,
    in: input.body.map((one) => `${one.namespace}:${one.name}`),
    out: output?.body.map((one) => one.name),
    ports: ports.map((port) => `${port.name} ${port.version} ${port.address ?? "-"}`),
  }));

const DO = { name: "Do", style: "document", in: ["urn:o:In"], out: ["Out"], ports: ["One 1.1 http://a.example/s"] };

test("an operation has the elements of its messages and the ports of its bindings", () => {
  expect(shown(definitions(types() + MESSAGES + PORT_TYPE + binding() + SERVICE))).toEqual([DO]);
});

test("a document without bindings offers its port types in document style, and one without a service its bindings", () => {
  expect(shown(definitions(types() + MESSAGES + PORT_TYPE))).toEqual([{ ...DO, ports: ["P 1.1 -"] }]);
  expect(shown(definitions(types() + MESSAGES + PORT_TYPE + binding()))).toEqual([{ ...DO, ports: ["B 1.1 -"] }]);
});

test("WSDL documents and schemas are imported and included from files, round in circles, too, and take the namespace of who includes them", () => {
  const files = {
    "a.wsdl": definitions('<wsdl:import namespace="urn:t" location="parts/b.wsdl"/>' + binding() + SERVICE),
    "parts/b.wsdl": definitions(
      '<wsdl:import namespace="urn:t" location="../a.wsdl"/>' +
        types('<xs:schema><xs:import namespace="urn:o" schemaLocation="../x%20sd/o.xsd"/></xs:schema>') +
        MESSAGES +
        PORT_TYPE,
    ),
    "x sd/o.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o"><xs:include schemaLocation="chameleon.xsd"/><xs:element name="In" type="xs:string"/></xs:schema>`,
    "x sd/chameleon.xsd":
      '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="o.xsd"/><xs:element name="Out" type="Text"/><xs:simpleType name="Text"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>',
  };
  expect(shown(files)).toEqual([DO]);
});

test("schemas of one namespace that stand in several places are one, and what they declare twice counts once", () => {
  const again =
    '<xs:schema targetNamespace="urn:o"><xs:element name="In" type="xs:string"/><xs:element name="Other" type="xs:int"/></xs:schema>';
  expect(shown(definitions(types(SCHEMA + again) + MESSAGES + PORT_TYPE + binding() + SERVICE))).toEqual([DO]);
});

test("standards that are imported from places on the net are known", () => {
  const schema = `<xs:schema targetNamespace="urn:o" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:mimes="http://www.w3.org/2005/05/xmlmime">
    <xs:import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="http://www.w3.org/2006/03/addressing/ws-addr.xsd"/>
    <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="/absent/xml.xsd"/><xs:import namespace="http://www.w3.org/2005/05/xmlmime"/>
    <xs:element name="In"><xs:complexType><xs:sequence><xs:element name="e" type="wsa:EndpointReferenceType"/><xs:element name="b" type="mimes:base64Binary"/></xs:sequence><xs:attribute ref="xml:lang"/></xs:complexType></xs:element>
    <xs:element name="Out"><xs:complexType><xs:sequence><xs:element ref="xs:schema"/><xs:any/></xs:sequence></xs:complexType></xs:element></xs:schema>`;
  expect(shown(definitions(types(schema) + MESSAGES + PORT_TYPE + binding() + SERVICE))).toEqual([DO]);
});

test("rpc style has an element round its parts, of the binding's namespace, also beside one of the same name", () => {
  const messages =
    '<wsdl:message name="in"><wsdl:part name="a" type="xs:int"/><wsdl:part name="b" type="o:T"/></wsdl:message><wsdl:message name="out"/>';
  const schema =
    '<xs:schema targetNamespace="urn:o"><xs:complexType name="T"><xs:sequence/></xs:complexType><xs:element name="Do" type="xs:int"/></xs:schema>';
  const body =
    '<wsdl:input><soap:body use="literal" namespace="urn:o"/></wsdl:input><wsdl:output><soap:body use="literal" namespace="urn:o"/></wsdl:output>';
  expect(shown(definitions(types(schema) + messages + PORT_TYPE + binding(body, { attributes: 'style="rpc"' }) + SERVICE))).toEqual([
    { ...DO, style: "rpc", in: ["urn:o:Do"], out: ["DoResponse"] },
  ]);
});

test("parts of headers and attachments are none of the body, and a style that is none is that of the binding", () => {
  const messages = MESSAGES.replace(
    '<wsdl:part name="p" element="o:In"/>',
    '<wsdl:part name="p" element="o:In"/><wsdl:part name="h" element="o:Head"/><wsdl:part name="file" type="xs:base64Binary"/>',
  );
  const input =
    '<soap:operation style="literal"/><wsdl:input><mime:multipartRelated><mime:part><soap:header message="t:in" part="h" use="literal"/><soap:body use="literal"/></mime:part><mime:part><mime:content part="file" type="image/png"/></mime:part></mime:multipartRelated></wsdl:input>';
  const service = definitions(types() + messages + PORT_TYPE + binding(input) + SERVICE);
  expect(shown(service)).toEqual([DO]);
  expect(read(service).operations[0]?.input.headers.map(({ name }) => name)).toEqual(["Head"]);
});

test("operations of one name in several port types are told apart by their ports", () => {
  const second = PORT_TYPE.replace('name="P"', 'name="Q"').replace("t:in", "t:out");
  const other = binding(literal, { name: "C" }).replace("t:P", "t:Q");
  const service = SERVICE.replace("</wsdl:service>", '<wsdl:port name="Two" binding="t:C"/></wsdl:service>');
  expect(shown(definitions(types() + MESSAGES + PORT_TYPE + second + binding() + other + service)).map(({ name }) => name)).toEqual([
    "Do",
    "Two.Do",
  ]);
});

test("the actions of WS-Addressing are those of the document, or as its standard derives them", () => {
  const port = PORT_TYPE.replace(
    "<wsdl:input message",
    '<wsdl:input xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata" wsam:Action="urn:act" message',
  );
  const [operation] = read(definitions(types() + MESSAGES + port)).operations;
  expect([operation?.input.action, operation?.output?.action]).toEqual(["urn:act", "urn:t:P:DoResponse"]);
});

test.each([
  [
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>',
    "a.wsdl: expected a WSDL 1.1 document, found {http://www.w3.org/2001/XMLSchema}schema",
  ],
  ['<description xmlns="http://www.w3.org/ns/wsdl"/>', "found WSDL 2.0"],
  ["text", "a.wsdl: the XML is not well-formed"],
  ["<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "DOCTYPE is refused"],
  [definitions('<wsdl:import location="http://a.example/b.wsdl"/>'), "imports http://a.example/b.wsdl, and nothing is fetched"],
  [definitions('<wsdl:import location="b.wsdl"/>'), "b.wsdl, which a.wsdl imports: there is no file b.wsdl"],
  [definitions(types() + PORT_TYPE + binding()), "the input names the message {urn:t}in, which is not defined"],
  [definitions(types() + MESSAGES + binding()), "the binding B names the portType {urn:t}P, which is not defined"],
  [definitions(types() + MESSAGES + PORT_TYPE + SERVICE), "the port One names the binding {urn:t}B, which is not defined"],
  [definitions(types("") + MESSAGES + PORT_TYPE), "names the element {urn:o}In, which no schema declares"],
  [
    definitions(types(SCHEMA.replace('"xs:string"', '"o:None"')) + MESSAGES + PORT_TYPE),
    "its schemas are not valid XML Schema 1.0: element decl. '{urn:o}In'",
  ],
  [
    definitions(types() + MESSAGES + PORT_TYPE + binding(literal.replaceAll("literal", "encoded"))),
    "document/encoded, which is SOAP encoding",
  ],
  [
    definitions(types() + MESSAGES + PORT_TYPE + binding().replace("soap/http", "soap/smtp")),
    "its transport http://schemas.xmlsoap.org/soap/smtp is not HTTP",
  ],
  [definitions(types() + MESSAGES + PORT_TYPE.replace(/<wsdl:input[^>]*>/, "") + binding()), "the service would call its client"],
  [
    definitions(types('<xs:schema targetNamespace="urn:o"><xs:redefine schemaLocation="b.xsd"/></xs:schema>')),
    "xs:redefine is not supported",
  ],
])("%s is refused: %s", (document, reason) => {
  expect(() => read(document)).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(reason) }),
  );
});

test("a schema that could not be read is named where something of it is missed", () => {
  const schema = '<xs:schema targetNamespace="urn:o"><xs:include schemaLocation="http://a.example/o.xsd"/></xs:schema>';
  expect(() => read(definitions(types(schema) + MESSAGES + PORT_TYPE))).toThrow(
    expect.objectContaining({ hint: "http://a.example/o.xsd is not fetched: put it beside a.wsdl and name it there" }),
  );
});
