import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, edifactFormat, ediX12Format } from "../index.ts";

const suite = new URL("../../../../../shared/suites/edi/", import.meta.url);
const refused: Readonly<Record<string, string>> = {
  "invalid997.edi":
    'X12 is not valid at line 4, segment 4 (AK1), element 1, character 188: expected 2 characters (id2), found 17: "HC NOT IN CODESET"',
  "extraDelimiter997.edi": "segment 6 (AK3), element 2, character 217: expected one value, found 3 repetitions",
  "invoic_d97b_bad.edi": 'segment 6 (NAD), element 1, character 153: expected at most 3 characters (an..3), found 4: "BYZZ"',
  // Its message has 18 segments.
  "orders-with-group.edi": 'segment 20 (UNT), element 1, character 546: expected the count of segments, 18, found "21"',
};
const files = existsSync(suite) ? readdirSync(suite).filter((name) => name.endsWith(".edi")) : [];
// oxlint-disable-next-line no-console -- a suite that is not there is said aloud
if (files.length === 0) console.warn(`no EDI suite at ${suite.pathname}: its files are not tested`);

const formatOf = (bytes: Uint8Array, options = {}) =>
  createFormat(Buffer.from(bytes.subarray(0, 3)).toString() === "ISA" ? ediX12Format : edifactFormat, options);

describe.runIf(files.length > 0)("the EDI suite", () => {
  it.each(files)("%s is read, and written with the same bytes", (name) => {
    const bytes = readFileSync(new URL(name, suite));
    const format = formatOf(bytes, { check: "syntax" });
    expect(Buffer.from(format.encode(format.decode(bytes))).toString("latin1")).toBe(bytes.toString("latin1"));
  });

  it.each(files)("%s is accepted if it is valid, otherwise refused with its segment and the reason", (name) => {
    const bytes = readFileSync(new URL(name, suite));
    const decode = () => formatOf(bytes).decode(bytes);
    const message = refused[name];
    if (message === undefined) decode();
    else expect(decode).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }));
  });
});

const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~";
const x12 = `${isa}\nGS*PO*A*B*20260101*1200*7*X*005010~\nST*850*0001~\nMSG*1*a:b^c~\nSE*3*0001~\nGE*1*7~\nIEA*1*000000001~\n`;
const edifact = "UNB+UNOA:3+A+B+260101:1200+9'UNH+1+ORDERS:D:96A:UN'FTX+it?'s:2?+2'UNT+3+1'UNZ+1+9'";

test("X12 is read as interchanges of groups of messages of segments", () => {
  expect(formatOf(Buffer.from(x12)).decode(Buffer.from(x12))).toMatchObject({
    interchanges: [
      {
        delimiters: { element: "*", component: ":", repetition: "^", segment: "~" },
        newline: "\n",
        groups: [
          {
            messages: [
              {
                header: { tag: "ST", elements: ["850", "0001"] },
                segments: [{ tag: "MSG", elements: ["1", { repeat: [["a", "b"], "c"] }] }],
              },
            ],
          },
        ],
      },
    ],
    after: "\n",
  });
});

test("EDIFACT releases delimiters, and keeps a release that is not needed", () => {
  const format = createFormat(edifactFormat);
  const text = edifact.replace("it?'s", "?it?'s");
  expect(format.decode(Buffer.from(text))).toMatchObject({
    interchanges: [{ messages: [{ segments: [{ tag: "FTX", elements: [["it's", "2+2"]], raw: "FTX+?it?'s:2?+2" }] }] }],
  });
  const changed = JSON.parse(JSON.stringify(format.decode(Buffer.from(text))).replace("2+2", "4+")) as unknown;
  expect(Buffer.from(format.encode(changed)).toString()).toBe(edifact.replace("2?+2", "4?+"));
});

test("text that is not UTF-8 is read and written as Latin-1", () => {
  const bytes = Buffer.from(edifact.replace("it", "Jäger"), "latin1");
  const format = createFormat(edifactFormat);
  expect(Buffer.from(format.encode(format.decode(bytes))).equals(bytes)).toBe(true);
});

