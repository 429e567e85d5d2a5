import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, createFormats, fixedFormat } from "../index.ts";

const payments = {
  records: {
    header: { when: { start: 1, value: "H" }, fields: [{ filler: 1 }, { name: "sender", length: 8 }, { name: "date", length: 8 }] },
    payment: {
      when: { start: 1, value: "P" },
      fields: [
        { name: "iban", start: 2, length: 10 },
        { name: "amount", length: 9, type: "number", decimals: 2, sign: "leading" },
        { name: "fee", picture: "S9(3)V99" },
        { name: "tags", length: 2, occurs: 2 },
        { name: "reference", start: 32, length: 6, align: "right", pad: "*" },
      ],
    },
    trailer: { when: { start: 1, value: "T" }, fields: [{ filler: 1 }, { name: "count", length: 5, type: "number" }] },
  },
  order: ["header", "payment 0..", "trailer"],
};
const lines = ["HPORTOLAN20260105", "PDE89370400+000123450012EA1B2  **4711", "PDE12000000-000000990000}   x  ******", "T00002"];
const file = lines.map((line) => `${line}\n`).join("");
const records = [
  { record: "header", sender: "PORTOLAN", date: "20260105" },
  { record: "payment", iban: "DE89370400", amount: 123.45, fee: 1.25, tags: ["A1", "B2"], reference: "4711" },
  { record: "payment", iban: "DE12000000", amount: -0.99, fee: 0, tags: ["", " x"], reference: "" },
  { record: "trailer", count: 2 },
];

const formatOf = (layout: unknown, options = {}) => createFormat(fixedFormat, { layout, ...options });
const read = (layout: unknown, text: string | Uint8Array, options = {}) => formatOf(layout, options).decode(Buffer.from(text));

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("records of several types are read and written", async () => {
  expect(read(payments, file)).toEqual(records);
  expect(read(payments, file.replaceAll("\n", "\r\n"))).toEqual(records);
  for (const newline of ["lf", "crlf", "none"]) {
    const format = formatOf(payments, { newline });
    const bytes = format.encode(records);
    expect(Buffer.from(bytes).toString().split("\n")).toHaveLength(newline === "none" ? 1 : 5);
    expect(format.decode(bytes)).toEqual(records);
    expect(await Array.fromAsync(format.decodeStream?.(cut(bytes, 7)) ?? [])).toEqual(records);
    expect(Buffer.concat(records.map((record, index) => format.encodeRecord?.(record, index === 0) ?? Buffer.of()))).toEqual(bytes);
  }
  expect(Buffer.from(formatOf(payments).encode(records)).toString()).toBe(file.replace("0000}", "0000{"));
});

describe("what is wrong with a text is said with its place", () => {
  it.each([
    [file.replace("+00012345", "+0001234x"), 'line 2, column 12 (payment.amount): expected a number, found "+0001234x"'],
    [file.replace("0012E", "0012!"), 'line 2, column 21 (payment.fee): expected a zoned number, found "0012!"'],
    [file.replace("**4711", "**47"), "line 2, column 32 (payment.reference): expected 6 characters, found 4"],
    [file.replace("**4711", "**4711 and more"), 'line 2, column 38: expected the end of the line, found " and more"'],
    [file.replace("PDE12", "XDE12"), 'line 3: expected a record of type header with "H" at column 1 or payment'],
    [lines.slice(1).join("\n"), "line 1: expected a record of type header, found payment"],
    [lines.slice(0, 3).join("\n"), "line 4: expected a record of type trailer, found the end of the text"],
    [[...lines, lines[1]].join("\n"), "line 5: expected the end of the records, found payment"],
    [file.replace("T00002", "T-0002"), 'line 4, column 2 (trailer.count): expected a number without a sign, found "-0002"'],
  ])("%#", async (text, message) => {
    const expected = expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) });
    expect(() => read(payments, text)).toThrow(expected);
    await expect(Array.fromAsync(formatOf(payments).decodeStream?.(cut(Buffer.from(text), 5)) ?? [])).rejects.toThrow(expected);
  });

  it("by bytes where records have no lines", () => {
    const text = lines.join("").replace("0012E", "0012!");
    expect(() => read(payments, text, { newline: "none" })).toThrow(
      "record 2, byte 21 (byte 38 of all) (payment.fee): expected a zoned number",
    );
  });
});

test("blanks that were cut off are accepted where the option says so, and blank lines skipped", () => {
  const layout = {
    fields: [
      { name: "a", length: 3 },
      { name: "n", length: 3, type: "number" },
    ],
  };
  expect(() => read(layout, "x\n")).toThrow("line 1, column 1 (a): expected 3 characters, found 1");
  expect(read(layout, "x\n\n", { shortLines: "pad" })).toEqual([{ a: "x", n: null }]);
});

const copybook = {
  fields: [
    { name: "id", picture: "9(5)" },
    { name: "name", picture: "X(6)" },
    { name: "balance", picture: "S9(7)V99", usage: "COMP-3" },
    { name: "branch", picture: "S9(4)", usage: "COMP" },
    { name: "zoned", picture: "S9(3)" },
    { name: "lines", type: "number", length: 1 },
    {
      name: "line",
      occurs: { max: 3, by: "lines" },
      fields: [
        { name: "item", length: 2 },
        { name: "price", type: "packed", length: 2 },
      ],
    },
  ],
};
const account = {
  id: 42,
  name: "Müller",
  balance: -12345.67,
  branch: -2,
  zoned: -120,
  lines: 2,
  line: [
    { item: "a", price: 123 },
    { item: "bc", price: 0 },
  ],
};

