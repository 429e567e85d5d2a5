import { mkdir } from "node:fs/promises";
import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createContracts } from "../json-schema/contracts.ts";
import { createXsdCheck } from "./xsd.ts";

const ORDER = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:include schemaLocation="types/line.xsd"/>
  <xs:element name="order"><xs:complexType>
    <xs:sequence><xs:element name="line" type="line" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="id" type="xs:integer" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>`;
const LINE = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="line"><xs:sequence><xs:element name="price" type="xs:decimal"/></xs:sequence><xs:attribute name="sku"/></xs:complexType>
</xs:schema>`;

async function contract(files: Readonly<Record<string, string>> = { "order.xsd": ORDER, "types/line.xsd": LINE }) {
  const folder = await createTemporaryFolder();
  await mkdir(folder.path("types"));
  for (const [name, text] of Object.entries(files)) await folder.append(name, text);
  const compiler = createContracts({ directory: folder.root, xsd: createXsdCheck });
  return { check: () => compiler.compile({ path: "./order.xsd" }), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test("a body in XML is checked as text, as bytes and as data", async () => {
  await using made = await contract();
  const { check } = made.check();
  const right = '<order id="7"><line sku="a"><price>1.5</price></line></order>';
  for (const body of [right, new TextEncoder().encode(right), { order: { "@id": "7", line: [{ "@sku": "a", price: "1.5" }] } }]) {
    expect(check(body)).toEqual({ body });
  }
});

test("what is wrong is told with its path, and in text with its line", async () => {
  await using made = await contract();
  const { check } = made.check();
  expect(check({ order: { "@id": "x", line: [{ price: "1" }, { price: "much" }] } })).toEqual({
    issues: expect.arrayContaining([
      expect.objectContaining({ message: expect.stringContaining("'x' is not a valid value of the atomic type 'xs:integer'") }),
      expect.objectContaining({ path: "order.line.1.price", message: expect.stringContaining("'much'") }),
    ]),
  });
  expect(check('<order id="1">\n<line/>\n</order>')).toEqual({
    issues: [{ path: "order.line", message: expect.stringMatching(/Missing child.*price.*\(line 2\)$/) }],
  });
  expect(check("<order")).toEqual({ issues: [expect.objectContaining({ message: expect.any(String) })] });
});

test("a document with a DOCTYPE is refused", async () => {
  await using made = await contract();
  expect(made.check().check('<!DOCTYPE order [<!ENTITY e "1">]><order id="&e;"/>')).toEqual({
    issues: [{ path: "", message: "XML with a DOCTYPE is refused" }],
  });
});

test.each([
  [{}, "no such file"],
  [{ "order.xsd": "<xs:schema" }, "a valid XML Schema 1.0"],
  [{ "order.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="absent"/></xs:schema>' }, "absent"],
  [{ "order.xsd": ORDER }, "line"],
  [{ "order.xsd": ORDER.replace("types/line.xsd", "../../../../etc/line.xsd") }, "line"],
])("a schema that cannot be used is refused at start: %#", async (files, message) => {
  await using made = await contract(files);
  expect(() => made.check()).toThrow(
    expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});
