import { describe, expect, test } from "vitest";
import { createFormat, csvFormat } from "../index.ts";

describe("csv", () => {
  const decode = (text: string, options = {}) => createFormat(csvFormat, options).decode(Buffer.from(text));
  const stream = (pieces: AsyncIterable<Uint8Array>, options = {}) => createFormat(csvFormat, options).decodeStream?.(pieces) ?? [];
  const encode = (value: unknown, options = {}) => Buffer.from(createFormat(csvFormat, options).encode(value)).toString();

  test("the header gives the names; columns replace it; without both, records are lists", () => {
    expect(decode("id,name\r\n1,x\r\n")).toEqual([{ id: "1", name: "x" }]);
    expect(decode("id,name\n1,x", { columns: ["a", "b"] })).toEqual([{ a: "1", b: "x" }]);
    expect(decode("1,x", { columns: ["a", "b"], header: false })).toEqual([{ a: "1", b: "x" }]);
    expect(decode("1,x\n2,y", { header: false })).toEqual([
      ["1", "x"],
      ["2", "y"],
    ]);
    expect(decode("")).toEqual([]);
    expect(decode("id,name\n")).toEqual([]);
  });

  test("quotes, quoted delimiters, quoted line ends and another quote", () => {
    expect(decode('a,b\n"x, ""y""","1\n2"\n')).toEqual([{ a: 'x, "y"', b: "1\n2" }]);
    expect(decode("a;b\n'x;''';1", { delimiter: ";", quote: "'" })).toEqual([{ a: "x;'", b: "1" }]);
    expect(decode('a\n"x"', { quote: "" })).toEqual([{ a: '"x"' }]);
  });

  test.each([
    ["a,b\n1,2,3\n", "CSV is not valid at line 2: expected 2 fields, found 3"],
    ["a,b\n1,2\n\n3\n", "CSV is not valid at line 4: expected 2 fields, found 1"],
    ["a,a\n1,2\n", 'CSV is not valid at line 1: expected each name once, found "a" twice'],
    ['a,b\n1,"x', "CSV is not valid at line 2, field 2: expected a closing quote, found the end of the text"],
    ['a,b\n1,x"y\n', "CSV is not valid at line 2, field 2: expected a field that begins with its quote"],
    ['a,b\n"x"y,1\n', "CSV is not valid at line 2, field 1: expected a delimiter or a line end after a closing quote"],
  ])("%j is refused with its place, as a whole and as a stream", async (text, message) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
    await expect(Array.fromAsync(stream(chunks(text)))).rejects.toThrow(message);
  });

  test("a record that never ends is refused", async () => {
    const endless = (async function* () {
      for (;;) yield Buffer.from("a,xxxxxxxx");
    })();
    await expect(Array.fromAsync(stream(endless, { maxRecordBytes: 50 }))).rejects.toThrow("longer than maxRecordBytes");
  });

  test("whoever stops reading closes what is read", async () => {
    let isClosed = false;
    const endless = (async function* () {
      try {
        for (;;) yield Buffer.from("a\nb\n");
      } finally {
        isClosed = true;
      }
    })();
    for await (const record of stream(endless)) {
      expect(record).toEqual({ a: "b" });
      break;
    }
    await expect.poll(() => isClosed).toBe(true);
  });

  test("without columns a document has every field that occurs", () => {
    expect(encode([{ a: 1 }, { b: true, a: null }, {}], { newline: "lf" })).toBe("a,b\n1,\n,true\n,\n");
    expect(encode({ a: new Date(0) }, { newline: "lf" })).toBe("a\n1970-01-01T00:00:00.000Z\n");
    expect(encode([{ a: 1 }], { header: false, newline: "lf" })).toBe("1\n");
  });

  test.each([
    ["a field without a column", { columns: ["a"] }, [{ b: 1 }], 'the field "b" has no column'],
    ["a list that is too short", { columns: ["a", "b"] }, [["1"]], "a CSV record has 2 fields (a, b), found a list of 1"],
    ["data within a field", {}, [{ a: [1] }], 'a CSV field is a text, a number or a boolean; field "a" is a list of 1'],
    ["a text", {}, "x", "a CSV record is a map or a list of fields"],
    ["a delimiter without quotes", { quote: "" }, [{ a: "x,y" }], 'the field "x,y" cannot be written without quotes'],
    ["what latin1 does not have", { charset: "latin1" }, [{ a: "€" }], 'the character "€" at line 2, column 1 does not exist in latin1'],
  ])("%s is refused when writing", (...[, options, value, message]) => {
    expect(() => encode(value, options)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test("maps are written record by record only with columns", () => {
    expect(() => createFormat(csvFormat).encodeRecord?.({ a: 1, b: 2 }, true)).toThrow(
      expect.objectContaining({ hint: "name the columns: { csv: { columns: [a, b] } }" }),
    );
  });
});

/** A text in chunks of four bytes. */
async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 4) yield bytes.subarray(at, at + 4);
}
