import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:w" xmlns:o="urn:o" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:w">
  <types><xs:schema targetNamespace="urn:o" elementFormDefault="qualified">
    <xs:element name="Ship"><xs:complexType><xs:sequence>
      <xs:element name="id"><xs:simpleType><xs:restriction base="xs:int"><xs:minInclusive value="1"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="note" type="xs:string" minOccurs="0"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="Shipped"><xs:complexType><xs:sequence><xs:element name="done" type="xs:boolean"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="ship"><part name="p" element="o:Ship"/></message><message name="shipped"><part name="p" element="o:Shipped"/></message>
  <portType name="P"><operation name="Ship"><input message="t:ship"/><output message="t:shipped"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Ship"><soap:operation soapAction="urn:ship"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="S"><port name="Q" binding="t:B"><soap:address location="http://old.example/ship"/></port></service>
</definitions>`;

const flow = (shipped: string, found: string) => `
routes:
  ship: { from: [{ soap: { service: s.wsdl, operation: Ship } }], steps: [{ map: '${shipped}' }] }
  find:
    input: { type: object, required: [id], properties: { id: { type: string, minLength: 2 }, size: { type: integer, maximum: 9 } } }
    output: { type: object, title: Found, required: [id], properties: { id: { type: string }, parts: { type: array, items: { type: object, properties: { size: { type: integer } } } } } }
    from: [{ graphql: { query: find } }]
    steps: [{ map: '${found}' }]
  place:
    input: { type: object, title: Order, required: [lines], properties: { lines: { type: array, minItems: 1, items: { type: string } } } }
    output: { type: object, title: Placed, required: [count], properties: { count: { type: integer } } }
    from: [{ graphql: { mutation: place } }, { soap: { operation: Place } }]
    steps: [{ map: '{ "count": $count(body.lines) }' }]
`;

async function tested(shipped: string, found: string) {
  await using folder = await createTemporaryFolder();
  await folder.put("shop.flow.yaml", flow(shipped, found));
  await folder.put("s.wsdl", WSDL);
  return await command(["test", "--contract"], { directory: folder.root });
}

test("fields of GraphQL and operations of SOAP that do what their contracts say pass, and refuse what is wrong", async () => {
  const { code, stdout, stderr } = await tested('{ "done": true }', '{ "id": body.id, "parts": [{ "size": body.size }] }');
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ok query find at \/graphql: 50 valid \(50 × 200\), \d+ invalid \(\d+ × 400, \d+ × 415\)$/m);
  expect(stdout).toMatch(/^ok mutation place at \/graphql: 50 valid \(50 × 200\), \d+ invalid/m);
  expect(stdout).toMatch(/^ok SOAP Place at \/soap: 50 valid \(50 × 200\), \d+ invalid/m);
  expect(stdout).toMatch(/^ok SOAP Ship at \/ship: 50 valid \(50 × 200\), \d+ invalid \(\d+ × 400, \d+ × 415\)$/m);
});

test("what breaks in GraphQL and SOAP is told with the smallest request that shows it", async () => {
  const { code, stdout } = await tested(
    'body.note ? { "done": "perhaps" } : { "done": true }',
    '$exists(body.size) ? 1 : { "id": body.id }',
  );
  expect(code).toBe(1);
  expect(stdout).toContain("FAIL query find at /graphql: answers 500\n");
  expect(stdout).toContain("\"size\":0}}' 'http://127.0.0.1:8080/graphql'");
  expect(stdout).toContain("     answer: 200 {");
  expect(stdout).toContain("FAIL SOAP Ship at /ship: answers 500\n");
  expect(stdout).toMatch(
    /curl -i -X POST -H 'soapaction: "urn:ship"' -H 'content-type: text\/xml; charset=utf-8' --data-binary '.*<tns:note>/,
  );
});
