import { diffValues } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

const diff = (expected: unknown, found: unknown) => diffValues(expected, found).map(({ sign, text }) => `${sign} ${text}`);

describe("a diff of two values", () => {
  it("shows what is missing, what is there instead, and what is in both", () => {
    expect(diff({ id: 1, name: "a", tags: ["x"] }, { id: 1, name: "b", tags: ["x"] })).toEqual([
      "  {",
      '    "id": 1,',
      '-   "name": "a",',
      '+   "name": "b",',
      '    "tags": [',
      '      "x"',
      "    ]",
      "… 1 more line in common".padStart(25),
    ]);
  });

  it("does not look at the order of keys", () => {
    expect(diff({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }).filter((line) => !line.startsWith(" "))).toEqual([]);
  });

  it.each([
    ["an added item", [1, 3], [1, 2, 3], ["  [", "    1,", "+   2,", "    3", "  ]"]],
    ["nothing", [], [], ["  … 1 more line in common"]],
    ["a value of another type", 1, "1", ["- 1", '+ "1"']],
    ["bytes", new Uint8Array([1, 2]), new Uint8Array([1]), ['- "2 bytes: AQI="', '+ "1 bytes: AQ=="']],
    ["a number beyond JSON", 1n, 2n, ['- "1n"', '+ "2n"']],
    ["nothing found", { a: 1 }, undefined, ["- {", '-   "a": 1', "- }"]],
  ])("shows %s", (_what, expected, found, lines) => {
    expect(diff(expected, found)).toEqual(lines);
  });

  it("leaves out what is far from any difference", () => {
    const list = Array.from({ length: 100 }, (_, index) => index);
    const lines = diff(list, [...list.slice(0, 50), -1, ...list.slice(51)]);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("  … 48 more lines in common");
    expect(lines.filter((line) => !line.startsWith(" "))).toEqual(["-   50,", "+   -1,"]);
  });

  it("of values too large to be compared line by line shows one after the other", () => {
    const [expected, found] = [1, 2].map((factor) => Array.from({ length: 2000 }, (_, index) => `${factor}/${index}`));
    const signs = diff(expected, found).map(([sign]) => sign);
    expect(signs.lastIndexOf("-")).toBeLessThan(signs.indexOf("+"));
  });
});
