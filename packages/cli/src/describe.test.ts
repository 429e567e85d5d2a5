import { createTemporaryFolder, type TemporaryFolder } from "@portolan/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "./io.test.support.ts";

const FILES: Readonly<Record<string, string>> = {
  "api/openapi.yaml": `
openapi: 3.1.0
info: { title: Orders, version: 1.2.0 }
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: expand, in: query, schema: { type: string } }
      responses:
        "200": { description: The order., content: { application/json: { schema: { $ref: schemas/order.json } } } }
        "404": { description: No such order. }
  /orders:
    post:
      summary: Places an order.
      deprecated: true
      requestBody: { content: { application/json: { schema: { $ref: schemas/order.json } }, text/csv: {} } }
      responses: { default: { description: Whatever. } }
`,
  "api/schemas/order.json": JSON.stringify({
    type: "object",
    properties: { id: { type: "integer" }, state: { enum: ["new", "sent"] }, lines: { type: "array", items: { type: "string" } } },
    required: ["id"],
  }),
  "order.avsc": JSON.stringify({ type: "record", name: "shop.Order", fields: [{ name: "id", type: "long" }] }),
  "common.proto": 'syntax = "proto3"; package shop; message Money { string currency = 1; }',
  "order.proto": `syntax = "proto3"; package shop; import "common.proto";
message Order { int32 id = 1; Money total = 2; repeated Order parts = 3; }
message Watch {}
service Orders { rpc Place (Order) returns (Order); rpc Follow (Watch) returns (stream Order); }`,
  "order.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="order" type="Order"/>
  <xs:complexType name="Order"><xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType></xs:schema>`,
  "soap/orders.wsdl": `<wsdl:definitions name="Orders" targetNamespace="urn:o" xmlns:o="urn:o" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
  <wsdl:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o"><xs:include schemaLocation="../soap/types.xsd"/></xs:schema></wsdl:types>
  <wsdl:message name="place"><wsdl:part name="order" element="o:Place"/></wsdl:message>
  <wsdl:message name="placed"><wsdl:part name="result" type="o:Order"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="Place"><wsdl:documentation>Places it.</wsdl:documentation><wsdl:input message="o:place"/></wsdl:operation>
    <wsdl:operation name="Ask"><wsdl:input message="o:place"/><wsdl:output message="o:placed"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="o:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Place"><wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>
    <wsdl:operation name="Ask"><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="o:B"><soap:address location="http://a.example/o"/></wsdl:port></wsdl:service></wsdl:definitions>`,
  "soap/types.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Place" type="Order"/>
  <xs:complexType name="Order"><xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="part" type="Order" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:schema>`,
  "shop.graphql": `"""The shop."""
schema { query: Query mutation: Mutation }
type Query { "One order." order(id: ID!, short: Boolean = false): Order old: Int @deprecated }
type Mutation { place(input: OrderInput!): Order! }
type Order @key(fields: "id") { id: ID! state: State lines: [String!]! found: Found }
union Found = Order | Person
interface Party { name: String }
type Person implements Party { name: String }
enum State { NEW SENT }
input OrderInput { id: ID! }
scalar Date`,
  "introspection.json": JSON.stringify({
    data: {
      __schema: {
        queryType: { name: "Query" },
        types: [
          {
            kind: "OBJECT",
            name: "Query",
            fields: [{ name: "hello", args: [], type: { kind: "SCALAR", name: "String" }, isDeprecated: false }],
            interfaces: [],
          },
          { kind: "SCALAR", name: "String" },
        ],
        directives: [],
      },
    },
  }),
  "half.graphql": "type Query { a: Missing }",
  "client.graphql": "query { a }",
  "new.wsdl": '<description xmlns="http://www.w3.org/ns/wsdl"/>',
  "half.wsdl": "<definitions>",
  "broken.yaml": "openapi: 3.1.0\npaths: { /a: { get: { $ref: '#/nowhere' } } }\n",
  "broken.json": '{ "type": "strange" }',
  "other.json": '{ "a": 1 }',
  "old.json": '{ "swagger": "1.2" }',
};

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
  for (const [name, text] of Object.entries(FILES)) await folder.put(name, text);
});
afterAll(() => folder[Symbol.asyncDispose]());

const run = (...argv: string[]) => command(["describe", ...argv], { directory: folder.root });

