import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFormat, jsonFormat } from "../index.ts";

describe("json", () => {
  const format = createFormat(jsonFormat);
  const decode = (text: string) => format.decode(Buffer.from(text));

  test("__proto__ is a name like any other, of duplicate names the last wins, a byte order mark is skipped", () => {
    const value = decode('\uFEFF{"__proto__":{"x":1},"a":1,"a":2}') as object;
    expect(Object.getOwnPropertyNames(value)).toEqual(["__proto__", "a"]);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"x":1},"a":2}');
    expect("x" in value).toBe(false);
  });

  test.each([
    ["", "line 1, column 1: expected a value, found the end of the text"],
    ['{"a":1,}', 'line 1, column 8: expected a name in double quotes, found "}"'],
    ['{"a":1 "b":2}', 'line 1, column 8: expected "," or "}", found "\\""'],
    ['{"a" 1}', 'line 1, column 6: expected ":", found "1"'],
    ["{a:1}", 'line 1, column 2: expected a name in double quotes, found "a"'],
    ["[1,\n 2,\n ,]", 'line 3, column 2: expected a value, found ","'],
    ['["ä😀", x]', 'line 1, column 8: expected a value, found "x"'],
    ['"abc', 'line 1, column 5: expected a closing ", found the end of the text'],
    ['"a\nb"', 'line 1, column 3: expected an escape such as \\n for a control character, found "\\n"'],
    ['"\\x"', 'line 1, column 2: expected an escape such as \\n or \\u00e4, found "\\\\"'],
    ["01", 'line 1, column 2: expected the end of the text, found "1"'],
    ["1.", "line 1, column 3: expected a digit, found the end of the text"],
    ["-", "line 1, column 2: expected a digit, found the end of the text"],
    ["1e+", "line 1, column 4: expected a digit, found the end of the text"],
    ["[1] 2", 'line 1, column 5: expected the end of the text, found "2"'],
    ["nul", 'line 1, column 1: expected a value, found "n"'],
    ["NaN", 'line 1, column 1: expected a value, found "N"'],
  ])("%j is refused with its place", (text, message) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", kind: "invalid", message: `JSON is not valid at ${message}` }),
    );
  });

  test("every text that the engine refuses has a place, and no other text is refused", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: fc.constantFrom(...'{}[],:"\\ue0-1.5 \ntrue') }),
          fc.json().map((text) => text.slice(0, -1)),
        ),
        (text) => {
          const [ours, theirs] = [outcome(() => decode(text)), outcome(() => JSON.parse(text))];
          expect(ours).toEqual(
            "value" in theirs ? theirs : { failure: expect.stringMatching(/at line \d+, column \d+: expected (?!JSON,)/) },
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("bytes that are not UTF-8 are refused with their place", () => {
    expect(() => format.decode(Buffer.from([0x22, 0x0a, 0x61, 0xff, 0x22]))).toThrow("text is not valid utf-8 at line 2, column 2");
    expect(() => format.decode(Buffer.from([0x22, 0xc3]))).toThrow("text is not valid utf-8 at line 1, column 2");
  });

  test("limits of size and depth hold, and brackets in texts do not count", () => {
    const strict = createFormat(jsonFormat, { maxDepth: 3, maxBytes: 60 });
    expect(strict.decode(Buffer.from('[[["[[[[{{{{\\"["]]]'))).toEqual([[['[[[[{{{{"[']]]);
    expect(() => strict.decode(Buffer.from("[[],[\n[[1]]]]"))).toThrow(
      "JSON is too deep at line 2, column 2: expected at most 3 levels, found more",
    );
    expect(() => strict.decode(Buffer.from(`"${"x".repeat(59)}"`))).toThrow("JSON is too large: expected at most 60 bytes, found 61");
    expect(() => format.decode(Buffer.from("[".repeat(100_000)))).toThrow("JSON is too deep at line 1, column 257");
  });

  test.each([
    ["nothing", undefined],
    ["a function", () => 1],
    ["a bigint", { a: 1n }],
    ["bytes", new Uint8Array(3)],
    ["a circle", circle()],
  ])("%s cannot be written", (_title, value) => {
    expect(() => format.encode(value)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining("JSON can be written of data") }),
    );
  });
});

