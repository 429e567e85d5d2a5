import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createFormats } from "../formats.ts";
import { createContracts } from "../json-schema/contracts.ts";

const formats = createFormats();
const format = formats.format("avro-schema");
const decode = (schema: unknown): unknown => format?.decode(Buffer.from(JSON.stringify(schema)));
const encode = (schema: unknown): unknown => JSON.parse(Buffer.from(format?.encode(schema) ?? []).toString());

const ORDER = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "long" },
    { name: "count", type: "int" },
    { name: "total", type: "double" },
    { name: "status", type: { type: "enum", name: "shop.Status", symbols: ["OPEN", "CLOSED"] } },
    { name: "note", type: ["null", "string"], default: null },
    { name: "lines", type: { type: "array", items: { type: "record", name: "shop.Line", fields: [{ name: "sku", type: "string" }] } } },
    { name: "labels", type: { type: "map", values: "string" } },
    { name: "parent", type: ["null", "shop.Order"], default: null },
  ],
};
const ORDER_JSON = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "shop.Order",
  type: "object",
  properties: {
    id: { type: "integer", format: "int64" },
    count: { type: "integer", format: "int32", minimum: -2_147_483_648, maximum: 2_147_483_647 },
    total: { type: "number", format: "double" },
    status: { title: "shop.Status", type: "string", enum: ["OPEN", "CLOSED"] },
    note: { anyOf: [{ type: "null" }, { type: "string" }] },
    lines: { type: "array", items: { $ref: "#/$defs/shop.Line" } },
    labels: { type: "object", additionalProperties: { type: "string" } },
    parent: { anyOf: [{ type: "null" }, { $ref: "#" }] },
  },
  required: ["id", "count", "total", "status", "lines", "labels"],
  additionalProperties: false,
  $defs: {
    "shop.Line": {
      title: "shop.Line",
      type: "object",
      properties: { sku: { type: "string" } },
      required: ["sku"],
      additionalProperties: false,
    },
  },
};

test("an Avro schema is read as the JSON Schema of its data, and written of it again", () => {
  expect(decode(ORDER)).toEqual(ORDER_JSON);
  expect(decode(encode(ORDER_JSON))).toEqual(ORDER_JSON);
});

test("what the written schema describes is data that the JSON Schema accepts", () => {
  const schema = encode({
    type: "object",
    title: "Pair",
    properties: { a: { type: "string", maxLength: 3 }, b: { type: ["integer", "null"] } },
    required: ["a"],
  });
  expect(schema).toEqual({
    type: "record",
    name: "Pair",
    fields: [
      { name: "a", doc: "maxLength 3", type: "string" },
      { name: "b", type: ["null", "long"], default: null },
    ],
  });
  const avro = formats.format("avro", { schema });
  expect(avro?.decode(avro.encode([{ a: "x", b: 1 }, { a: "y" }]))).toEqual([
    { a: "x", b: 1 },
    { a: "y", b: null },
  ]);
});

test.each([
  [true, "anything goes here"],
  [{ type: "object" }, "a map with fields of any name and type"],
  [{ type: "object", properties: { a: true } }, "at a: anything goes here"],
  [{ type: "object", properties: { "a-b": { type: "string" } } }, '"a-b" can be no name of a field'],
  [{ type: "object", properties: { a: { type: "string" } }, additionalProperties: { type: "string" } }, "no fields beside those it names"],
  [{ enum: [1, 2] }, "values that are no texts"],
  [
    {
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "array", items: { type: "number" } },
      ],
    },
    "cannot tell apart",
  ],
  [{ not: { type: "string" } }, "not says what Avro cannot say"],
  [{ $ref: "#/$defs/absent" }, "leads nowhere"],
  [{ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, "leads to itself"],
  [{ type: "integr" }, '"integr" is no type of JSON'],
])("a JSON Schema that Avro cannot say is refused with its path: %j", (schema, message) => {
  expect(() => encode(schema)).toThrow(message);
});

test.each([
  ["{", "JSON"],
  ['{"type":"record"}', "expected the name of a type"],
  ['"shop.Absent"', "a type that is defined before"],
])("a schema that is none is refused: %s", (text, message) => {
  expect(() => format?.decode(Buffer.from(text))).toThrow(message);
});

test("an Avro schema is a contract of the data that are read by it", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("order.avsc", ORDER);
  await folder.put("broken.avsc", { type: "record" });
  const contracts = createContracts({ directory: folder.root });
  const { check, jsonSchema } = contracts.compile({ path: "./order.avsc" });
  expect(jsonSchema).toEqual(ORDER_JSON);
  const order = { id: 1, count: 2, total: 0.5, status: "OPEN", note: null, lines: [{ sku: "a" }], labels: {}, parent: null };
  expect(check(order)).toEqual({ body: order });
  expect(check({ ...order, status: "open", lines: [{}] })).toEqual({
    issues: [expect.objectContaining({ path: "status" }), expect.objectContaining({ path: "lines.0.sku" })],
  });
  expect(() => contracts.compile({ path: "./broken.avsc" })).toThrow("contract ./broken.avsc cannot be used: expected a valid Avro schema");
});
