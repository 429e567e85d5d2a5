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