describe("json with records", () => {
  const text = '{"count": 3, "data": {"x": [0], "orders": [ {"id": "a]\\"}"},\n 2,["b"] ,"c", null ], "end": []}, "orders": [9]}\n';
  const orders = [{ id: 'a]"}' }, 2, ["b"], "c", null];
  const format = (records: string, options = {}) => createFormat(jsonFormat, { records, ...options });
  const read = (one: string, size: number, records = "data/orders") =>
    Array.fromAsync(format(records).decodeStream?.(pieces(one, size)) ?? []);

  test.each([1, 3, 1000])("the elements of a list within are read one by one, in pieces of %i bytes, as in a whole", async (size) => {
    expect(format("data/orders").decode(Buffer.from(text))).toEqual(orders);
    expect(await read(text, size)).toEqual(orders);
    expect(await read("[]", size, ".")).toEqual([]);
    expect(await read("\uFEFF [1,\n[2]]", size, ".")).toEqual([1, [2]]);
  });

  test("a list is written where it is read", () => {
    expect(Buffer.from(format("data/orders").encode([1])).toString()).toBe('{"data":{"orders":[1]}}');
    expect(Buffer.from(format(".").encode([1])).toString()).toBe("[1]");
  });

  test.each([
    ['{"data":{"orders":[1,{"a":1}\n,{"a" 2}]}}', 'line 2, column 7: expected ":", found "2"'],
    ['{"data":{"orders":[1 2]}}', 'line 1, column 22: expected "," or "]", found "2"'],
    ['{"data":{"orders":[1,]}}', "expected a value"],
    ['{"data":{"orders":[,1]}}', "expected a value"],
    ['{"data":{"orders":[1', 'expected the end of the list, "]", found the end of the text'],
    ['{"data":{"orders":[1]}', 'around its records: expected "," or "}", found the end of the text'],
    ['{"data":{"orders":[1]},}', "around its records: expected a name in double quotes"],
    ['{"data":{"orders":[1],"orders":[2]}}', "expected one list of records, found another"],
    ['{"data":{"orders":{}}}', "JSON has no list of records at data/orders"],
    ["[".repeat(1000), "expected at most 256 levels, found more"],
    [`{"data":{"orders":[${"[".repeat(1000)}`, "JSON is too deep"],
    ["", "around its records: expected a value"],
  ])("%s is refused as a whole and in pieces", async (one, message) => {
    expect(() => format("data/orders").decode(Buffer.from(one))).toThrow(message);
    await expect(read(one, 2)).rejects.toThrow(message);
  });

  test("a record that never ends is refused before it fills the memory", async () => {
    const endless = (async function* () {
      yield Buffer.from("[[");
      for (;;) yield Buffer.from('"xxxxxxxx",');
    })();
    await expect(Array.fromAsync(format(".", { maxRecordBytes: 100 }).decodeStream?.(endless) ?? [])).rejects.toThrow(
      "expected a record of at most 100 characters",
    );
  });

  test("any list is read in pieces as JSON.parse reads it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 2 }),
        async (list, size, indent) => {
          const one = JSON.stringify({ a: [{ b: list }], b: { a: list } }, undefined, indent);
          expect(await read(one, size, "b/a")).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });
});

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function outcome(run: () => unknown): { readonly value: unknown } | { readonly failure: string } {
  try {
    return { value: run() };
  } catch (error) {
    return { failure: String(error) };
  }
}

function circle(): unknown {
  const value: Record<string, unknown> = {};
  value["self"] = value;
  return value;
}
