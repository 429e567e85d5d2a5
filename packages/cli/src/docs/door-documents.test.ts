import { readFile } from "node:fs/promises";
import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const FLOW = `
routes:
  getOrder:
    input: { type: object, title: OrderRef, required: [id], properties: { id: { type: string } } }
    output: { type: object, title: Order, properties: { id: { type: string } } }
    from: [{ graphql: { query: getOrder } }, { soap: { operation: GetOrder, path: /lookup } }, { mcp: { tool: getOrder, description: Finds an order. } }, { mcp: { resource: "orders://{id}" } }]
    steps: [{ map: body }]
  place:
    from: [{ soap: { service: services/orders.wsdl, operation: PlaceOrder } }]
    steps: [{ map: '{ "status": "placed" }' }]
`;
const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:w" xmlns:o="urn:orders" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:w">
  <types><xs:schema><xs:import namespace="urn:orders" schemaLocation="orders.xsd"/></xs:schema></types>
  <message name="place"><part name="p" element="o:PlaceOrder"/></message>
  <message name="placed"><part name="p" element="o:PlaceOrderResponse"/></message>
  <portType name="P"><operation name="PlaceOrder"><input message="t:place"/><output message="t:placed"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="PlaceOrder"><soap:operation soapAction=""/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="S"><port name="Q" binding="t:B"><soap:address location="http://old.example/soap/orders"/></port></service>
</definitions>`;
const XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:orders" elementFormDefault="qualified">
  <xs:element name="PlaceOrder"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="PlaceOrderResponse"><xs:complexType><xs:sequence><xs:element name="status" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

test("docs writes what doors say of themselves: the GraphQL schema, WSDL with its schemas, the tools and resources of MCP", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("orders.flow.yaml", FLOW);
  // Whoever may not call may read the documents that somebody made for them.
  await folder.put("portolan.config.json", JSON.stringify({ http: { port: 8123, policies: { addresses: { allow: ["10.0.0.0/8"] } } } }));
  await folder.put("services/orders.wsdl", WSDL);
  await folder.put("services/orders.xsd", XSD);
  const { code, stderr } = await command(["docs", "--out", "public"], { directory: folder.root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const read = (name: string) => readFile(folder.path(`public/${name}`), "utf8");
  expect(await read("schema.graphql")).toContain("getOrder(id: ID!): Order");
  const offered: unknown = JSON.parse(await read("mcp-tools.json"));
  expect(offered).toMatchObject({
    tools: [{ name: "getOrder", description: "Finds an order.", inputSchema: { required: ["id"] } }],
    resourceTemplates: [{ uriTemplate: "orders://{id}" }],
  });
  const wsdl = await read("orders.wsdl");
  expect(wsdl).toContain('location="http://127.0.0.1:8123/soap/orders"');
  expect(wsdl).toContain('schemaLocation="orders-1.xsd"');
  expect(await read("orders-1.xsd")).toContain('name="PlaceOrderResponse"');
  expect(await command(["describe", "public/orders.wsdl"], { directory: folder.root })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("PlaceOrder"),
  });
  const lookup = await read("lookup.wsdl");
  expect(lookup).toContain('name="GetOrder"');
  expect(lookup).toContain('location="http://127.0.0.1:8123/lookup"');
  expect(await read("lookup.xsd")).toMatch(/<xs:schema [^>]*>[^]*name="GetOrder"/);
  for (const page of ["schema.graphql.html", "orders.wsdl.html", "mcp-tools.json.html"]) expect(await read(page)).toContain("<pre");
});
