import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createFormats } from "../index.ts";

describe("gzip", () => {
  const formats = createFormats();
  const format = (options: Readonly<Record<string, unknown>>) => {
    const found = formats.format("gzip", options);
    if (found === undefined) throw new Error("there is no gzip");
    return found;
  };
  const csv = format({ format: { csv: { delimiter: ";", columns: ["a", "b"], newline: "lf" } } });

  test("another format stands within, and a file's name says which", () => {
    const packed = gzipSync("a;b\n1;2\n");
    expect(csv.decode(packed)).toEqual([{ a: "1", b: "2" }]);
    expect(csv.decode(csv.encode([{ a: 1, b: 2 }]))).toEqual([{ a: "1", b: "2" }]);
    expect(format({ format: "ndjson" }).decode(gzipSync("1\n2\n"))).toEqual([1, 2]);
    expect(formats.formatOfFile("orders.csv.gz")?.decode(gzipSync("a,b\n1,2\n"))).toEqual([{ a: "1", b: "2" }]);
    expect(formats.formatOfFile("orders.gz")?.decode(gzipSync("x"))).toEqual(new Uint8Array(Buffer.from("x")));
  });

  test("records are read as they expand, and written as members that are read as one", async () => {
    const members = [csv.encodeRecord?.({ a: 1, b: 2 }, true), csv.encodeRecord?.({ a: 3, b: 4 }, false)].map(
      (bytes) => bytes ?? new Uint8Array(),
    );
    const records = [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ];
    expect(csv.decode(Buffer.concat(members))).toEqual(records);
    expect(await Array.fromAsync(csv.decodeStream?.(bytewise(Buffer.concat(members))) ?? [])).toEqual(records);
  });

  test("a format without records has none within gzip; an unknown one is refused", () => {
    expect(format({ format: "json" }).decodeStream).toBeUndefined();
    expect(() => format({ format: "cvs" })).toThrow('unknown key "cvs"');
    expect(() => format({ format: { csv: { delimitr: "," } } })).toThrow('format.csv.delimitr unknown key "delimitr"');
  });

  const bomb = gzipSync(Buffer.alloc(20_000_000));
  test("what expands too far is refused, also while it does", async () => {
    expect(() => format({}).decode(bomb)).toThrow("gzip expands too far: expected at most 200 times its size");
    expect(() => format({ maxRatio: 10_000, maxBytes: 1000_000 }).decode(bomb)).toThrow("expected at most 1000000 bytes");
    expect(format({ maxRatio: 10_000 }).decode(bomb)).toHaveLength(20_000_000);
    await expect(Array.fromAsync(format({ format: "text" }).decodeStream?.(bytewise(bomb)) ?? [])).rejects.toThrow(
      "expected at most 200 times its size",
    );
  });

  test.each([
    ["what is no gzip", Buffer.from("a;b\n")],
    ["what is cut off", gzipSync("a;b\n1;2\n").subarray(0, -5)],
    ["a wrong checksum", Buffer.concat([gzipSync("a;b\n1;2\n").subarray(0, -8), Buffer.alloc(8)])],
  ])("%s is refused as a whole and as a stream", async (_title, bytes) => {
    const refused = expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining("gzip is not valid") });
    expect(() => csv.decode(bytes)).toThrow(refused);
    await expect(Array.fromAsync(csv.decodeStream?.(bytewise(bytes)) ?? [])).rejects.toThrow(refused);
  });

  test("a source that fails is told from gzip that does; whoever stops reading closes it", async () => {
    const failing = (async function* () {
      yield gzipSync("a;b\n1;2\n").subarray(0, 12);
      throw new Error("the disk is gone");
    })();
    await expect(Array.fromAsync(csv.decodeStream?.(failing) ?? [])).rejects.toThrow("the disk is gone");
    let isClosed = false;
    const endless = (async function* () {
      try {
        for (;;) yield gzipSync("a;b\n1;2\n");
      } finally {
        isClosed = true;
      }
    })();
    for await (const record of csv.decodeStream?.(endless) ?? []) {
      expect(record).toEqual({ a: "1", b: "2" });
      break;
    }
    await expect.poll(() => isClosed).toBe(true);
  });
});

async function* bytewise(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
