import { describe, expect, test } from "vitest";
import { createFormats } from "../index.ts";

describe("zip", () => {
  const formats = createFormats();
  const format = (options: Readonly<Record<string, unknown>> = {}) => {
    const found = formats.format("zip", options);
    if (found === undefined) throw new Error("there is no ZIP");
    return found;
  };
  const file = (name: string, content: string | Uint8Array) => ({
    name,
    content: typeof content === "string" ? Buffer.from(content) : content,
  });
  const archive = (...files: readonly object[]) => Buffer.from(format().encode(files));

  test("files have names, times and contents in the format of the option", () => {
    const csv = format({ format: { csv: { newline: "lf" } } });
    const files = [
      { name: "a.csv", modified: "2026-11-24T13:45:58", content: [{ a: "1" }] },
      { name: "ö/b.csv", modified: "1980-01-01T00:00:00", content: [{ b: "2".repeat(1000) }] },
    ];
    const bytes = csv.encode(files.map(({ modified, ...one }, index) => (index === 0 ? { ...one, modified } : one)));
    expect(bytes.length).toBeLessThan(500);
    expect(csv.decode(bytes)).toEqual(files);
    expect(csv.decode(csv.encode([]))).toEqual([]);
  });

  test("an archive of another program is read: with a comment, extra fields, a folder, and sizes behind the content", () => {
    const other =
      "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAACAAAAZC9QSwMEFAAIAAgAAAAhAAAAAAAAAAAAAAAAAAUAAABkL2EudMtIzcnJBwBQSwcIhqYQNgcAAAAFAAAAUEsBAgoACgAAAAAAAAAhAAAAAAAAAAAAAAAAAAIABAAAAAAAAAAAAAAAAAAAAGQveHgAAFBLAQIUABQACAAIAAAAIQCGphA2BwAAAAUAAAAFAAAAAAAAAAAAAAAAACAAAABkL2EudFBLBQYAAAAAAgACAGcAAABaAAAAAgBoaQ==";
    expect(format().decode(Buffer.from(other, "base64"))).toEqual([
      { name: "d/a.t", modified: "1980-01-01T00:00:00", content: new Uint8Array(Buffer.from("hello")) },
    ]);
  });

  const zeros = Buffer.alloc(20_000_000);
  const refused = (bytes: Uint8Array, message: string, options = {}) =>
    expect(() => format(options).decode(bytes)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );

  test("what expands too far is refused: a file, all files together, too many files", () => {
    refused(archive(file("a", zeros)), 'the file "a" expands too far: expected at most 200 times its size');
    refused(archive(file("a", zeros.subarray(0, 900_000)), file("b", zeros.subarray(0, 900_000))), 'the file "b" expands too far', {
      maxBytes: 1000_000,
    });
    refused(archive(file("a", ""), file("b", "")), "expected at most 1 files, found 2", { maxEntries: 1 });
  });

  test("files that share bytes, and those that lead out of their folder, are refused", () => {
    const two = archive(file("a", "hello"), file("b", "hello"));
    // The second entry of the directory, at its place of the content.
    two.writeUInt32LE(0, two.lastIndexOf("PK\u0001\u0002") + 42);
    refused(two, 'the file "b" overlaps another');
    for (const name of ["../a", "/a", "a/../../b", "C:a", "a\\b", ""])
      expect(() => archive(file(name, ""))).toThrow("has a name of its own");
    const evil = archive(file("xx/a", "1"));
    evil.write("..", evil.indexOf("xx/a"));
    evil.write("..", evil.lastIndexOf("xx/a"));
    refused(evil, 'expected the name of a file within the archive, found "../a"');
  });

  test.each([
    ["what is no ZIP", (bytes: Buffer) => bytes.fill(0), "expected the end of a directory, found none"],
    ["what is cut off", (bytes: Buffer) => bytes.subarray(0, -1), "expected the end of a directory"],
    ["another content", (bytes: Buffer) => (bytes.write("j", bytes.indexOf("hello")), bytes), "is damaged"],
    ["an encrypted file", (bytes: Buffer) => (bytes.writeUInt16LE(1, bytes.lastIndexOf("PK\u0001\u0002") + 8), bytes), "is encrypted"],
    ["another method", (bytes: Buffer) => (bytes.writeUInt16LE(12, bytes.lastIndexOf("PK\u0001\u0002") + 10), bytes), "by method 12"],
    [
      "a place beyond the end",
      (bytes: Buffer) => (bytes.writeUInt32LE(9999, bytes.lastIndexOf("PK\u0001\u0002") + 42), bytes),
      "is not at byte 9999",
    ],
    [
      "a directory that is not there",
      (bytes: Buffer) => (bytes.writeUInt32LE(1, bytes.length - 6), bytes),
      "expected entry 1 of the directory",
    ],
  ])("%s is refused", (_title, change, message) => {
    refused(change(archive(file("a", "hello"))), message);
  });

  test.each([[{}], [[1]], [[{ content: "" }]], [[file("a", ""), file("a", "")]], [[{ ...file("a", ""), modified: "1970-01-01" }]]])(
    "%j is not written",
    (value) => {
      expect(() => format().encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
    },
  );
});
