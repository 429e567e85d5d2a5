import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type, type Schema } from "avsc";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { avroFormat, createFormat, createFormats } from "../index.ts";

const order = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "long" },
    { name: "customer", type: ["null", "string"], default: null },
    { name: "status", type: { type: "enum", name: "Status", symbols: ["OPEN", "CLOSED"] } },
    {
      name: "lines",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Line",
          fields: [
            { name: "sku", type: "string" },
            { name: "quantity", type: "int" },
          ],
        },
      },
    },
    { name: "tags", type: { type: "map", values: "double" } },
    { name: "raw", type: "bytes" },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 2 } },
    { name: "next", type: ["null", "Order"] },
  ],
};
const value = {
  id: -12_345_678_901,
  customer: "Müller",
  status: "CLOSED",
  lines: [
    { sku: "a", quantity: 1 },
    { sku: "b", quantity: -2_147_483_648 },
  ],
  tags: { a: 1.5, ä: -0.25 },
  raw: Uint8Array.of(0, 255),
  hash: Uint8Array.of(1, 2),
  next: null,
};
const format = (options: Readonly<Record<string, unknown>>) => createFormat(avroFormat, options);
/** A text names a file, so a type that is a name stands in a map. */
const asValue = (schema: unknown) => format({ encoding: "value", schema: typeof schema === "string" ? { type: schema } : schema });

test("a value has the bytes that the reference library writes, and is read of them", () => {
  const theirs = Type.forSchema(order as Schema).toBuffer({ ...value, raw: Buffer.from(value.raw), hash: Buffer.from(value.hash) });
  const ours = asValue(order);
  expect(Buffer.from(ours.encode(value)).toString("hex")).toBe(theirs.toString("hex"));
  expect(ours.decode(theirs)).toEqual(value);
  expect(ours.decode(ours.encode({ ...value, customer: undefined, next: value }))).toEqual({ ...value, customer: null, next: value });
});

test("longs of 64 bits are texts where a number would change them", () => {
  const longs = asValue({ type: "array", items: "long" });
  const values = [0, -1, 63, -64, 64, 2 ** 28, 2 ** 29, 2 ** 53 - 1, "9007199254740993", "9223372036854775807", "-9223372036854775808"];
  expect(longs.decode(longs.encode(values))).toEqual(values);
  expect(() => longs.encode(["9223372036854775808"])).toThrow("expected long");
  expect(() => longs.encode([2 ** 60])).toThrow("the body[0]: expected long, found the number");
});

