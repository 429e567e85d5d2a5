import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFormat, createFormats, xlsxFormat } from "../index.ts";

const format = (options: Readonly<Record<string, unknown>> = {}) => createFormat(xlsxFormat, options);
const zip = (files: Readonly<Record<string, string>>) =>
  createFormats()
    .format("zip", { format: "text" })
    ?.encode(Object.entries(files).map(([name, content]) => ({ name, content }))) ?? new Uint8Array();

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships";

/** A workbook as Excel writes it, with other prefixes; its files are replaced by `more`. */
function workbook(rows: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  return zip({
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}"><Relationship Id="a" Type="${OFFICE}/officeDocument" Target="/book/main.xml"/></Relationships>`,
    "book/main.xml": `<x:workbook xmlns:x="${MAIN}" xmlns:q="${OFFICE}"><x:workbookPr/><x:sheets><x:sheet name="One" sheetId="1" q:id="s1"/><x:sheet name="Two" sheetId="2" q:id="s2"/></x:sheets></x:workbook>`,
    "book/_rels/main.xml.rels": `<Relationships xmlns="${PACKAGE}"><Relationship Id="s1" Type="${OFFICE}/worksheet" Target="one.xml"/><Relationship Id="s2" Type="${OFFICE}/worksheet" Target="two.xml"/><Relationship Id="t" Type="${OFFICE}/sharedStrings" Target="texts.xml"/><Relationship Id="y" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    "book/texts.xml": `<sst xmlns="${MAIN}"><si><t>name</t></si><si><r><t>bold</t></r><rPh><t>x</t></rPh><r><rPr><b/></rPr><t xml:space="preserve"> text</t></r></si><si/></sst>`,
    "book/styles.xml": `<styleSheet xmlns="${MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="165" formatCode="0.0&quot; days&quot;"/><numFmt numFmtId="166" formatCode="[Red]0;[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="166"/></cellXfs></styleSheet>`,
    "book/one.xml": `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
    "book/two.xml": `<worksheet xmlns="${MAIN}"><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`,
    ...more,
  });
}

const head = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>when</t></is></c></row>';