test("packed, binary and zoned numbers, and what occurs variably, are read and written by bytes", async () => {
  const options = { newline: "none", charset: "latin1" };
  const format = formatOf(copybook, options);
  const bytes = Buffer.from(format.encode([account, { ...account, lines: 0, line: [] }]));
  expect(bytes.subarray(0, 30).toString("hex")).toBe(
    Buffer.from("00042Müller\x00\x12\x34\x56\x7d\xff\xfe12}2a \x12\x3fbc\x00\x0f", "latin1").toString("hex").slice(0, 60),
  );
  expect(format.decode(bytes)).toEqual([account, { ...account, lines: 0, line: [] }]);
  expect(await Array.fromAsync(format.decodeStream?.(cut(bytes, 9)) ?? [])).toEqual([account, { ...account, lines: 0, line: [] }]);
});

test("EBCDIC is read and written", () => {
  const format = formatOf(copybook, { charset: "cp037" });
  const bytes = Buffer.from(format.encode([account]));
  expect(bytes.subarray(0, 7).toString("hex")).toBe("f0f0f0f4f2d4dc");
  expect(format.decode(bytes)).toEqual([account]);
  expect(() => format.encode([{ ...account, name: "€" }])).toThrow('the character "€" does not exist in cp037');
});

test("numbers that would not be exact are texts", () => {
  const layout = { fields: [{ name: "n", length: 20, type: "number", decimals: 4 }] };
  expect(read(layout, "12345678901234567890\n00000000000000012345\n")).toEqual([{ n: "1234567890123456.7890" }, { n: 1.2345 }]);
  expect(Buffer.from(formatOf(layout).encode([{ n: "1234567890123456.789" }, { n: 1e-4 }])).toString()).toBe(
    "12345678901234567890\n00000000000000000001\n",
  );
  expect(read({ fields: [{ name: "n", length: 6, type: "number" }] }, " 12.50\n")).toEqual([{ n: 12.5 }]);
});

it.each([
  [{ ...account, id: 123456 }, "field id: expected at most 5 digits, found 123456"],
  [{ ...account, id: -1 }, "field id: expected a number that is not negative, found -1"],
  [{ ...account, id: 1.5 }, "field id: expected at most 0 decimals, found 1.5"],
  [{ ...account, name: "Müllers" }, "field name: expected at most 6 characters, found 7"],
  [{ ...account, name: "a\nb" }, "field name: expected a text without line ends, found one"],
  [{ ...account, balance: null }, "field balance: expected a number, found nothing"],
  [{ ...account, branch: 40_000 }, "field branch: expected a number of 2 bytes, found 40000"],
  [{ ...account, lines: 1 }, "field line: expected a list of as many as lines says"],
  [{ ...account, line: [{ item: "a" }, { item: "b" }] }, "field line.0.price: expected a number, found nothing"],
  ["text", "a fixed-width record is a map of fields"],
])("%j is not written", (value, message) => {
  expect(() => formatOf(copybook, { newline: "none", charset: "latin1" }).encode([value])).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
  );
});

it.each([
  [{ fields: [] }, "a list of fields"],
  [{ fields: [{ name: "a" }] }, "fields.0.length of a fixed-width layout cannot be used: expected a length from 1 on"],
  [{ fields: [{ name: "a", length: 1, lenght: 1 }] }, 'unknown key "lenght"'],
  [
    {
      fields: [
        { name: "a", length: 5 },
        { name: "b", start: 3, length: 1 },
      ],
    },
    "expected a start after the field before, from 6 on",
  ],
  [
    {
      fields: [
        { name: "a", length: 5 },
        { name: "a", length: 1 },
      ],
    },
    'expected each name once, found "a"',
  ],
  [{ fields: [{ name: "a", picture: "Z(3)9" }] }, 'expected a picture such as X(10), 9(5) or S9(7)V99, found "Z(3)9"'],
  [{ fields: [{ name: "a", length: 3, type: "binary" }] }, "expected 1, 2, 4 or 8 bytes, found the number 3"],
  [{ fields: [{ name: "a", length: 3, occurs: { max: 2, by: "n" } }] }, "expected an earlier field that holds the count"],
  [
    { records: { a: { fields: [{ filler: 1 }] }, b: { fields: [{ filler: 1 }] } } },
    "types that are told apart by `when: { start, value }`",
  ],
  [{ ...payments, order: ["nothing"] }, 'expected a record type such as "header 0..", found "nothing"'],
])("a layout that cannot be used says why: %j", (layout, message) => {
  expect(() => createFormats().format("fixed", { layout })).toThrow(
    expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});

describe.each([
  { coding: { type: "number", length: 12, sign: "trailing" } },
  { coding: { type: "number", length: 12, sign: "leading", pad: " " } },
  { coding: { type: "zoned", length: 11 } },
  { coding: { type: "packed", length: 6, sign: "overpunch" } },
  { coding: { type: "binary", length: 8, sign: "overpunch" } },
])("any number as $coding", ({ coding }) => {
  it("reads back as it was written", () => {
    const format = formatOf({ fields: [{ name: "n", decimals: 2, ...coding }] }, { newline: "none" });
    fc.assert(
      fc.property(fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }), (units) => {
        const n = Number((units / 100).toFixed(2)) + 0;
        expect(format.decode(format.encode([{ n }]))).toEqual([{ n }]);
      }),
    );
  });
});

test("any bytes end in records or a clear error", () => {
  const formats = [
    formatOf(copybook, { newline: "none", charset: "latin1" }),
    formatOf(payments),
    formatOf(copybook, { charset: "cp500" }),
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(2), (bytes, which) => {
      try {
        expect(Array.isArray(formats[which]?.decode(bytes))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
      }
    }),
    { numRuns: 2000 },
  );
});
