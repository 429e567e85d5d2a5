import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createFormats } from "../formats.ts";
import { createContracts } from "../json-schema/contracts.ts";
import { createXsdCheck } from "../xsd/xsd.ts";

const formats = createFormats();
const xsd = formats.format("xsd");
const decode = (text: string): Readonly<Record<string, unknown>> => xsd?.decode(Buffer.from(text)) as Readonly<Record<string, unknown>>;
const encode = (schema: unknown): string => Buffer.from(xsd?.encode(schema) ?? []).toString();

const schema = (content: string) => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${content}</xs:schema>`;
const ORDER = schema(`
  <xs:element name="order" type="Order"/>
  <xs:complexType name="Order">
    <xs:sequence>
      <xs:element name="customer" type="xs:string"/>
      <xs:choice><xs:element name="pickup" type="xs:boolean"/><xs:element name="address" type="Address"/></xs:choice>
      <xs:element name="line" maxOccurs="unbounded"><xs:complexType>
        <xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="sku" use="required"/></xs:extension></xs:simpleContent>
      </xs:complexType></xs:element>
      <xs:element name="parent" type="Order" minOccurs="0"/>
    </xs:sequence>
    <xs:attribute name="id" type="xs:integer" use="required"/>
    <xs:attribute name="status"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="open"/><xs:enumeration value="closed"/></xs:restriction></xs:simpleType></xs:attribute>
  </xs:complexType>
  <xs:complexType name="Address"><xs:complexContent><xs:extension base="Place"><xs:sequence><xs:element name="street"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:complexType name="Place"><xs:sequence><xs:element name="city" type="xs:string"/></xs:sequence></xs:complexType>
`);

/** Documents, and whether the schema allows them; both contracts must say the same. */
test.each([
  [true, `<order id="1" status="open"><customer>Ann</customer><pickup>true</pickup><line sku="a">1.5</line></order>`],
  [
    true,
    `<order id="1"><customer>Ann</customer><address><city>X</city><street>Y</street></address><line sku="a">1</line><line sku="b">2</line></order>`,
  ],
  [
    true,
    `<order id="1"><customer/><pickup>0</pickup><line sku="a">1</line><parent id="2"><customer/><pickup>1</pickup><line sku="c">3</line></parent></order>`,
  ],
  [false, `<order><customer>Ann</customer><pickup>true</pickup><line sku="a">1</line></order>`],
  [false, `<order id="x"><customer>Ann</customer><pickup>true</pickup><line sku="a">1</line></order>`],
  [false, `<order id="1" status="lost"><customer>Ann</customer><pickup>true</pickup><line sku="a">1</line></order>`],
  [false, `<order id="1"><customer>Ann</customer><pickup>maybe</pickup><line sku="a">1</line></order>`],
  [false, `<order id="1"><customer>Ann</customer><pickup>true</pickup><line>1</line></order>`],
  [false, `<order id="1"><customer>Ann</customer><address><street>Y</street></address><line sku="a">1</line></order>`],
  [false, `<order id="1"><customer>Ann</customer><pickup>true</pickup><line sku="a">1</line><extra/></order>`],
  [false, `<other/>`],
])("the JSON Schema of an XML Schema agrees with it: %s %s", async (isAllowed, text) => {
  await using folder = await createTemporaryFolder();
  await folder.append("order.xsd", ORDER);
  const contracts = createContracts({ directory: folder.root, xsd: createXsdCheck });
  const body = formats.format("xml")?.decode(Buffer.from(text));
  expect("body" in (await contracts.compile({ path: "./order.xsd" }).check(text))).toBe(isAllowed);
  expect("body" in (await contracts.compile({ jsonSchema: decode(ORDER) }).check(body))).toBe(isAllowed);
});

const WRITTEN = encode({
  title: "order",
  type: "object",
  properties: {
    "@id": { type: "integer" },
    day: { type: "string", format: "date" },
    line: {
      type: "array",
      items: { type: "object", properties: { "@sku": { type: "string", maxLength: 3 }, "#text": { type: "number" } }, required: ["@sku"] },
    },
    note: { type: ["string", "null"] },
    kind: { enum: ["a", "b"] },
  },
  required: ["@id", "day"],
});

test.each([
  [true, {}],
  [false, { day: "x" }],
  [false, { "@id": "x" }],
  [false, { kind: "c" }],
  [false, { line: { "@sku": "long", "#text": "1" } }],
  [false, { line: { "@sku": "a", "#text": "x" } }],
])("a JSON Schema is written as the XML Schema of the same data: %s for %j", async (isAllowed, part) => {
  await using folder = await createTemporaryFolder();
  await folder.append("order.xsd", WRITTEN);
  const { check } = createContracts({ directory: folder.root, xsd: createXsdCheck }).compile({ path: "./order.xsd" });
  const order = { "@id": "1", day: "2026-11-24", line: [{ "@sku": "abc", "#text": "1.5" }], kind: "a", ...part };
  expect("body" in (await check({ order }))).toBe(isAllowed);
});

test.each([
  [{ type: "object", properties: { a: { type: "string" }, b: true } }, "no name"],
  [{ title: "a", type: "object", properties: { b: true, c: true } }, "at b: anything goes here"],
  [{ title: "a", type: "object", properties: { "b c": { type: "string" }, d: { type: "string" } } }, '"b c" can be no name of an element'],
  [{ title: "a", type: "object", additionalProperties: { type: "string" } }, "a map without named fields"],
  [{ properties: { a: { $ref: "#/$defs/x" } } }, "leads nowhere"],
])("a JSON Schema that XML Schema cannot say is refused with its path: %j", (given, message) => {
  expect(() => encode(given)).toThrow(message);
});

test.each([
  ["<a/>", "found <a>"],
  ["<xs:schema", "XML"],
])("what is no schema is refused: %s", (text, message) => {
  expect(() => decode(text)).toThrow(message);
});

test("what cannot be told is anything", () => {
  expect(
    decode(schema('<xs:element name="a"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>')),
  ).toMatchObject({
    properties: { a: { anyOf: [{ additionalProperties: true }, { const: "" }] } },
  });
  expect(decode(schema('<xs:element name="a" type="o:other"/>')).properties).toEqual({ a: true });
});

test("a schema that contains itself is written with named types", () => {
  const tree = {
    properties: { node: { $ref: "#/$defs/Node" } },
    $defs: { Node: { properties: { name: { type: "string" }, node: { $ref: "#/$defs/Node" } }, required: ["name"] } },
  };
  expect(decode(encode(tree))).toMatchObject({
    properties: { node: { $ref: "#/$defs/Node" } },
    $defs: { Node: { properties: { node: { $ref: "#/$defs/Node" } } } },
  });
});