describe("xlsx", () => {
  test("cells of all types, gaps, styles of dates, and texts in pieces", () => {
    const rows = `<row r="2"/><row r="3" spans="1:3"><c r="A3" t="s"><v>1</v></c><c r="C3" s="1"><v>46053</v></c></row>
      <row r="4"><c r="A4" t="b"><v>1</v></c><c r="C4" s="3"><v>46053.5208333333</v></c></row>
      <row r="5"><c r="A5" s="2"><v>1.5</v></c><c r="C5" s="3"><f>NOW()</f><v>0.25</v></c></row>
      <row r="6"><c r="A6" t="e"><v>#N/A</v></c><c r="C6" t="str"><v>a_x000B_b</v></c></row>
      <row r="7"><c r="A7" t="s"><v>2</v></c><c r="C7" s="4"><v>7</v></c></row>`;
    expect(format().decode(workbook(head + rows))).toEqual([
      { name: "bold text", when: "2026-01-31" },
      { name: true, when: "2026-01-31T12:30:00" },
      { name: 1.5, when: "06:00:00" },
      { name: "#N/A", when: "a\u000Bb" },
      { name: "", when: 7 },
    ]);
  });

  test("a sheet by its name, all sheets, lists, names by option, and a title", () => {
    const book = workbook(`<row r="1"><c r="B1"><v>9</v></c></row>${head.replaceAll("1", "2").replace("<v>0", "<v>0")}`);
    expect(format({ sheet: "Two" }).decode(book)).toEqual([{ a: 1 }]);
    expect(format({ sheet: "*", header: false }).decode(book)).toEqual({
      One: [
        [null, 9],
        ["name", null, "when"],
      ],
      Two: [["a"], [1]],
    });
    expect(format({ sheet: "Two", columns: ["b"] }).decode(book)).toEqual([{ b: 1 }]);
    expect(format({ sheet: "Two", skipRows: 1, header: false }).decode(book)).toEqual([[1]]);
    expect(() => format({ sheet: "Three" }).decode(book)).toThrow("expected the sheet Three, found One or Two");
  });

  test("the calendar that begins in 1904", () => {
    const main = `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr date1904="1"/><sheets><sheet name="One" r:id="s1"/></sheets></workbook>`;
    expect(format({ header: false }).decode(workbook('<row><c s="1"><v>44591</v></c></row>', { "book/main.xml": main }))).toEqual([
      ["2026-01-31"],
    ]);
  });

  test.each([
    [
      `${head}<row r="2"><c r="B2"><v>1</v></c></row>`,
      "sheet One, cell B2: expected no value, since the header has no name for this column",
    ],
    [`${head}<row r="2"><c r="A2"><v>x</v></c></row>`, 'sheet One, cell A2: expected a number, found "x"'],
    [`${head}<row r="2"><c r="A2" t="s"><v>9</v></c></row>`, 'sheet One, cell A2: expected one of 3 texts, found number "9"'],
    [`${head}<row r="2"><c r="A2" t="z"><v>9</v></c></row>`, 'expected a type of cell, found "z"'],
    [`${head}<row r="2"><c r="2A"><v>9</v></c></row>`, "sheet One, row 2: expected a place such as A1"],
    ['<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>', 'cell B1: expected each name once, found "name" twice'],
    ["<row>", "book/one.xml: XML is not valid"],
  ])("%s is refused with its place", (rows, message) => {
    expect(() => format().decode(workbook(rows))).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test("limits of cells and of what expands hold; a DOCTYPE, and what is no workbook, are refused", () => {
    const far = Array.from({ length: 100 }, (_, index) => `<row r="${index + 1}"><c r="XFD${index + 1}"><v>1</v></c></row>`).join("");
    expect(() => format({ header: false, maxCells: 100_000 }).decode(workbook(far))).toThrow("expected at most 100000 cells, found more");
    expect(() => format().decode(workbook("<row/>".repeat(400_000)))).toThrow("expands too far");
    expect(() => format().decode(workbook("", { "book/texts.xml": '<!DOCTYPE sst [<!ENTITY a "b">]><sst/>' }))).toThrow(
      "expected no DOCTYPE",
    );
    expect(() => format().decode(zip({ a: "b" }))).toThrow("expected a workbook in the archive, found none");
    expect(() => format().decode(workbook("", { "book/_rels/main.xml.rels": `<Relationships xmlns="${PACKAGE}"/>` }))).toThrow(
      "the sheet One has no file",
    );
  });

  test("dates are written as dates where asked", () => {
    const rows = [{ day: "2026-01-31", time: "2026-01-31T12:30:00", text: "2026-01-31" }];
    const bytes = format({ dates: ["day", "time"] }).encode(rows);
    expect(format().decode(bytes)).toEqual(rows);
    const files = createFormats().format("zip", { format: "text" })?.decode(bytes);
    expect(files).toContainEqual(
      expect.objectContaining({ name: "xl/worksheets/sheet1.xml", content: expect.stringContaining('<c r="A2" s="1"><v>46053</v></c>') }),
    );
    expect(format({ dates: ["day"] }).decode(format({ dates: ["day"] }).encode([{ day: "1899-01-01" }, { day: "soon" }]))).toEqual([
      { day: "1899-01-01" },
      { day: "soon" },
    ]);
  });

  test.each([
    [{}, [{ a: {} }], "cell A2 is a map"],
    [{}, [{ a: Number.NaN }], "a finite number"],
    [{}, ["x"], "record 1 is the text"],
    [{ columns: ["a"] }, [{ b: 1 }], 'the field "b" has no column'],
    [{}, [{ a: "x".repeat(32_768) }], "at most 32767 characters"],
    [{ sheet: "a/b" }, [], "a sheet has a name of its own"],
    [{ sheet: "*" }, {}, "at least one sheet"],
    [{ sheet: "*" }, { a: [], A: [] }, "a sheet has a name of its own"],
    [{ sheet: "*" }, [], "written of a map of sheets"],
  ])("%j does not write %j", (options, value, message) => {
    expect(() => format(options).encode(value)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test("what is written reads back the same", () => {
    const text = fc
      .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("_x000B_", "\u0000\r\n\t", " ", "", "_x_", "2026-01-31", "\uFFFF"))
      .filter((one) => one.isWellFormed());
    const value = fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const row = fc.tuple(value, value, fc.boolean()).map(([a, b, last]) =>
      Object.fromEntries([
        ["__proto__", a],
        [" ", b],
        ["last", last],
      ]),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 4 }),
        (rows) => void expect(format().decode(format().encode(rows))).toEqual(rows),
      ),
    );
  });
});
