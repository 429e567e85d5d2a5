import { expect, test } from "vitest";
import { readEnvelope } from "./envelope.ts";
import { createMessageCodec } from "./message-codec.ts";
import { exampleOf } from "./schema/example.ts";
import { createElementSchemas } from "./schema/json-schema.ts";
import { ENVELOPE_11 } from "./soap.test.support.ts";
import { readWsdl } from "./wsdl/read-wsdl.ts";
import { parseXml } from "./xml/parse-xml.ts";

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** A service whose one message has this content. */
function service(content: string, { more = "", attributes = 'elementFormDefault="qualified"', schemas = "" } = {}) {
  const wsdl = `<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:u="urn:u" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xs:schema targetNamespace="urn:t" ${attributes}>${content}${more}</xs:schema>${schemas}</wsdl:types>
  <wsdl:message name="in"><wsdl:part name="in" element="t:In"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="Do"><wsdl:input message="t:in"/></wsdl:operation></wsdl:portType></wsdl:definitions>`;
  const [operation] = readWsdl("a.wsdl", () => Buffer.from(wsdl)).operations;
  if (operation === undefined) throw new Error("there is no operation");
  const codec = createMessageCodec(operation.input, operation.schemas);
  const [element] = operation.input.body;
  const read = (body: string): unknown => {
    const text = `<s:Envelope xmlns:s="${ENVELOPE_11}" xmlns:t="urn:t" xmlns:u="urn:u" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="${XSI}"><s:Body>${body}</s:Body></s:Envelope>`;
    using parsed = parseXml(Buffer.from(text));
    const envelope = readEnvelope(parsed.tree);
    if ("wrong" in envelope) throw new Error(envelope.reason);
    return codec.read(parsed, envelope).body;
  };
  return {
    read,
    /** The content of the body. */
    write: (body: unknown) => /<soap:Body>(.*)<\/soap:Body>/s.exec(codec.write("1.1", { body, headers: {} }))?.[1],
    example: () => (element === undefined ? undefined : exampleOf(element, operation.schemas.model)),
    schema: () => (element === undefined ? undefined : createElementSchemas().schemaOf(element)),
  };
}

const typed = (content: string) => `<xs:element name="In"><xs:complexType>${content}</xs:complexType></xs:element>`;
const sequence = (content: string) => typed(`<xs:sequence>${content}</xs:sequence>`);
const element = (name: string, type: string, more = "") => `<xs:element name="${name}" type="${type}" ${more}/>`;

test.each([
  ["xs:int", " 7 ", 7, "7"],
  ["xs:long", "9223372036854775807", "9223372036854775807", "9223372036854775807"],
  ["xs:decimal", "10.50", 10.5, "10.5"],
  ["xs:decimal", "0.12345678901234567890", "0.12345678901234567890", "0.12345678901234567890"],
  ["xs:double", "1e3", 1000, "1000"],
  ["xs:double", "-INF", "-INF", "-INF"],
  ["xs:boolean", "1", true, "true"],
  ["xs:date", "2026-01-31", "2026-01-31", "2026-01-31"],
  ["xs:base64Binary", "YWJj\nZA==", "YWJjZA==", "YWJjZA=="],
  ["xs:QName", "u:a", "{urn:u}a", "x1:a"],
  ["xs:NMTOKENS", "a  b", ["a", "b"], "a b"],
  ["xs:string", " a&amp;b\n", " a&b\n", " a&amp;b\n"],
  ["xs:token", " a ", "a", "a"],
])("a value of %s: %j is %j", (type, text, value, written) => {
  const { read, write } = service(sequence(element("v", type)));
  expect(read(`<t:In><t:v>${text}</t:v></t:In>`)).toEqual({ v: value });
  expect(write({ v: value })).toBe(`<tns:In><tns:v>${written}</tns:v></tns:In>`);
});

test("bytes, dates and large numbers of JavaScript are written as the schema has them", () => {
  const { write } = service(
    sequence(
      element("b", "xs:base64Binary") +
        element("h", "xs:hexBinary") +
        element("d", "xs:date") +
        element("n", "xs:decimal") +
        element("i", "xs:integer"),
    ),
  );
  expect(
    write({ b: Buffer.from("abc"), h: Buffer.from("abc"), d: new Date("2026-01-31T10:00:00Z"), n: 1e-7, i: 12345678901234567890n }),
  ).toBe(
    "<tns:In><tns:b>YWJj</tns:b><tns:h>616263</tns:h><tns:d>2026-01-31</tns:d><tns:n>0.0000001</tns:n><tns:i>12345678901234567890</tns:i></tns:In>",
  );
});

test("what may occur again is a list, and what is nil is null, with its attributes if it has some", () => {
  const line =
    '<xs:element name="line" maxOccurs="unbounded" nillable="true"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence><xs:attribute name="no" type="xs:int"/></xs:complexType></xs:element>';
  const { read, write } = service(sequence(line));
  const data = { line: [{ "@no": 1, a: 2 }, null, { "@no": 3, "@xsi:nil": true }] };
  const text = '<t:In><t:line no="1"><t:a>2</t:a></t:line><t:line xsi:nil="true"/><t:line no="3" xsi:nil="true"/></t:In>';
  expect(read(text)).toEqual(data);
  expect(write(data)).toBe(text.replaceAll("t:", "tns:"));
  expect(write({ line: { a: 2 } })).toBe("<tns:In><tns:line><tns:a>2</tns:a></tns:line></tns:In>");
});

