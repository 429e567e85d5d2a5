import { expect, test } from "vitest";
import { xpathLanguage } from "./xpath.ts";

const ORDER = `<?xml version="1.0"?><o:order xmlns:o="urn:orders" id="7"><o:line sku="a">2</o:line><o:line sku="b">3</o:line><o:note/></o:order>`;
const declared = (path: string) => `declare namespace o = "urn:orders"; ${path}`;
const evaluate = (text: string, body: unknown): unknown =>
  xpathLanguage.compile(text, { now: () => 0, random: () => 0 })({ id: "1", body, headers: {}, attributes: {} });

test.each([
  ["string(/o:order/@id)", "7"],
  ["/o:order/@id", "7"],
  ["/o:order/o:line", ["2", "3"]],
  ["/o:order/o:line[@sku = 'b']", "3"],
  ["/o:order/o:line[. > 2]/@sku", "b"],
  ["sum(//o:line)", 5],
  ["count(//o:line) = 2", true],
  ["/o:order/o:absent", undefined],
  ["string(/o:order/o:absent)", ""],
])("%s", (path, value) => {
  expect(evaluate(declared(path), ORDER)).toEqual(value);
  expect(evaluate(declared(path), new TextEncoder().encode(ORDER))).toEqual(value);
});

test.each([
  ["", "no XPath 1.0"],
  ["/a[", "no XPath 1.0"],
])("%j is refused at start", (path, message) => {
  expect(() => evaluate(path, ORDER)).toThrow(message);
});

test("what is no XML is refused with its kind", () => {
  expect(() => evaluate("/a", "<a><b></a>")).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", kind: "invalid" }));
  expect(() => evaluate("/a", { a: 1 })).toThrow(expect.objectContaining({ code: "PORTOLAN_EXPRESSION_TYPE" }));
  expect(() => evaluate("/x:a", "<a/>")).toThrow("prefix");
});

test("entities are neither read from files nor multiplied", () => {
  const outside = `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>`;
  const bomb = `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">${Array.from({ length: 9 }, (_, at) => `<!ENTITY b${at} "${`&b${at === 0 ? "" : at - 1};`.repeat(10)}">`).join("")}]><a>&b8;</a>`;
  for (const text of [outside, bomb])
    expect(() => evaluate("string(/a)", text)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
});
