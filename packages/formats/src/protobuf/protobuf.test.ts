import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Root, type Type } from "protobufjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFormats } from "../index.ts";
import { compileProtoFile } from "./proto-files.ts";

const order = `// edition = not here
syntax = "proto3";
package shop;
import "common/money.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
enum Status { option allow_alias = true; UNKNOWN = 0; OPEN = 1; OPENED = 1; }
message Order {
  string id = 1;
  repeated Line lines = 2;
  Status status = 3;
  google.protobuf.Timestamp placed_at = 4;
  map<string, common.Money> prices = 5;
  bytes raw = 6;
  oneof pay { string card = 7; common.Money cash = 8; }
  optional int32 count = 9;
  repeated sint64 numbers = 10;
  repeated int32 loose = 11 [packed = false];
  google.protobuf.Value any = 12;
  message Line { string sku = 1; uint32 quantity = 2; Order of = 3; Kind kind = 4; enum Kind { NONE = 0; GIFT = 1; } }
}`;
const money = 'syntax = "proto3"; package shop.common; message Money { string currency = 1; int64 units = 2; double rate = 3; }';
const old = 'syntax = "proto2"; package old; message Old { required string a = 1; optional bool b = 2; repeated int32 c = 3; }';
const value = {
  id: "1",
  lines: [{ sku: "a", quantity: 2, of: { id: "2" }, kind: "GIFT" }],
  status: "OPEN",
  placedAt: "2026-01-31T12:00:00.500Z",
  prices: { eur: { currency: "EUR", units: "9007199254740993", rate: 1.5 } },
  raw: "AP8=",
  cash: { currency: "EUR", units: "-1" },
  count: 0,
  numbers: ["-1", "9223372036854775807"],
  loose: [1, 2],
  any: { a: [1, null, "x"] },
};

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "portolan-protobuf-"));
  mkdirSync(join(directory, "common"));
  for (const [name, text] of Object.entries({
    "order.proto": order,
    "common/money.proto": money,
    "old.proto": old,
    "bad.proto": "message {",
    "lost.proto": 'syntax = "proto3"; import "nowhere.proto";',
  })) {
    writeFileSync(join(directory, name), text);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

function format(options: Readonly<Record<string, unknown>> = {}) {
  const found = createFormats([], { directory }).format("protobuf", { schema: "order.proto", message: "shop.Order", ...options });
  if (found === undefined) throw new Error("there is no Protobuf");
  return found;
}

describe("protobuf", () => {
  test("a message is the JSON that Protobuf defines, and reads back the same", () => {
    expect(format().decode(format().encode(value))).toEqual(value);
    expect(format().decode(new Uint8Array())).toEqual({});
    expect(format().decode(format().encode({ status: "OPENED", placed_at: "2026-01-31T12:00:00Z" }))).toEqual({
      status: "OPEN",
      placedAt: "2026-01-31T12:00:00Z",
    });
    expect(
      format({ protoNames: true, defaults: true }).decode(format().encode({ card: "x", placedAt: "2026-01-31T12:00:00Z" })),
    ).toMatchObject({
      id: "",
      lines: [],
      placed_at: "2026-01-31T12:00:00Z",
      status: "UNKNOWN",
      card: "x",
    });
  });

  test("another library reads the bytes", () => {
    const root = new Root();
    root.resolvePath = (_origin, name) => (name.startsWith("google/") ? name : join(directory, name));
    const theirs: Type = root.loadSync("order.proto").lookupType("shop.Order");
    expect(theirs.toObject(theirs.decode(format().encode({ id: "ä", lines: [{ sku: "a", quantity: 2 }], loose: [1, 2] })))).toEqual({
      id: "ä",
      lines: [{ sku: "a", quantity: 2 }],
      loose: [1, 2],
    });
    expect(format().decode(theirs.encode(theirs.fromObject({ count: 0, numbers: [-1], prices: { a: { units: 5 } } })).finish())).toEqual({
      count: 0,
      numbers: ["-1"],
      prices: { a: { units: "5" } },
    });
  });

  test("proto2, nested messages and sets of descriptors", () => {
    const proto2 = format({ schema: "old.proto", message: "old.Old" });
    expect(proto2.decode(proto2.encode({ a: "", b: false, c: [1] }))).toEqual({ a: "", b: false, c: [1] });
    expect(() => proto2.encode({ b: true })).toThrow("Protobuf is not valid");
    writeFileSync(
      join(directory, "order.binpb"),
      toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...compileProtoFile("order.proto", directory)] })),
    );
    const line = format({ schema: "order.binpb", message: "shop.Order.Line" });
    expect(line.decode(line.encode({ sku: "a", kind: "GIFT" }))).toEqual({ sku: "a", kind: "GIFT" });
  });

  test("messages one behind the other are records", async () => {
    const stream = format({ delimited: true, maxRecordBytes: 1000 });
    const records = [{ id: "x".repeat(300) }, {}, { id: "2" }];
    const bytes = stream.encode(records);
    expect(stream.decode(bytes)).toEqual(records);
    expect(Buffer.concat(records.map((record) => stream.encodeRecord?.(record, false) ?? new Uint8Array()))).toEqual(bytes);
    const bytewise = async function* (some: Uint8Array) {
      for (const byte of some) yield Uint8Array.of(byte);
    };
    expect(await Array.fromAsync(stream.decodeStream?.(bytewise(bytes)) ?? [])).toEqual(records);
    const cut = bytes.subarray(0, -1);
    expect(() => stream.decode(cut)).toThrow("expected a whole message, found the end behind 3 bytes of one");
    await expect(Array.fromAsync(stream.decodeStream?.(bytewise(cut)) ?? [])).rejects.toThrow("expected a whole message");
    expect(() => stream.decode(Uint8Array.of(0xff, 0xff, 0x7f))).toThrow("expected a message of at most 1000 bytes, found 2097151");
    expect(() => stream.decode(new Uint8Array(6).fill(255))).toThrow("a number of more than 35 bits");
  });

  test.each([
    [[255], "Protobuf is not valid"],
    [[10, 200, 1], "Protobuf is not valid"],
    [[10, 1, 255], "Protobuf is not valid"],
    [[11], "Protobuf is not valid"],
  ])("the bytes %j are refused", (bytes, message) => {
    expect(() => format().decode(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ nope: 1 }, "nope"],
    [{ status: "LOST" }, "LOST"],
    [{ lines: [{ quantity: -1 }] }, "quantity"],
    [{ numbers: ["x"] }, "numbers"],
    [{ card: "x", cash: {} }, "pay"],
    ["x", "written of a map of fields"],
    [undefined, "written of a map of fields"],
  ])("%j is not written, and named", (given, message) => {
    expect(() => format().encode(given)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ message: "shop.Nope" }, "order.proto has no message shop.Nope: expected one of"],
    [{ schema: "bad.proto" }, "bad.proto is not valid: illegal type name '{' (bad.proto, line 1)"],
    [{ schema: "lost.proto" }, "there is no file nowhere.proto, which lost.proto names"],
    [{ schema: "lost.binpb" }, "the Protobuf schema lost.binpb cannot be read"],
  ])("the options %j are refused", (options, message) => {
    expect(() => format(options)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(message) }),
    );
  });
});
