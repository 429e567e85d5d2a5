import { readFileSync } from "node:fs";
import path from "node:path";
import { jsonata } from "@portolan/mapping";
import { describe, expect, it } from "vitest";

const page = readFileSync(path.resolve(import.meta.dirname, "../docs/explanation/expressions.md"), "utf8");

function outcome(text: string): unknown {
  try {
    return { value: jsonata(text).evaluate({ a: [{ c: 1 }, { c: 2 }] }) };
  } catch (thrown) {
    const { code, position } = thrown as { code: string; position: number };
    return { code, position };
  }
}

describe("what the page about expressions says", () => {
  it.each([
    ["a.b[true]", { value: undefined }],
    ['[$error("x"), $error("y")]', { code: "D3137", position: 8 }],
    ['true and -"a"', { code: "D1002", position: 10 }],
    ['$fromMillis(1e20, "[Y]")', { code: "D1001", position: 12 }],
  ])("%s does here as it says", (text, expected) => {
    expect(page).toContain(`\`${text}\``);
    expect(outcome(text)).toEqual(expected);
  });

  it.each([
    ["/(\\w+) \\1/", false],
    ["/(\\w)\\1/", true],
    ["/\\s+/", true],
    ["/^\\d+$/", true],
    ["/[^,]+/", true],
  ])("%s is possible: %s", (regex, isPossible) => {
    expect(page).toContain(`\`${regex}\``);
    expect(outcome(`$contains("a", ${regex})`)).toEqual(
      isPossible ? { value: expect.any(Boolean) } : { code: "S0304", position: expect.any(Number) },
    );
  });
});
