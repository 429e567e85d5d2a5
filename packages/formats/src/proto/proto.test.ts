import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createFormats } from "../formats.ts";
import { createContracts } from "../json-schema/contracts.ts";

const ORDER = `
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Order {
  int64 id = 1;
  string customer_name = 2;
  Status status = 3;
  repeated Line lines = 4;
  map<string, double> prices = 5;
  google.protobuf.Timestamp at = 6;
  Order parent = 7;
  bytes raw = 8;
  oneof way { bool pickup = 9; int32 truck = 10; }
  enum Status { UNKNOWN = 0; OPEN = 1; }
}
message Line { string sku = 1; uint32 quantity = 2; }
`;
const formats = createFormats();
const proto = formats.format("proto");
const decode = (text: string): unknown => proto?.decode(Buffer.from(text));
const encode = (schema: unknown): string => Buffer.from(proto?.encode(schema) ?? []).toString();

test("a message is read as the JSON Schema of its JSON", () => {
  expect(decode(ORDER)).toMatchObject({
    title: "shop.Order",
    properties: {
      id: { type: ["string", "integer"] },
      customerName: { type: "string" },
      status: { title: "shop.Order.Status", enum: ["UNKNOWN", "OPEN"] },
      lines: { type: "array", items: { $ref: "#/$defs/shop.Line" } },
      prices: { type: "object", additionalProperties: { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] } },
      at: { type: "string", format: "date-time" },
      parent: { $ref: "#" },
      raw: { type: "string", contentEncoding: "base64" },
      pickup: { type: "boolean" },
      truck: { type: "integer", format: "int32" },
    },
    required: [],
    $defs: { "shop.Line": { properties: { sku: { type: "string" }, quantity: { type: "integer", minimum: 0 } } } },
  });
});

test("what the format protobuf reads keeps the contract of its .proto file", async () => {
  await using folder = await createTemporaryFolder();
  await folder.append("order.proto", ORDER);
  const contracts = createContracts({ directory: folder.root });
  const { check } = contracts.compile({ path: "./order.proto#shop.Order" });
  const order = {
    id: "12345678901234567",
    customerName: "Ann",
    status: "OPEN",
    lines: [{ sku: "a", quantity: 2 }],
    prices: { a: 1.5 },
    at: "2026-11-24T10:00:00Z",
    parent: { id: "1" },
    raw: "AP8=",
    truck: 7,
  };
  const format = createFormats([], { directory: folder.root }).format("protobuf", { schema: "order.proto", message: "shop.Order" });
  expect(await check(format?.decode(format.encode(order)))).toEqual({ body: order });
  expect(await check({ ...order, status: "LOST", lines: [{ quantity: -1 }], extra: 1 })).toMatchObject({
    issues: expect.arrayContaining([expect.objectContaining({ path: "status" }), expect.objectContaining({ path: "lines.0.quantity" })]),
  });
  expect(() => contracts.compile({ path: "./order.proto#shop.Absent" })).toThrow(
    "the Protobuf schema has no message shop.Absent: expected one of shop.Order",
  );
  expect(() => contracts.compile({ path: "./absent.proto" })).toThrow("contract ./absent.proto cannot be used");
});

test("a JSON Schema is written as proto3 that carries its data", async () => {
  const schema = {
    title: "shop.Order",
    type: "object",
    properties: {
      id: { type: "integer" },
      status: { enum: ["open", "closed"] },
      note: { type: ["string", "null"] },
      lines: { type: "array", items: { $ref: "#/$defs/Line" } },
      customer: { type: "object", properties: { full_name: { type: "string" } }, required: ["full_name"] },
      labels: { type: "object", additionalProperties: { type: "string" } },
      at: { type: "string", format: "date-time" },
      late: { type: "boolean", "x-field-number": 3 },
    },
    required: ["id", "status"],
    $defs: { Line: { type: "object", properties: { sku: { type: "string" }, parts: { type: "array", items: { $ref: "#/$defs/Line" } } } } },
  };
  const text = encode(schema);
  expect(text).toContain("  optional string note = 4;\n");
  expect(text).toContain("  optional bool late = 3;\n");
  await using folder = await createTemporaryFolder();
  await folder.append("order.proto", text);
  const format = createFormats([], { directory: folder.root }).format("protobuf", { schema: "order.proto", message: "shop.Order" });
  const order = {
    id: "7",
    status: "closed",
    lines: [{ sku: "a", parts: [{ sku: "b" }] }],
    customer: { full_name: "Ann" },
    labels: { a: "b" },
    at: "2026-11-24T10:00:00Z",
    late: false,
  };
  expect(format?.decode(format.encode(order))).toEqual(order);
});

test.each([
  [true, "anything goes here"],
  [{ type: "object" }, "a message needs properties"],
  [{ properties: { a: { type: "array", items: { type: "array", items: { type: "string" } } } } }, "at a: a list of lists"],
  [{ properties: { a: { type: "object" } } }, "at a: a map with fields of any name and type"],
  [{ properties: { "a-b": { type: "string" } } }, '"a-b" can be no name of a field'],
  [{ properties: { a: { anyOf: [{ type: "string" }, { type: "number" }] } } }, "one of several types"],
  [{ properties: { a: { enum: [1] } } }, "values that are no texts"],
  [{ properties: { a: { $ref: "#/$defs/x" } } }, "leads nowhere"],
  [{ properties: { a: {} } }, "no single type is given here"],
])("a JSON Schema that Protobuf cannot say is refused with its path: %j", (schema, message) => {
  expect(() => encode(schema)).toThrow(message);
});

test("what is no schema is refused", () => {
  expect(() => decode("message {")).toThrow("the Protobuf schema cannot be read");
  expect(() => decode('syntax = "proto3";')).toThrow("has no message");
  expect(() => decode('syntax = "proto3"; message A { E e = 1; } enum E { X = 0; Y = 4294967296; }')).toThrow(
    "expected a whole number of 32 bits",
  );
  expect(() => decode('syntax = "proto3"; message A { string b = 536870912; }')).toThrow(
    "the field A.b has the number 536870912: expected 1 to 536870911",
  );
});