describe("portolan describe", () => {
  it("writes the types of the operations of an API description as TypeScript", async () => {
    const { code, stdout } = await run("api/openapi.yaml", "--typescript");
    expect(code).toBe(0);
    expect(stdout).toContain("export interface Operations {\n  readonly getOrder: {\n    readonly path: {\n      readonly id: number;");
    expect(stdout).toContain(
      'export interface Order {\n  readonly id: number;\n  readonly state?: "new" | "sent";\n  readonly lines?: readonly string[];\n}',
    );
    expect(await run("order.avsc", "--typescript")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("order.avsc is no API description"),
    });
  });

  it("lists the operations and types of an API description, with those of the files beside it", async () => {
    expect(await run("api/openapi.yaml", "--types")).toEqual({
      code: 0,
      stderr: "",
      stdout: `OpenAPI 3.1.0: Orders 1.2.0

OPERATION     CALL              TAKES             ANSWERS
getOrder      GET /orders/{id}  id, expand?       200 order
POST /orders  POST /orders      order | text/csv  default    deprecated

TYPE      IS
order     object
  id      integer
  state?  "new" | "sent"
  lines?  string[]
`,
    });
  });

  it("prints all of it as JSON", async () => {
    const { stdout } = await run("api/openapi.yaml", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "OpenAPI 3.1.0",
      operations: [
        { name: "getOrder", call: "GET /orders/{id}", input: "id, expand?", output: "200 order" },
        { name: "POST /orders", summary: "Places an order.", deprecated: true },
      ],
      types: [{ name: "order", fields: [{ name: "id", type: "integer", required: true }, {}, {}] }],
    });
  });

  it("lists the fields and types of a GraphQL schema, written or introspected", async () => {
    const { code, stdout } = await run("shop.graphql", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      kind: "GraphQL schema (federation)",
      title: "The shop.",
      operations: [
        { name: "order", call: "query order", input: "id: ID!, short: Boolean = false", output: "Order", summary: "One order." },
        { name: "old", call: "query old", output: "Int", deprecated: true },
        { name: "place", call: "mutation place", input: "input: OrderInput!", output: "Order!" },
      ],
      types: expect.arrayContaining([
        {
          name: "Order",
          type: "object",
          fields: [
            { name: "id", type: "ID", required: true },
            { name: "state", type: "State", required: false },
            { name: "lines", type: "[String!]", required: true },
            { name: "found", type: "Found", required: false },
          ],
        },
        { name: "Found", type: "Order | Person", fields: [] },
        { name: "State", type: "NEW | SENT", fields: [] },
        { name: "OrderInput", type: "input", fields: [{ name: "id", type: "ID", required: true }] },
        { name: "Date", type: "scalar", fields: [] },
      ]),
    });
    expect(await run("introspection.json")).toMatchObject({ code: 0, stdout: expect.stringContaining("query hello") });
  });

  it.each([
    ["half.graphql", 'Unknown type "Missing"'],
    ["client.graphql", "belong into a document of a client"],
  ])("says why %s is no GraphQL schema", async (file, reason) => {
    expect(await run(file)).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(reason) });
  });

  it("lists the operations, messages and types of a WSDL document, and what cannot be called", async () => {
    expect(await run("soap/orders.wsdl", "--types")).toEqual({
      code: 0,
      stderr: "",
      stdout: `WSDL 1.1: S

OPERATION  CALL                         TAKES  ANSWERS
Place      SOAP 1.1 http://a.example/o  Order

MESSAGE  PARTS
place    order: Place
placed   result: Order

TYPE     IS
Order    object
  id     integer
  part?  Order[]

CANNOT BE USED
Ask: its part result names a type, and document style has parts of elements
`,
    });
    const { stdout } = await run("soap/orders.wsdl", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ operations: [{ name: "Place", summary: "Places it." }], messages: [{ name: "place" }, {}] });
  });

  it.each([
    ["api/schemas/order.json", /^JSON Schema\n[^]*document +object/],
    ["order.avsc", /^Avro schema\n[^]*shop\.Order +object\n +id +/],
    [
      "order.proto",
      /^Protobuf schema: shop\n[^]*Place +shop\.Orders\/Place +Order +Order\n[^]*stream Order\n[^]*shop\.Order +object\n  id\?[^]*total\? +shop\.Money\n  parts\? +itself\[\][^]*shop\.Money +object\n  currency\? +string/,
    ],
    ["order.xsd", /^XML Schema\n[^]*document +object\n  order +Order\n/],
  ])("tells what %s describes", async (file, expected) => {
    const { code, stdout, stderr } = await run(file, "--types");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(expected);
  });

  it.each([
    ["broken.yaml", 1, "$ref #/nowhere leads nowhere"],
    ["broken.json", 3, "expected: a valid JSON Schema"],
    ["old.json", 1, "it is Swagger 1.2"],
    ["other.json", 1, "other.json is no description that is known"],
    ["new.wsdl", 1, "expected a WSDL 1.1 document, found WSDL 2.0"],
    ["half.wsdl", 1, "half.wsdl: the XML is not well-formed"],
    ["none.yaml", 2, "none.yaml cannot be read: ENOENT"],
  ])("says why %s cannot be read", async (file, code, reason) => {
    expect(await run(file)).toEqual({ code, stdout: "", stderr: expect.stringContaining(reason) });
  });
});
