import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import type { SourceRef } from "@portolan/core";
import { soap } from "../index.ts";
import { openSoap, type TestedOperation } from "../soap.test.support.ts";

const ORDER = {
  type: "object",
  properties: {
    id: { type: "string", pattern: "^[A-Z]\\d+$" },
    "first name": { type: "string" },
    lines: {
      type: "array",
      items: {
        type: "object",
        properties: { sku: { type: "string" }, tags: { type: "array", items: { type: "string" } } },
        required: ["sku", "tags"],
      },
    },
    note: { type: ["string", "null"] },
    weights: { type: "object", additionalProperties: { type: "number" } },
    code: { type: ["number", "string"] },
    extra: true,
    grid: { type: "array", items: { type: "array", items: { type: "integer" } } },
  },
  required: ["id", "lines"],
};
const RECEIPT = { type: "object", properties: { orderId: { type: "string" }, order: ORDER }, required: ["orderId"] };
const place = (more: Partial<TestedOperation> = {}): TestedOperation => ({
  options: { operation: "PlaceOrder", serviceName: "Shop", namespace: "urn:shop" },
  input: ORDER,
  output: RECEIPT,
  answer: ({ body }) => ({ orderId: "O1", order: body }),
  ...more,
});
const envelope = (body: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:shop"><s:Body>${body}</s:Body></s:Envelope>`;
const bodyOf = (text: string) => /<soap:Body>(.*)<\/soap:Body>/s.exec(text)?.[1]?.replaceAll("tns:", "");

const XML =
  "<id>A1</id><first_x0020_name>Ann</first_x0020_name><lines><sku>a</sku></lines><lines><sku>b</sku><tags>x</tags><tags>y</tags></lines>" +
  '<note xsi:nil="true"/><weights><entry><key>a</key><value>1.5</value></entry></weights><code>12</code><extra>{"a":[1,null]}</extra>' +
  "<grid><item>1</item><item>2</item></grid><grid/>";
const BODY = {
  id: "A1",
  "first name": "Ann",
  lines: [
    { sku: "a", tags: [] },
    { sku: "b", tags: ["x", "y"] },
  ],
  note: null,
  weights: { a: 1.5 },
  code: 12,
  extra: { a: [1, null] },
  grid: [[1, 2], []],
};
const NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

test("a route's contract is a service: requests become its input, results replies", async () => {
  await using node = await openSoap([place()]);
  const { status, text } = await node.send(envelope(`<PlaceOrder ${NIL}>${XML}</PlaceOrder>`), {}, "/soap");
  expect(status).toBe(200);
  expect(node.received[0]?.body).toEqual(BODY);
  expect(bodyOf(text)).toBe(`<PlaceOrderResponse><orderId>O1</orderId><order>${XML}</order></PlaceOrderResponse>`);
});

test("what the contract does not allow is a fault, whether XML can say it or not", async () => {
  const { id, ...rest } = ORDER.properties;
  await using node = await openSoap([place()]);
  expect(rest).toBeDefined();
  const missing = await node.send(envelope("<PlaceOrder><lines><sku>a</sku></lines></PlaceOrder>"), {}, "/soap");
  expect(missing.text).toContain("<faultcode>soap:Client</faultcode>");
  const noJson = await node.send(envelope(`<PlaceOrder><id>A1</id><lines><sku>a</sku></lines><extra>{</extra></PlaceOrder>`), {}, "/soap");
  expect(noJson.text).toContain("expected JSON where the contract allows values of any type");
  expect(node.received).toEqual([]);
  expect(id.pattern).toBeDefined();
});

test("doors of one path are one service, described at ?wsdl and ?xsd", async () => {
  const cancel = { options: { operation: "Cancel" }, input: { type: "string" }, answer: () => ({ done: true }) };
  await using node = await openSoap([place(), cancel]);
  const document = await (await node.request("/soap?wsdl")).text();
  expect(document).toContain('<wsdl:definitions name="Shop" targetNamespace="urn:shop"');
  expect(document).toContain('<xs:pattern value="[A-Z][0-9]+"/>');
  expect(document).toContain(`<soap12:address location="${node.origin}/soap"/>`);
  expect(document).toContain('<wsdl:operation name="Cancel">');
  expect(await (await node.request("/soap?xsd")).text()).toMatch(/^<\?xml[^>]*>\n<xs:schema targetNamespace="urn:shop"/);
  expect((await node.request("/soap?wsdl=1")).status).toBe(404);
  const reply = await node.send(envelope("<Cancel><value>A1</value></Cancel>"), {}, "/soap");
  expect(node.received[0]?.body).toBe("A1");
  expect(bodyOf(reply.text)).toBe('<CancelResponse><result>{"done":true}</result></CancelResponse>');
});

test("a route without a contract of its input takes an empty request; an operation that has gone is answered no more", async () => {
  await using node = await openSoap([
    { options: { operation: "Ping", namespace: "urn:shop" }, output: { type: "number" }, answer: () => 1.5 },
    place({ options: { operation: "PlaceOrder" } }),
  ]);
  expect(bodyOf((await node.send(envelope("<Ping/>"), {}, "/soap")).text)).toBe("<PingResponse><result>1.5</result></PingResponse>");
  expect(node.received[0]?.body).toEqual({});
  await node.running[0]?.close();
  expect((await node.send(envelope("<Ping/>"), {}, "/soap")).text).toContain("no operation of this service takes {urn:shop}Ping");
});

test.each<[string, TestedOperation[], string]>([
  [
    "another name of the same service",
    [place(), place({ options: { operation: "Other", serviceName: "Market" } })],
    "has the serviceName Market, and Shop of route test",
  ],
  ["an operation twice", [place(), place()], "the operation PlaceOrder at /soap is taken by route test"],
  [
    "a document at the same path",
    [place(), { options: { service: "orders.wsdl", operation: "Cancel", path: "/soap", unrouted: "ignore" } }],
    "is taken by the service Shop",
  ],
  ["a name that XML has not", [place({ options: { operation: "Place order" } })], '"Place order" is no name of XML'],
  [
    "a namespace that is no URI",
    [place({ options: { operation: "A", namespace: "my shop" } })],
    "namespace: expected a URI such as urn:shop:orders, found my shop",
  ],
  [
    "unrouted operations of no document",
    [place({ options: { operation: "A", unrouted: "ignore" } })],
    "unrouted says nothing without a document",
  ],
  [
    "a namespace of a document",
    [{ options: { service: "orders.wsdl", operation: "Cancel", namespace: "urn:x" } }],
    "namespace says nothing beside a document",
  ],
  [
    "the name of another's reply",
    [place({ options: { operation: "Place" } }), place({ options: { operation: "PlaceResponse" } })],
    "the operation PlaceResponse at /soap and Place would have messages of one name",
  ],
])("%s is refused at start", async (_title, operations, message) => {
  await expect(openSoap(operations)).rejects.toThrow(message);
});

test("what a route answers is read again as it was, whatever its contract", async () => {
  const schema = {
    type: "object",
    properties: {
      value: ORDER,
      one: {
        oneOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { type: "object", properties: { b: { type: "integer" } }, required: ["b"] },
        ],
      },
    },
  };
  const seen: unknown[] = [];
  await using node = await openSoap([
    { options: { operation: "Echo", namespace: "urn:shop" }, input: schema, output: schema, answer: ({ body }) => (seen.push(body), next) },
  ]);
  let next: unknown = {};
  const text = fc.string({ unit: fc.constantFrom("a", "ß", " ", "<", "&", "\n", "😀") });
  const order = fc.record(
    {
      id: fc.constant("A1"),
      lines: fc.array(fc.record({ sku: text, tags: fc.array(text) }), { maxLength: 3 }),
      note: fc.option(text),
      weights: fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true }), { maxKeys: 3, noNullPrototype: true }),
      code: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom("x", "y z")),
      extra: fc.jsonValue(),
      grid: fc.array(fc.array(fc.integer(), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["id", "lines"], noNullPrototype: true },
  );
  const one = fc.oneof(fc.record({ a: text }, { noNullPrototype: true }), fc.record({ b: fc.integer() }, { noNullPrototype: true }));
  await fc.assert(
    fc.asyncProperty(fc.record({ value: order, one }, { noNullPrototype: true }), async (body) => {
      next = body;
      const first = bodyOf((await node.send(envelope("<Echo/>"), {}, "/soap")).text) ?? "";
      const again = first.replaceAll("EchoResponse", "Echo");
      await node.send(envelope(again.replace("<Echo>", `<Echo ${NIL}>`)), {}, "/soap");
      expect(seen.at(-1)).toEqual(JSON.parse(JSON.stringify(body)));
    }),
    { numRuns: 60 },
  );
});

test("soap.operation without a document is a source", () => {
  expectTypeOf(soap.operation<{ id: string }>("PlaceOrder")).toEqualTypeOf<SourceRef<{ id: string }>>();
  expect(soap.operation("PlaceOrder", { path: "/shop", serviceName: "Shop" })).toMatchObject({
    soap: { operation: "PlaceOrder", path: "/shop", serviceName: "Shop" },
  });
  // @ts-expect-error an option of documents
  soap.operation("PlaceOrder", { unrouted: "ignore" });
});
