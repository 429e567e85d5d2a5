import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFormat, csvFormat, tsvFormat } from "../index.ts";

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
    ['a\n"x\ny"\n1,2\n', "CSV is not valid at line 4: expected 1 fields, found 2"],
    ['a,b\n"x"y,1\n', "CSV is not valid at line 2, field 1: expected a delimiter or a line end after a closing quote"],
  ])("%j is refused with its place, as a whole and as a stream", async (text, message) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
    await expect(Array.fromAsync(stream(chunks(text)))).rejects.toThrow(message);
  });

  test("a quote within a field without quotes is a character; the last line needs no end; all line ends are read", () => {
    expect(decode('a,b\n37°36\'37.8"N,x"y"\n')).toEqual([{ a: `37°36'37.8"N`, b: 'x"y"' }]);
    expect(decode("a,b\r1,\r\n2,")).toEqual([
      { a: "1", b: "" },
      { a: "2", b: "" },
    ]);
  });

  test("the delimiter is found: what the first line has most of outside its quotes, or what Excel's own first line says", () => {
    expect(decode('"a;b;c",d\n1;2,3\n', { delimiter: "auto" })).toEqual([{ "a;b;c": "1;2", d: "3" }]);
    expect(decode("a\tb\n1\t2", { delimiter: "auto" })).toEqual([{ a: "1", b: "2" }]);
    expect(decode("\n\na|b,c|d\n1|2|3", { delimiter: "auto" })).toEqual([{ a: "1", "b,c": "2", d: "3" }]);
    expect(decode("sep=;\r\na,b;c\r\n1;2", { delimiter: "auto" })).toEqual([{ "a,b": "1", c: "2" }]);
    expect(encode([{ a: 1, b: 2 }], { delimiter: "auto" })).toBe("a,b\r\n1,2\r\n");
  });

  test("comments and a title are skipped, blanks around fields only if asked", () => {
    expect(decode("Orders\n\n# x,y\na,b\n1,# 2\n#3,4\n", { comment: "#", skipLines: 1 })).toEqual([{ a: "1", b: "# 2" }]);
    expect(decode('a , b\n 1 , " 2 " \n   \n', { trim: true })).toEqual([{ a: "1", b: " 2 " }]);
    expect(decode("a , b\n1, 2")).toEqual([{ "a ": "1", " b": " 2" }]);
  });

  test("another escape takes any character as it is, in quotes and outside", () => {
    const options = { escape: "\\" };
    expect(decode('a,b\n"x\\"y","\\\\"\nx\\,y,"z""z"\n', options)).toEqual([
      { a: 'x"y', b: "\\" },
      { a: "x,y", b: 'z"z' },
    ]);
    expect(encode([{ a: "x,\n" }], { ...options, quote: "", newline: "lf" })).toBe("a\nx\\,\\\n\n");
  });

  test("ragged records are refused, filled or cut", () => {
    const text = "a,b\n1\n1,2,3\n";
    expect(() => decode(text)).toThrow("line 2: expected 2 fields, found 1");
    expect(() => decode(text, { ragged: "fill" })).toThrow("line 3: expected 2 fields, found 3");
    expect(decode(text, { ragged: "any" })).toEqual([
      { a: "1", b: "" },
      { a: "1", b: "2" },
    ]);
  });

  test("typed fields are numbers and booleans, in German, too", () => {
    const options = { types: { n: "number", b: "boolean" }, decimal: ",", grouping: ".", delimiter: ";", newline: "lf" };
    const text = "n;b;t\n1.234,5;true;1,5\n-2;0;\n;;x\n";
    const rows = [
      { n: 1234.5, b: true, t: "1,5" },
      { n: -2, b: false, t: "" },
      { n: null, b: null, t: "x" },
    ];
    expect(decode(text, options)).toEqual(rows);
    expect(encode(rows, options)).toBe("n;b;t\n1234,5;true;1,5\n-2;false;\n;;x\n");
  });

  test.each([
    ["n\n1,5\n", {}, "line 2: expected 1 fields, found 2"],
    ["n\n1x\n", {}, 'line 2, field 1: expected n to be a number, found "1x"'],
    ["n\n1.5\n", { decimal: "," }, 'expected n to be a number, found "1.5"'],
    ["n\n12345678901234567890\n", {}, "expected n to be a number"],
    ["n\nNaN\n", {}, "expected n to be a number"],
    ["m\n1\n", {}, 'CSV has no field "n", of which the option types gives the type: expected one of m'],
  ])("%j is no table of numbers", (text, options, message) => {
    expect(() => decode(text, { types: { n: "number" }, ...options })).toThrow(message);
  });

  test("tab-separated values, UTF-16 as Excel writes it, and code pages", () => {
    const tsv = createFormat(tsvFormat);
    expect(tsv.decode(Buffer.from("a\tb\n1,2\t3\n"))).toEqual([{ a: "1,2", b: "3" }]);
    expect(Buffer.from(tsv.encode([{ a: "x\ty", b: 1 }])).toString()).toBe('a\tb\r\n"x\ty"\t1\r\n');
    const excel = createFormat(tsvFormat, { charset: "utf-16le", bom: true });
    expect(excel.decode(excel.encode([{ ä: "€" }]))).toEqual([{ ä: "€" }]);
    expect(createFormat(csvFormat, { charset: "windows-1252" }).decode(Buffer.from([0x61, 0x0a, 0x80]))).toEqual([{ a: "€" }]);
  });

  const dialects = fc.record({
    delimiter: fc.constantFrom(",", ";", "||", "\t"),
    quote: fc.constantFrom('"', "'"),
    newline: fc.constantFrom("crlf", "lf", "cr"),
    quoteAll: fc.boolean(),
    escape: fc.constantFrom(undefined, "\\", "^"),
    comment: fc.constantFrom(undefined, "#", "//"),
    header: fc.constant(false),
  });
  const nasty = fc.array(fc.constantFrom("a", '"', "'", ",", ";", "|", "||", "\t", "\r", "\n", "\\", "^", "#", "/", " ", "😀"), {
    maxLength: 5,
  });
  const table = fc.integer({ min: 1, max: 3 }).chain((width) => {
    const field = nasty.map((pieces) => pieces.join(""));
    return fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 });
  });

  test("in every dialect what is written reads back the same, wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(dialects, table, async (options, rows) => {
        const text = encode(rows, options);
        expect(decode(text, options)).toEqual(rows);
        expect(await Array.fromAsync(stream(chunks(text, 1), options))).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  test("whatever comes reads the same as a whole and in pieces, or is refused in the same words", async () => {
    const anyOptions = fc.record({
      delimiter: fc.constantFrom(",", "auto", "||"),
      trim: fc.boolean(),
      ragged: fc.constantFrom("refuse", "any"),
      escape: fc.constantFrom(undefined, "\\"),
      comment: fc.constantFrom(undefined, "##"),
      skipLines: fc.integer({ min: 0, max: 2 }),
      header: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.array(nasty, { maxLength: 6 }), async (options, pieces) => {
        const text = pieces.flat().join("");
        const whole = await outcome(async () => decode(text, options));
        expect(await outcome(() => Array.fromAsync(stream(chunks(text, 1), options)))).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
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

async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (thrown) {
    return String(thrown);
  }
}

async function* chunks(text: string, size = 4): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
