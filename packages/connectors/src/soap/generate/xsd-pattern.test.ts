import fc from "fast-check";
import { XmlDocument, XmlLibError, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import { createFormat, xmlFormat } from "@portolan/formats";
import { xsdPatternOf } from "./xsd-pattern.ts";

const ANY = "[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]";

test.each([
  ["^[A-Z]{2}\\d+$", "[A-Z]{2}[0-9]+"],
  ["^(?:a|b)*?$", "(a|b)*"],
  ["abc", `${ANY}*abc${ANY}*`],
  ["^a|b$", `a${ANY}*|${ANY}*b`],
  ["^[\\w.+-]+@$", "[\\+\\-\\.0-9A-Z_a-z]+@"],
  ["^[^a-c]$", "[\t\n\r -`d-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]"],
  ["^\\p{Lu}\\u0041\\/$", "\\p{Lu}A/"],
  ["", `${ANY}*${ANY}*`],
  ["^$", ""],
])("%s is %s in XML Schema", (pattern, expected) => {
  expect(xsdPatternOf(pattern)).toBe(expected);
});

test.each([
  "(?=a)b",
  "(?!a)",
  "(a)\\1",
  "\\bword\\b",
  "^(^a)$",
  "a{2",
  "[^]",
  "^\\p{Script=Greek}$",
  "\\k<a>",
  "(?<year>\\d+)",
  "\\0",
  "(",
  "[a",
])("%s has no pattern in XML Schema", (pattern) => {
  expect(xsdPatternOf(pattern)).toBeUndefined();
});

test("a pattern allows the same texts in both languages", () => {
  const atom = fc.constantFrom(
    "a",
    "b",
    "-",
    ".",
    "\\.",
    "\\d",
    "\\s",
    "\\w",
    "\\W",
    "[ab]",
    "[^a]",
    "[a-c-]",
    "[\\d-]",
    "\\p{L}",
    "\\n",
    "é",
  );
  const quantified = fc.tuple(atom, fc.constantFrom("", "", "*", "+", "?", "+?")).map((parts) => parts.join(""));
  const sequence = fc.array(quantified, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
  const pattern = fc
    .tuple(fc.constantFrom("", "^", "^(", "^(?:"), sequence, fc.option(sequence, { nil: undefined }))
    .map(
      ([start, one, other]) =>
        `${start}${other === undefined ? one : `${one}|${other}`}${start.includes("(") ? ")$" : start === "" ? "" : "$"}`,
    );
  const text = fc
    .array(fc.constantFrom("a", "b", "c", "-", ".", "1", " ", "\n", "é", "_", "٣", "\u00A0"), { maxLength: 5 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), (expression, texts) => {
      const translated = xsdPatternOf(expression);
      expect([expression, typeof translated]).toEqual([expression, "string"]);
      const allows = matcher(translated ?? "");
      for (const one of texts) expect([expression, one, allows(one)]).toEqual([expression, one, new RegExp(expression, "u").test(one)]);
    }),
    { numRuns: 300 },
  );
});

function matcher(pattern: string): (text: string) => boolean {
  const encode = (data: unknown) => Buffer.from(createFormat(xmlFormat).encode(data));
  const type = { "xs:restriction": { "@base": "xs:string", "xs:pattern": { "@value": pattern } } };
  using schema = XmlDocument.fromBuffer(
    encode({ "xs:schema": { "@xmlns:xs": "http://www.w3.org/2001/XMLSchema", "xs:element": { "@name": "a", "xs:simpleType": type } } }),
  );
  const validator = XsdValidator.fromDoc(schema);
  return (text) => {
    using document = XmlDocument.fromBuffer(encode({ a: text }));
    try {
      validator.validate(document);
      return true;
    } catch (error) {
      if (error instanceof XmlLibError) return false;
      throw error;
    }
  };
}
