import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonataError } from "../errors.ts";
import { isCheap } from "./cost.ts";
import { createMatcher } from "./matcher.ts";
import { parsePattern } from "./parse.ts";
import { createProgram } from "./program.ts";
import { createSearch, type Search } from "./search.ts";

const char = fc.constantFrom(
  "a",
  "b",
  "A",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "[ab]",
  "[^a]",
  "[^]",
  "\\n",
  "\\x61",
  "\\u0062",
  "\\1",
  "\\k",
  "}",
  "é",
);
const quantifier = fc.constantFrom("", "", "*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "+?", "??", "{0,2}?", "{0}");
const source = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    char,
    fc.tuple(tie("any"), tie("any")).map(([left, right]) => left + right),
    fc.tuple(tie("any"), tie("any")).map(([left, right]) => `(?:${left}|${right})`),
    fc.tuple(fc.constantFrom("(", "(?:"), tie("any"), quantifier).map(([open, body, times]) => `${open}${body})${times}`),
    fc.tuple(char, quantifier).map(([body, times]) => body + times),
    fc.tuple(fc.constantFrom("(?=", "(?!", "(?<=", "(?<!"), tie("any")).map(([open, body]) => `${open}${body})`),
    fc.constantFrom("^", "$", "\\b", "\\B", "|"),
  ),
})).any;
const text = fc.string({ unit: fc.constantFrom("a", "b", "A", "1", " ", "\n", "é", "}"), maxLength: 12 });
const flags = fc.constantFrom("", "i", "m", "im", "s");

function allMatches(search: Search): unknown[] {
  const found: unknown[] = [];
  let match = search(0);
  while (match !== undefined) {
    found.push(match);
    if (match.end === match.start) break;
    match = search(match.end);
  }
  return found;
}

function nativeMatches(pattern: RegExp, subject: string): unknown[] {
  return allMatches((from) => {
    pattern.lastIndex = from;
    const match = pattern.exec(subject);
    return match === null ? undefined : { start: match.index, end: match.index + match[0].length, groups: match.slice(1) };
  });
}

describe("a regular expression", () => {
  test("its own steps find what RegExp finds, with the same groups", () => {
    fc.assert(
      fc.property(source, flags, text, (pattern, given, subject) => {
        const program = createProgram(parsePattern(pattern, given));
        fc.pre(program !== undefined);
        expect(allMatches(createSearch(program, subject))).toEqual(nativeMatches(new RegExp(pattern, `${given}g`), subject));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    "hat",
    "\\s+",
    "[^0-9]",
    ",\\s*",
    "^\\d+$",
    "^[^@]+@x",
    "(\\d{4})-(\\d\\d)-(\\d\\d)",
    "(['\"]).\\1",
    "(?<year>[0-9]{4})",
    "(?=a)b|c",
  ])("%s is quick by RegExp", (pattern) => {
    expect(isCheap(parsePattern(pattern, ""))).toBe(true);
  });

  test.each([
    "(a+)+$",
    "(a|a)*b",
    "(a|b|ab)*c",
    "(.*)*x",
    ".*.*.*=.*",
    "((a*)*)*b",
    "(a?){30}a{30}b",
    "^(\\w+\\s?)*$",
    "\\s+$",
    "^(?=.*\\d)(?=.*a.*a.*a.*a.*a.*z).*$",
    "(?<=a*a*a*)b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
  ])("%s takes no more steps than a multiple of the text's length", (pattern) => {
    expect(isCheap(parsePattern(pattern, ""))).toBe(false);
    const subject = `${"a".repeat(20_000)}!`;
    // By backtracking none of these would end before the test's own limit.
    expect(allMatches(createMatcher(pattern, "")(subject)).length).toBeLessThan(2);
  });

  test("all matches of a long text together take time in proportion to it", () => {
    const subject = "ab,".repeat(30_000);
    expect(allMatches(createMatcher("(a|b)*,", "")(subject))).toHaveLength(30_000);
  });

  test.each(["(a*)b\\1c*", "^(a+)\\1$", "(a)\\1\\1\\1", "(?=(a*))b*c*", "(a{1,50}){1,50}b*c"])(
    "%s, which nothing bounds, is refused",
    (pattern) => {
      expect(() => createMatcher(pattern, "")).toThrow(expect.objectContaining({ code: "S0304" }));
    },
  );

  test("what is no regular expression is refused", () => {
    expect(() => createMatcher("(", "")).toThrow(JsonataError);
    expect(() => createMatcher("a**", "")).toThrow(expect.objectContaining({ code: "S0303" }));
  });
});