test("text with attributes is a map, defaults of attributes are filled in, and one of open attributes keeps its namespace", () => {
  const weight =
    '<xs:element name="w"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" default="kg"/><xs:anyAttribute processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>';
  const { read, write } = service(sequence(weight));
  expect(read('<t:In><t:w u:x="1">2.5</t:w></t:In>')).toEqual({ w: { "@{urn:u}x": "1", "@unit": "kg", "#text": 2.5 } });
  expect(write({ w: { "@{urn:u}x": "1", "@unit": "g", "#text": 3 } })).toBe('<tns:In><tns:w x1:x="1" unit="g">3</tns:w></tns:In>');
  expect(write({ w: 3 })).toBe("<tns:In><tns:w>3</tns:w></tns:In>");
});

test("data are written in the order of the schema: groups that repeat by turns, a choice as it is filled, all in any order", () => {
  const turns = service(
    typed(`<xs:sequence maxOccurs="unbounded">${element("a", "xs:int")}${element("b", "xs:int", 'minOccurs="0"')}</xs:sequence>`),
  );
  expect(turns.write({ b: [3], a: [1, 2] })).toBe("<tns:In><tns:a>1</tns:a><tns:b>3</tns:b><tns:a>2</tns:a></tns:In>");
  const choice = service(
    typed(`<xs:choice><xs:sequence>${element("a", "xs:int")}${element("b", "xs:int")}</xs:sequence>${element("c", "xs:int")}</xs:choice>`),
  );
  expect(choice.write({ c: 1 })).toBe("<tns:In><tns:c>1</tns:c></tns:In>");
  expect(choice.write({ b: 2, a: 1 })).toBe("<tns:In><tns:a>1</tns:a><tns:b>2</tns:b></tns:In>");
  expect(() => choice.write({ a: 1, c: 2 })).toThrow(/b/);
  const all = service(typed(`<xs:all>${element("a", "xs:int")}${element("b", "xs:int")}</xs:all>`));
  expect(all.read("<t:In><t:b>2</t:b><t:a>1</t:a></t:In>")).toEqual({ a: 1, b: 2 });
  expect(all.write({ b: 2, a: 1 })).toBe("<tns:In><tns:a>1</tns:a><tns:b>2</tns:b></tns:In>");
  const mixed = service(
    typed(`<xs:choice minOccurs="0" maxOccurs="unbounded">${element("a", "xs:int")}${element("b", "xs:int")}</xs:choice>`),
  );
  expect(mixed.write({ "#content": [{ b: 1 }, { a: 2 }, { b: 3 }] })).toBe(
    "<tns:In><tns:b>1</tns:b><tns:a>2</tns:a><tns:b>3</tns:b></tns:In>",
  );
});

test("a type in place of another says so, and an abstract one has to be told", () => {
  const more =
    '<xs:complexType name="Shape" abstract="true"><xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType>' +
    '<xs:complexType name="Circle"><xs:complexContent><xs:extension base="t:Shape"><xs:sequence><xs:element name="r" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>';
  const { read, write } = service(sequence(element("shape", "t:Shape")), { more });
  const data = { shape: { "@xsi:type": "Circle", id: 1, r: 2 } };
  expect(read('<t:In><t:shape xsi:type="t:Circle"><t:id>1</t:id><t:r>2</t:r></t:shape></t:In>')).toEqual(data);
  expect(write(data)).toBe('<tns:In><tns:shape xsi:type="tns:Circle"><tns:id>1</tns:id><tns:r>2</tns:r></tns:shape></tns:In>');
  expect(() => write({ shape: { id: 1 } })).toThrow('shape: expected "@xsi:type" to name the type that is meant (Circle), found');
});

test("a member of a substitution group is a property of its own name", () => {
  const more =
    '<xs:element name="pet" type="xs:string" abstract="true"/><xs:element name="cat" type="xs:string" substitutionGroup="t:pet"/><xs:element name="dog" type="xs:string" substitutionGroup="t:pet"/>';
  const { read, write } = service(sequence('<xs:element ref="t:pet" maxOccurs="unbounded"/>'), { more });
  expect(read("<t:In><t:dog>a</t:dog><t:cat>b</t:cat></t:In>")).toEqual({ dog: ["a"], cat: ["b"] });
  expect(write({ dog: ["a"], cat: ["b"] })).toBe("<tns:In><tns:cat>b</tns:cat><tns:dog>a</tns:dog></tns:In>");
});