describe("files", () => {
  test.each(["null", "deflate"])("with the codec %s bring their schema, and hold records written one by one", (codec) => {
    const writer = format({ schema: order, codec });
    const file = writer.encode([value, value]);
    expect(format({}).decode(file)).toEqual([value, value]);
    expect(Buffer.from(writer.encode([value, value])).equals(file)).toBe(true);
    const members = [writer.encodeRecord?.(value, true), writer.encodeRecord?.(value, false)].map((bytes) => bytes ?? new Uint8Array());
    expect(format({}).decode(Buffer.concat(members))).toEqual([value, value]);
    expect(format({}).decode(writer.encode([]))).toEqual([]);
  });

  test.each([1, 7, 10_000])("are read block by block, in chunks of %i bytes", async (size) => {
    const writer = format({ schema: order });
    const file = Buffer.concat([writer.encode([value, value]), writer.encodeRecord?.(value, false) ?? new Uint8Array()]);
    const cut = async function* (bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const read = (bytes: Uint8Array) => Array.fromAsync(format({}).decodeStream?.(cut(bytes)) ?? []);
    expect(await read(file)).toEqual([value, value, value]);
    await expect(read(file.subarray(0, -1))).rejects.toThrow("expected 16 more bytes, found 15");
    await expect(read(file.subarray(0, 10))).rejects.toThrow("Avro is not valid");
    await expect(read(Buffer.from("Obj\u0002"))).rejects.toThrow("expected an Avro file");
    file.writeUInt8(1, file.length - 1);
    await expect(read(file)).rejects.toThrow("expected the file's marker behind a block");
  });

  test("a schema is read of a file of the app", () => {
    const directory = mkdtempSync(join(tmpdir(), "portolan-avro-"));
    try {
      writeFileSync(join(directory, "n.avsc"), '"int"');
      const ints = createFormats([], { directory }).format("avro", { schema: "n.avsc" });
      expect(ints?.decode(ints.encode([1, 2]))).toEqual([1, 2]);
      expect(() => createFormats([], { directory }).format("avro", { schema: "m.avsc" })).toThrow("m.avsc cannot be read");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test("a schema registry's number stands before a value", () => {
  const ours = format({ encoding: "registry", schema: { type: "string" }, schemaId: 258 });
  expect([...ours.encode("a")]).toEqual([0, 0, 0, 1, 2, 2, 97]);
  expect(ours.decode(ours.encode("ä"))).toBe("ä");
  expect(() => ours.decode(Uint8Array.of(1, 0, 0, 0, 1, 0))).toThrow("expected a zero byte and the number of a schema");
});

test.each([
  ["a text that is cut off", "string", [10, 97], "at byte 1: expected 5 more bytes, found 1"],
  ["bytes behind the value", "null", [0], "expected the end of the value, found more bytes"],
  ["a negative length", "bytes", [1], "expected a length, found -1"],
  ["a branch that does not exist", ["null", "int"], [6], "expected an index below 2, found 3"],
  ["a boolean that is none", "boolean", [2], "expected a boolean, 0 or 1, found 2"],
  ["an int of more than 32 bits", "int", [255, 255, 255, 255, 31], "expected an int of 32 bits"],
  ["a number of more than 64 bits", "long", Array(11).fill(255), "expected a number of at most 64 bits"],
  ["a text that is no UTF-8", "string", [2, 255], "expected a text in UTF-8"],
  ["a list of endless nothings", { type: "array", items: "null" }, [254, 255, 255, 255, 255, 255, 255, 15], "expected fewer values"],
  [
    "a list in a list",
    { type: "record", name: "R", fields: [{ name: "r", type: { type: "array", items: "R" } }] },
    Array(5000).fill(2),
    "expected fewer levels",
  ],
])("%s is refused", (_title, schema, bytes, message) => {
  expect(() => asValue(schema).decode(Uint8Array.from(bytes))).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
  );
});

test.each([
  [{ ...value, id: "x" }, "Avro cannot write the body.id: expected long, found the text"],
  [{ ...value, lines: [{ sku: "a" }] }, "the body.lines[0].quantity: expected int, found null"],
  [{ ...value, extra: 1 }, "the body.extra: its record has no such field"],
  [{ ...value, customer: 1 }, "the body.customer: expected null or string, found the number 1"],
  [{ ...value, status: "LOST" }, "the body.status: expected enum shop.Status"],
])("what does not fit the schema is named", (given, message) => {
  expect(() => asValue(order).encode(given)).toThrow(message);
});

test.each([
  ["nope"],
  [{ type: "record", name: "R" }],
  [{ type: "enum", name: "a b", symbols: [] }],
  [{ type: "fixed", name: "F", size: -1 }],
  [[1]],
])("%j is no schema", (schema) => {
  expect(() => asValue(schema)).toThrow(expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID" }));
});

test("what is written is what the reference library reads, whatever it is", () => {
  const schema = {
    type: "record",
    name: "Any",
    fields: [
      { name: "a", type: ["null", "boolean", "double", "string", { type: "array", items: "int" }] },
      { name: "b", type: { type: "map", values: ["null", "string"] } },
    ],
  };
  const reference = Type.forSchema(schema as Schema);
  const a = fc.oneof(fc.constant(null), fc.boolean(), fc.double({ noNaN: true }), fc.string(), fc.array(fc.integer()));
  const b = fc.dictionary(fc.string(), fc.oneof(fc.constant(null), fc.string()), { noNullPrototype: true });
  fc.assert(
    fc.property(a, b, (one, two) => {
      const bytes = asValue(schema).encode({ a: one, b: two });
      expect(asValue(schema).decode(bytes)).toEqual({ a: one, b: two });
      if (!("__proto__" in Object.getOwnPropertyDescriptors(two)))
        expect({ ...reference.fromBuffer(Buffer.from(bytes)) }).toEqual({ a: one, b: two });
    }),
  );
});
