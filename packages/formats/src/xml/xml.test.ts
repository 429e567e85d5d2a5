import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, xmlFormat } from "../index.ts";

const decode = (text: string | Uint8Array, options = {}) => createFormat(xmlFormat, options).decode(Buffer.from(text));
const encode = (value: unknown, options = {}) => Buffer.from(createFormat(xmlFormat, options).encode(value)).toString();
const stream = (text: string, size: number, options: Readonly<Record<string, unknown>>) =>
  createFormat(xmlFormat, options).decodeStream?.(chunks(text, size)) ?? [];
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

const german = { a: "ä" };
test.each([
  ["by its declaration", Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ä</a>', "latin1")],
  ["windows-1252 by its declaration", Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>ä</a>', "latin1")],
  ["by a byte order mark of UTF-8", Buffer.from('\uFEFF<?xml version="1.0" encoding="ISO-8859-1"?><a>ä</a>')],
  ["by a byte order mark of UTF-16", Buffer.from("\uFEFF<a>ä</a>", "utf16le")],
  ["by a byte order mark of UTF-16, the other way round", Buffer.from("\uFEFF<a>ä</a>", "utf16le").swap16()],
  ["UTF-16 without a mark", Buffer.from('<?xml version="1.0" encoding="utf-16"?><a>ä</a>', "utf16le")],
])("the charset is told %s, also in pieces", async (_title, bytes) => {
  expect(decode(bytes)).toEqual(german);
  const pieces = (async function* () {
    for (const byte of Buffer.concat([bytes])) yield Uint8Array.of(byte);
  })();
  expect(await Array.fromAsync(createFormat(xmlFormat, { records: "a" }).decodeStream?.(pieces) ?? [])).toEqual(["ä"]);
});

test("a charset by option or media type comes before the declaration, and behind the byte order mark", () => {
  const declared = '<?xml version="1.0" encoding="utf-8"?><a>ä</a>';
  expect(decode(Buffer.from(declared, "latin1"), { charset: "latin1" })).toEqual(german);
  expect(decode(Buffer.from(`\uFEFF${declared}`), { charset: "latin1" })).toEqual(german);
});

test("a charset that is none, or cannot be the document's, is refused; bytes that are no text are, with their place", () => {
  expect(() => decode('<?xml version="1.0" encoding="ebcdic"?><a/>')).toThrow('found "ebcdic"');
  expect(() => decode('<?xml version="1.0" encoding="utf-16"?><a/>')).toThrow('found "utf-16"');
  expect(() => decode(Buffer.from([0x3c, 0x61, 0x3e, 0x0a, 0xff]))).toThrow("not valid utf-8 at line 2, column 1");
});

test.each(["latin1", "windows-1252", "utf-16le", "utf-16be", "iso-8859-15"])("what is written in %s says so", (charset) => {
  expect(decode(createFormat(xmlFormat, { charset }).encode(german))).toEqual(german);
});

test("a document is written with blanks or without, with a declaration or without; elements with text stay whole", () => {
  const value = { a: { "@n": 1, b: ["x", { c: "" }], p: { "#content": ["t", { q: { r: "1" } }] } } };
  const text = '<a n="1">\n  <b>x</b>\n  <b>\n    <c/>\n  </b>\n  <p>t<q><r>1</r></q></p>\n</a>\n';
  expect(encode(value, { indent: 2 })).toBe(`${declaration}\n${text}`);
  expect(encode(value, { indent: 2, declaration: false })).toBe(text);
  expect(decode(text)).toEqual({ a: { "@n": "1", b: ["x", { c: "" }], p: { "#content": ["t", { q: { r: "1" } }] } } });
});

describe("namespaces by option", () => {
  const options = { namespaces: { "": "urn:orders", x: "urn:extra" } };
  const value = { order: { "@x:kind": "new", line: "1", "x:note": "n" } };

  test("names have the prefix of the option, whatever the document calls them, and are written so", () => {
    const theirs =
      '<o:order xmlns:o="urn:orders" xmlns:y="urn:extra" y:kind="new"><o:line>1</o:line><note xmlns="urn:extra">n</note></o:order>';
    expect(decode(theirs, options)).toEqual(value);
    const ours = encode(value, { ...options, declaration: false });
    expect(ours).toBe('<order xmlns="urn:orders" xmlns:x="urn:extra" x:kind="new"><line>1</line><x:note>n</x:note></order>');
    expect(decode(ours, options)).toEqual(value);
  });

  test.each([
    ["<order/>", "expected names without prefix in the namespace urn:orders, found <order> in none"],
    [
      '<order xmlns="urn:orders" xmlns:x="urn:other" x:a=""/>',
      "expected names with the prefix x in the namespace urn:extra, found <x:a> in urn:other",
    ],
    [
      '<o:order xmlns:o="urn:orders" o:a=""/>',
      "the attribute o:a is in the namespace urn:orders, to which the option namespaces gives no prefix",
    ],
  ])("%s is refused: its names would mean something else", (text, message) => {
    expect(() => decode(text, options)).toThrow(message);
  });
});

describe("records by path", () => {
  const text = `<?xml version="1.0"?>\n<f:file xmlns:f="u">\n <head><order>none</order></head>\n <order id="1"><order>inner</order></order><order>2</order></f:file>\n`;
  const orders = [{ "@id": "1", order: "inner" }, "2"];

  it.each([1, 7, 1000])("reads them one by one, in chunks of %i bytes, as in a whole", async (size) => {
    expect(decode(text, { records: "f:file/order" })).toEqual(orders);
    expect(await Array.fromAsync(stream(text, size, { records: "f:file/order" }))).toEqual(orders);
    expect(await Array.fromAsync(stream(text, size, { records: "*/*/order" }))).toEqual(["none", "inner"]);
  });

  it("writes a list into elements of these names", () => {
    const options = { records: "orders/order", declaration: false };
    expect(encode([{ "@id": 1 }, "2"], options)).toBe('<orders><order id="1"/><order>2</order></orders>');
    expect(() => encode([], { records: "*/order" })).toThrow("expected a path such as orders/order");
  });

  it("yields what came before a fault, and refuses a record that never ends", async () => {
    const seen: unknown[] = [];
    await expect(
      (async () => {
        for await (const record of stream("<a><b>1</b><c></a>", 4, { records: "a/b" })) seen.push(record);
      })(),
    ).rejects.toThrow("line 1, column 19: unexpected close tag");
    expect(seen).toEqual(["1"]);
    const endless = (async function* () {
      yield Buffer.from("<a><b>");
      for (;;) yield Buffer.from("<c/>xx");
    })();
    const format = createFormat(xmlFormat, { records: "a/b", maxRecordBytes: 1000 });
    await expect(Array.fromAsync(format.decodeStream?.(endless) ?? [])).rejects.toThrow("expected a record of at most 1000 characters");
  });
});

const bomb = `<!DOCTYPE a [<!ENTITY b "x">${Array.from({ length: 9 }, (_, n) => `<!ENTITY b${n} "${"&b;".repeat(10)}">`).join("")}]><a>&b8;</a>`;
it.each([
  ["an entity bomb", bomb, "expected no DOCTYPE"],
  ["an external entity", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "expected no DOCTYPE"],
  ["quadratic blow-up", `<!DOCTYPE a [<!ENTITY b "${"x".repeat(50_000)}">]><a>${"&b;".repeat(50_000)}</a>`, "expected no DOCTYPE"],
  ["an entity of no one", "<a>&b;</a>", "line 1, column 7"],
  ["deep nesting", "<a>".repeat(100_000), "expected at most 256 levels"],
  ["a huge attribute", `<a b="${"x".repeat(20_000_000)}"/>`, "found a longer one"],
  [
    "a huge attribute after comments",
    `<?xml version="1.0"?>\n<!-- a --> <!-- b --><a b="${"x".repeat(5_000_000)}"/>`,
    "found a longer one",
  ],
  ["a huge name", `<a><${"x".repeat(5_000_000)}`, "found a longer one"],
  ["a huge DOCTYPE", `<!DOCTYPE a [${"<!ENTITY b 'b'>".repeat(100_000)}]><a/>`, "expected no DOCTYPE"],
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

test("long texts and comments are read", () => {
  const long = "x".repeat(1_000_000);
  expect(decode(`<a>${long}<b/><![CDATA[${long}]]></a><!--${long}-->`)).toEqual({ a: { "#content": [long, { b: "" }, long] } });
});

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

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