test("a wildcard takes what is declared by its schema, and what is not as it is", () => {
  const { read, write } = service(sequence(`${element("a", "xs:int")}<xs:any minOccurs="0" maxOccurs="unbounded"/>`), {
    more: element("known", "xs:int"),
  });
  const data = { a: 1, known: 2, other: { "@xmlns": "urn:u", "@x": "1", part: ["p", { "@xmlns": "", "#text": "q" }] } };
  expect(read('<t:In><t:a>1</t:a><t:known>2</t:known><u:other x="1"><u:part>p</u:part><part>q</part></u:other></t:In>')).toEqual(data);
  expect(write(data)).toBe(
    '<tns:In><tns:a>1</tns:a><tns:known>2</tns:known><x1:other x="1"><x1:part>p</x1:part><part>q</part></x1:other></tns:In>',
  );
  expect(() => read("<t:In><t:a>1</t:a><t:known>two</t:known></t:In>")).toThrow("'two' is not a valid value");
});

test("texts between elements are kept in their order", () => {
  const { read, write } = service(
    '<xs:element name="In"><xs:complexType mixed="true"><xs:sequence><xs:element name="b" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>',
  );
  expect(read("<t:In>a <t:b>b</t:b> c</t:In>")).toEqual({ "#content": ["a ", { b: "b" }, " c"] });
  expect(write({ "#content": ["a ", { b: "b" }, " c"] })).toBe("<tns:In>a <tns:b>b</tns:b> c</tns:In>");
  expect(write("plain")).toBe("<tns:In>plain</tns:In>");
});

test("elements of an unqualified schema have no namespace, and those of another schema theirs", () => {
  const schemas = '<xs:schema targetNamespace="urn:u" elementFormDefault="qualified"><xs:element name="b" type="xs:int"/></xs:schema>';
  const { read, write } = service(sequence(`${element("a", "xs:int")}<xs:element ref="u:b"/>`), { attributes: "", schemas });
  expect(read("<t:In><a>1</a><u:b>2</u:b></t:In>")).toEqual({ a: 1, b: 2 });
  expect(write({ a: 1, b: 2 })).toBe("<tns:In><a>1</a><x1:b>2</x1:b></tns:In>");
});

test("what has no place in the schema is refused with its path", () => {
  const { write } = service(
    sequence(
      `<xs:element name="line" maxOccurs="unbounded"><xs:complexType><xs:sequence>${element("a", "xs:int")}</xs:sequence></xs:complexType></xs:element>`,
    ),
  );
  expect(() => write({ line: [{ a: 1 }, { a: { b: 1 } }] })).toThrow("line.1.a: expected a value of xs:int, found a map");
  expect(() => write({ line: [{ a: 1, c: 1 }] })).toThrow('line.0: "c" has no place here, expected a');
  expect(() => write({ line: [{ a: [1, 2] }] })).toThrow("line.0.a: expected one value, found a list");
  expect(() => write([])).toThrow("expected a map, found a list");
  expect(() => write({ line: [{ a: "\u0001" }] })).toThrow("does not exist in XML");
});

test("examples are what their schema accepts, also of types that contain themselves", () => {
  const more = `<xs:complexType name="Node"><xs:sequence>${element("id", "t:Code")}<xs:choice><xs:element name="child" type="t:Node"/>${element("leaf", "xs:positiveInteger")}</xs:choice>${element("next", "t:Node", 'minOccurs="0"')}</xs:sequence><xs:attribute name="at" type="xs:dateTime" use="required"/></xs:complexType>
    <xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}\\d{3}"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Price"><xs:restriction base="xs:decimal"><xs:totalDigits value="4"/><xs:fractionDigits value="2"/><xs:minExclusive value="5"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Kind"><xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType>`;
  const { example, write, read } = service(
    sequence(`${element("node", "t:Node")}${element("price", "t:Price")}${element("kind", "t:Kind", 'maxOccurs="3" minOccurs="2"')}`),
    { more },
  );
  const data = example();
  expect(data).toMatchObject({
    node: { "@at": "2026-01-31T12:00:00Z", id: expect.stringMatching(/^[A-Z]{2}\d{3}$/), leaf: 1 },
    kind: ["a", "a"],
  });
  expect(read(String(write(data)).replaceAll("tns:", "t:"))).toEqual(data);
});

test("the JSON Schema of a message says what its data are", () => {
  const { schema } = service(
    sequence(
      `${element("id", "xs:int")}<xs:element name="tag" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>${element("at", "xs:dateTime", 'nillable="true"')}`,
    ),
  );
  expect(schema()).toEqual({
    type: "object",
    properties: {
      id: { type: "integer", minimum: -2147483648, maximum: 2147483647 },
      tag: { type: "array", items: { type: "string" } },
      at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
    },
    required: ["id", "at"],
    additionalProperties: false,
  });
});

test("a type without a name that contains itself is told under that of its element", () => {
  const more =
    '<xs:element name="group"><xs:complexType><xs:sequence><xs:element ref="t:group" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>';
  const { schema, example } = service(sequence('<xs:element ref="t:group"/>'), { more });
  expect(schema()).toMatchObject({ properties: { group: { $ref: "#/$defs/group" } } });
  expect(example()).toEqual({ group: {} });
});

test("blanks round a name are none of it", () => {
  const { write } = service(sequence(element("a ", "xs:int")));
  expect(write({ a: 1 })).toBe("<tns:In><tns:a>1</tns:a></tns:In>");
});