it.each([
  [x12.replace("SE*3", "SE*4"), 'segment 5 (SE), element 1, character 170: expected the count of segments, 3, found "4"'],
  [
    x12.replace("SE*3*0001", "SE*3*0002"),
    'segment 5 (SE), element 2, character 170: expected the control number of ST, 0001, found "0002"',
  ],
  [x12.replace("IEA*1", "IEA*2"), "expected the count of groups, 1"],
  [x12.replace("GE*1*7~\n", ""), "line 6, segment 6 (IEA), character 181: expected ST or GE, found IEA"],
  [x12.replace("SE*3*0001~", "SE*3*0001"), "segment 5 (SE), element 3, character 170: expected at most 2 elements, found more"],
  [x12.slice(0, 150), "expected the segment terminator"],
  [x12.slice(0, 60), "expected an ISA of 106 characters, found 60"],
  [x12.replace("SENDER ", "SENDER"), "expected an element 6 of 15 characters"],
  [x12.replace("MSG", "msg"), "segment 4, character 157: expected the tag of a segment"],
  [edifact.replace("UNZ+1", "UNZ+2"), "expected the count of messages, 1"],
  [edifact.replace("UNT+3+1'", ""), "expected UNT, found UNZ"],
  [edifact.replace("UNZ+1+9'", ""), "segment 5, character 75: expected UNZ, found the end of the text"],
  [edifact.replace("UNZ+1+9'", "UNZ+1+9?"), "expected a character after the release character"],
  [`UNA:::? '${edifact}`, "expected different delimiters"],
  ["UNB", "expected UNA, or UNB with a syntax"],
  ["", "found an empty text"],
])("%j is refused with its place", (text, message) => {
  expect(() => formatOf(Buffer.from(text)).decode(Buffer.from(text))).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
  );
});

test("what could not be read again is not written", () => {
  const format = createFormat(ediX12Format);
  const document = JSON.stringify(format.decode(Buffer.from(x12)));
  expect(() => format.encode(JSON.parse(document.replace('"850"', '"8*0"')))).toThrow('holds the delimiter "*", which X12 cannot write');
  expect(() => format.encode(JSON.parse(document.replace('"850"', "850")))).toThrow("a value of segment ST is a text");
  expect(() => format.encode(JSON.parse(document.replace('["3",', '["9",')))).toThrow("expected the count of segments, 3");
  for (const value of [null, {}, { interchanges: [1] }, { interchanges: [{ delimiters: {}, header: {} }] }]) {
    expect(() => format.encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  }
});

describe.each([
  { title: "X12", definition: ediX12Format, text: x12, special: "*:^~" },
  { title: "EDIFACT", definition: edifactFormat, text: edifact, special: "+:'?" },
])("any $title", ({ definition, text, special }) => {
  const format = createFormat(definition);

  it("reads back values as they were written", () => {
    const value = fc
      .string({ unit: "grapheme" })
      .filter((one) => one.isWellFormed() && (definition === edifactFormat || !/[*:^~]/.test(one)));
    const item = fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (elements) => {
        const document = JSON.parse(JSON.stringify(format.decode(Buffer.from(text))), (key, held: unknown) =>
          key === "segments" ? [{ tag: "XYZ", elements }] : held,
        ) as unknown;
        expect(format.decode(format.encode(document))).toEqual(document);
      }),
    );
  });

  it("ends in a clear error or the same bytes, wherever bytes are changed", () => {
    const change = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(5),
      insert: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom(...special)),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(changes.reduce((now, { at, drop, insert }) => now.slice(0, at) + insert + now.slice(at + drop), text));
        let document: unknown;
        try {
          document = format.decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
          return;
        }
        expect(Buffer.from(format.encode(document)).toString("latin1")).toBe(bytes.toString("latin1"));
      }),
      { numRuns: 2000 },
    );
  });
});
