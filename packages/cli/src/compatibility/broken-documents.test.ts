import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const FLOW = `
channels: { placed: { mode: memory, contract: { type: object, required: [id], properties: { id: { type: string } } } } }
routes:
  place:
    input: { type: object, title: Order, required: [id], properties: { id: { type: string }, total: { type: number } } }
    output: { type: object, title: Receipt, required: [id], properties: { id: { type: string } } }
    from: [{ graphql: { mutation: place } }, { mcp: { tool: place } }, { mcp: { resource: "orders://{id}" } }]
    steps: [{ to: { channel: placed } }]
  read: { from: [{ channel: placed }], steps: [{ map: body }] }
  ship: { from: [{ soap: { service: s.wsdl, operation: Ship } }], steps: [{ map: '{ "done": true }' }] }
`;
const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:w" xmlns:o="urn:o" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:w">
  <types><xs:schema><xs:import namespace="urn:o" schemaLocation="s.xsd"/></xs:schema></types>
  <message name="ship"><part name="p" element="o:Ship"/></message><message name="shipped"><part name="p" element="o:Shipped"/></message>
  <portType name="P"><operation name="Ship"><input message="t:ship"/><output message="t:shipped"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Ship"><soap:operation soapAction=""/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="S"><port name="Q" binding="t:B"><soap:address location="http://old.example/ship"/></port></service>
</definitions>`;
const XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o" elementFormDefault="qualified">
  <xs:element name="Ship"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="note" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Shipped"><xs:complexType><xs:sequence><xs:element name="done" type="xs:boolean"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

/** What `check --against` says of a change of the app's files, by the documents that break. */
async function broken(change: {
  readonly flow?: (text: string) => string;
  readonly xsd?: (text: string) => string;
}): Promise<readonly string[]> {
  await using folder = await createTemporaryFolder();
  const { flow = (text) => text, xsd = (text) => text } = change;
  for (const [version, texts] of [
    ["before", [FLOW, XSD]],
    ["after", [flow(FLOW), xsd(XSD)]],
  ] as const) {
    await folder.put(`${version}/shop.flow.yaml`, texts[0]);
    await folder.put(`${version}/s.wsdl`, WSDL);
    await folder.put(`${version}/s.xsd`, texts[1]);
  }
  const { stdout, stderr } = await command(["check", "--no-types", "--json", "--against", "./before", "after"], { directory: folder.root });
  expect(stderr).toBe("");
  const found = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly message: string; readonly level: string; readonly hint?: string });
  const errors = found.filter(({ level }) => level === "error");
  expect(errors.filter(({ hint }) => hint === undefined)).toEqual([]);
  return errors.map(({ message }) => message).filter((message) => /^(AsyncAPI|GraphQL|MCP|WSDL)/.test(message));
}

const replaced = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

test.each<readonly [string, Parameters<typeof broken>[0], readonly string[]]>([
  ["nothing", {}, []],
  ["a new optional field", { flow: replaced("total: { type: number }", "total: { type: number }, note: { type: string }") }, []],
  [
    "a field that is required now",
    {
      flow: replaced(
        "required: [id], properties: { id: { type: string }, total",
        "required: [id, total], properties: { id: { type: string }, total",
      ),
    },
    ["GraphQL: Field OrderInput.total changed type from Float to Float!.", "MCP: the arguments of the tool place: total: may be missing"],
  ],
  [
    "another name of a type",
    { flow: replaced("title: Receipt", "title: Answer") },
    ["GraphQL: Receipt was removed.", "GraphQL: Field Mutation.place changed type from Receipt to Answer."],
  ],
  ["another tool", { flow: replaced("tool: place", "tool: order") }, ["MCP: the tool place is gone"]],
  ["another resource", { flow: replaced("orders://{id}", "order://{id}") }, ["MCP: the resource orders://{id} is gone"]],
  ["no GraphQL", { flow: replaced("{ graphql: { mutation: place } }, ", "") }, ["GraphQL: the document is gone"]],
  [
    "a channel that nobody reads",
    { flow: replaced("from: [{ channel: placed }]", "from: []") },
    ["AsyncAPI, channel placed: nothing reads it any more"],
  ],
  [
    "messages with less in them",
    { flow: replaced("contract: { type: object, required: [id]", "contract: { type: object, required: []") },
    ["AsyncAPI, channel placed: its messages: id: may be missing"],
  ],
  ["an element that must be there", { xsd: replaced(' minOccurs="0"', "") }, ["WSDL: the request of Ship: Ship.note: may be missing"]],
  [
    "an element of another type",
    { xsd: replaced('name="done" type="xs:boolean"', 'name="done" type="xs:string"') },
    ["WSDL: the reply of Ship: Shipped.done: expected boolean, found string"],
  ],
  [
    "an optional element",
    { xsd: replaced('<xs:element name="note"', '<xs:element name="by" type="xs:string" minOccurs="0"/><xs:element name="note"') },
    [],
  ],
])("check --against names the documents that %s breaks", async (_what, change, messages) => {
  expect((await broken(change)).toSorted()).toEqual(messages.toSorted());
});
