import { describe, expect, test } from "vitest";
import { createFormat, yamlFormat } from "../index.ts";

describe("yaml", () => {
  const decode = (text: string, options = {}) => createFormat(yamlFormat, options).decode(Buffer.from(text));
  const encode = (value: unknown, options = {}) => Buffer.from(createFormat(yamlFormat, options).encode(value)).toString();

  test("data of YAML 1.2: yes is a text, names are texts, anchors are what they stand for, __proto__ is a name", () => {
    expect(decode("a: yes\n1: 0x10\nb: &x [1.5, null, true]\nc: *x\n__proto__: y\n")).toEqual(
      Object.fromEntries([
        ["a", "yes"],
        ["1", 16],
        ["b", [1.5, null, true]],
        ["c", [1.5, null, true]],
        ["__proto__", "y"],
      ]),
    );
    expect(decode("")).toBeNull();
    expect(encode({ a: "yes: no", b: ["1", 1], c: [] })).toBe('a: "yes: no"\nb:\n  - "1"\n  - 1\nc: []\n');
  });

  test("several documents are a list with the option, and refused without", () => {
    expect(decode("a: 1\n---\n2\n", { documents: true })).toEqual([{ a: 1 }, 2]);
    expect(encode([{ a: 1 }, 2], { documents: true })).toBe("---\na: 1\n---\n2\n");
    expect(() => decode("a: 1\n---\n2\n")).toThrow("YAML is expected to be one document, found 2");
  });

  const levels = Array.from(
    { length: 9 },
    (_, index) =>
      `a${index}: &a${index} [${Array(9)
        .fill(index === 0 ? "x" : `*a${index - 1}`)
        .join(", ")}]`,
  );
  test.each([
    ["a map that is not closed", "{a: 1", "YAML is not valid at line 1, column"],
    ["a name that occurs twice", "a: 1\nb: 2\na: 3\n", 'line 3, column 1: expected each name once, found "a" twice'],
    ["a tag of one's own", "a: !ruby/object x", "line 1, column 4: Unresolved tag"],
    ["an alias of nothing", "a: *b", "line 1, column 4: expected an anchor &b before its alias, found none"],
    ["an alias within itself", "a: &x [*x]", "line 1, column 8: the alias *x stands within what it stands for"],
    ["an alias bomb", levels.join("\n"), "expected aliases that stand for at most 100 values"],
    ["many aliases", `a: &x 1\nb: [${"*x, ".repeat(101)}]`, "expected aliases that stand for at most 100 values"],
    ["deep lists", `\n${"[".repeat(100_000)}`, "line 2, column 101: expected at most 100 levels, found more"],
    ["deep maps", "{a: ".repeat(100_000), "expected at most 100 levels, found more"],
    ["deep dashes", "- ".repeat(100_000), "expected at most 100 levels, found more"],
  ])("%s is refused", (_title, text, message) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test("a wide map is read in time that grows with it", () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `k${index}: ${index}`);
    expect(Object.keys(decode(names.join("\n")) as object)).toHaveLength(50_000);
  });

  test("what is no data is not written", () => {
    expect(() => encode(new Uint8Array(1))).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
    expect(() => encode(() => 1)).toThrow("found a function");
    expect(() => encode({}, { documents: true })).toThrow("YAML documents are written of a list");
  });
});
