import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, xmlFormat } from "../index.ts";

const decode = (text: string | Uint8Array, options = {}) => createFormat(xmlFormat, options).decode(Buffer.from(text));
const encode = (value: unknown) => Buffer.from(createFormat(xmlFormat).encode(value)).toString();
const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

test.each([
  ["<a/>", { a: "" }],
  ["<a> x &lt; </a>", { a: " x < " }],
  ['<a b="1">x</a>', { a: { "@b": "1", "#text": "x" } }],
  ["<a><b>1</b><b>2</b><c/></a>", { a: { b: ["1", "2"], c: "" } }],
  ["<a><b>1</b><c/><b>2</b></a>", { a: { "#content": [{ b: "1" }, { c: "" }, { b: "2" }] } }],
  ["<p>one <b>two</b></p>", { p: { "#content": ["one ", { b: "two" }] } }],
  ['<n:a xmlns:n="u"><n:b/></n:a>', { "n:a": { "@xmlns:n": "u", "n:b": "" } }],
])("%s is %j, both ways", (text, value) => {
  expect(decode(text)).toEqual(value);
  expect(decode(encode(value))).toEqual(value);
});

test("blanks between elements, comments and instructions are dropped; CDATA is text; lists are lists", () => {
  expect(decode("<a>\n  <!-- c --><?p q?>\n  <b><![CDATA[<x>]]></b>\n</a>", { lists: ["b"] })).toEqual({ a: { b: ["<x>"] } });
  expect(encode({ a: { "@b": 'x"\n', c: [1, true, null] } })).toBe(`${declaration}<a b="x&quot;&#10;"><c>1</c><c>true</c><c/></a>`);
});

test("the declared charset is respected", () => {
  expect(decode(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ä</a>', "latin1"))).toEqual({ a: "ä" });
  expect(() => decode('<?xml version="1.0" encoding="ebcdic"?><a/>')).toThrow('found "ebcdic"');
});

const bomb = `<!DOCTYPE a [<!ENTITY b "x">${Array.from({ length: 9 }, (_, n) => `<!ENTITY b${n} "${"&b;".repeat(10)}">`).join("")}]><a>&b8;</a>`;
it.each([
  ["an entity bomb", bomb, "expected no DOCTYPE"],
  ["an external entity", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "expected no DOCTYPE"],
  ["quadratic blow-up", `<!DOCTYPE a [<!ENTITY b "${"x".repeat(50_000)}">]><a>${"&b;".repeat(50_000)}</a>`, "expected no DOCTYPE"],
  ["an entity of no one", "<a>&b;</a>", "line 1, column 7"],
  ["deep nesting", "<a>".repeat(100_000), "expected at most 256 levels"],
  ["a huge attribute", `<a b="${"x".repeat(20_000_000)}"/>`, "found a longer one"],
  ["too many attributes", `<a ${Array.from({ length: 300 }, (_, n) => `b${n}=""`).join(" ")}/>`, "at most 256 attributes, found more"],
  ["an open element", "<a>\n<b></a>", "line 2"],
  ["an unbound prefix", "<n:a/>", "unbound namespace prefix"],
  ["no element", "", "XML is not valid at line 1"],
])("%s is refused", (_title, text, message) => {
  expect(() => decode(text)).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
  );
});

it.each([[{}], [{ a: 1, b: 2 }], [[]], [{ "a b": 1 }], [{ a: { "@<": 1 } }], [{ a: "\u0000" }], [{ a: { b: () => 1 } }]])(
  "%j is not written",
  (value) => {
    expect(() => encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  },
);

describe("any XML", () => {
  const text = fc.string({ unit: "grapheme" }).filter((one) => /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(one));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.dictionary(fc.constantFrom("a", "b", "__proto__", "constructor"), tie("tree"), { minKeys: 1 }),
    ),
  }));

  it("reads back what was written", () => {
    fc.assert(fc.property(tree, (value) => void expect(decode(encode({ root: value }))).toEqual({ root: value })));
  });

  it("ends in data or in a clear error, whatever bytes come", () => {
    const pieces = fc.array(
      fc.constantFrom("<a>", "</a>", "<b c='", "'>", "&lt;", "&x;", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "x", " ", "\u0000"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => Buffer.from(list.join(""))),
          fc.uint8Array(),
        ),
        (bytes) => {
          try {
            decode(encode(decode(bytes)));
          } catch (error) {
            expect(error).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
