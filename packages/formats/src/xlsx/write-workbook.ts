import { describeValue, isRecord } from "@portolan/core";
import { createFormat } from "../choice.ts";
import { formatInvalid } from "../format-invalid.ts";
import { xmlFormat } from "../xml/xml.ts";
import { writeZip } from "../zip/write-zip.ts";
import { columnName, escapedCellText } from "./cell-text.ts";
import { serialOfText } from "./serial-date.ts";

export interface SheetOptions {
  readonly header: boolean;
  readonly columns?: readonly string[] | undefined;
  /** The names of columns whose texts are written as dates. */
  readonly dates: readonly string[];
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
const MAX_TEXT = 32_767;
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 16_384;
/** The numbers of the styles below. */
const DATE_STYLE = "1";
const TIME_STYLE = "2";

const xml = createFormat(xmlFormat);

/** A workbook of these sheets. The same data make the same bytes. */
export function writeWorkbook(sheets: ReadonlyMap<string, unknown>, options: SheetOptions): Uint8Array {
  const names = [...sheets.keys()];
  checkNames(names);
  const numbers = names.map((_, index) => index + 1);
  const files: Readonly<Record<string, unknown>> = {
    "[Content_Types].xml": {
      Types: {
        "@xmlns": "http://schemas.openxmlformats.org/package/2006/content-types",
        Default: [
          { "@Extension": "rels", "@ContentType": "application/vnd.openxmlformats-package.relationships+xml" },
          { "@Extension": "xml", "@ContentType": "application/xml" },
        ],
        Override: [
          { "@PartName": "/xl/workbook.xml", "@ContentType": `${TYPES}sheet.main+xml` },
          { "@PartName": "/xl/styles.xml", "@ContentType": `${TYPES}styles+xml` },
          ...numbers.map((number) => ({ "@PartName": `/xl/worksheets/sheet${number}.xml`, "@ContentType": `${TYPES}worksheet+xml` })),
        ],
      },
    },
    "_rels/.rels": {
      Relationships: {
        "@xmlns": PACKAGE,
        Relationship: { "@Id": "rId1", "@Type": `${OFFICE}/officeDocument`, "@Target": "xl/workbook.xml" },
      },
    },
    "xl/workbook.xml": {
      workbook: {
        "@xmlns": MAIN,
        "@xmlns:r": OFFICE,
        sheets: { sheet: names.map((name, index) => ({ "@name": name, "@sheetId": index + 1, "@r:id": `rId${index + 1}` })) },
      },
    },
    "xl/_rels/workbook.xml.rels": {
      Relationships: {
        "@xmlns": PACKAGE,
        Relationship: [
          ...numbers.map((number) => ({
            "@Id": `rId${number}`,
            "@Type": `${OFFICE}/worksheet`,
            "@Target": `worksheets/sheet${number}.xml`,
          })),
          { "@Id": `rId${numbers.length + 1}`, "@Type": `${OFFICE}/styles`, "@Target": "styles.xml" },
        ],
      },
    },
    "xl/styles.xml": STYLES,
    ...Object.fromEntries(
      [...sheets].map(([name, records], index) => [`xl/worksheets/sheet${index + 1}.xml`, worksheet(name, records, options)]),
    ),
  };
  return writeZip(
    Object.entries(files).map(([name, content]) => ({ name, modified: undefined, content: xml.encode(content) })),
    6,
  );
}

/** Excel wants one of each, whether it is used or not. */
const STYLES = {
  styleSheet: {
    "@xmlns": MAIN,
    fonts: { "@count": 1, font: { sz: { "@val": 11 }, name: { "@val": "Calibri" } } },
    fills: { "@count": 2, fill: [{ patternFill: { "@patternType": "none" } }, { patternFill: { "@patternType": "gray125" } }] },
    borders: { "@count": 1, border: { left: "", right: "", top: "", bottom: "", diagonal: "" } },
    cellStyleXfs: { "@count": 1, xf: { "@numFmtId": 0, "@fontId": 0, "@fillId": 0, "@borderId": 0 } },
    cellXfs: {
      "@count": 3,
      xf: [0, 14, 22].map((format) => ({
        "@numFmtId": format,
        "@fontId": 0,
        "@fillId": 0,
        "@borderId": 0,
        "@xfId": 0,
        "@applyNumberFormat": 1,
      })),
    },
  },
};

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (name === "" || name.length > 31 || /[[\]:*?/\\]|^'|'$/.test(name) || seen.has(key)) {
      throw formatInvalid(`a sheet has a name of its own of at most 31 characters without []:*?/\\, found ${JSON.stringify(name)}`);
    }
    seen.add(key);
  }
  if (names.length === 0) throw formatInvalid("a workbook has at least one sheet, found none");
}

function worksheet(sheet: string, given: unknown, options: SheetOptions): unknown {
  const records: readonly unknown[] = Array.isArray(given) ? given : [given];
  const columns =
    options.columns ??
    (records.some(isRecord) ? [...new Set(records.flatMap((record) => (isRecord(record) ? Object.keys(record) : [])))] : undefined);
  const rows: (readonly unknown[])[] = records.map((record, index) => valuesOf(record, columns, `sheet ${sheet}, record ${index + 1}`));
  if (options.header && columns !== undefined) rows.unshift(columns);
  if (rows.length > MAX_ROWS || rows.some(({ length }) => length > MAX_COLUMNS)) {
    throw formatInvalid(`sheet ${sheet} is too large: XLSX has at most ${MAX_ROWS} rows of ${MAX_COLUMNS} columns`);
  }
  const isDate = (column: number) => columns !== undefined && options.dates.includes(columns[column] ?? "");
  const row = (values: readonly unknown[], index: number) => ({
    "@r": index + 1,
    c: values.flatMap((value, column) => cell(value, `${columnName(column)}${index + 1}`, isDate(column))),
  });
  return { worksheet: { "@xmlns": MAIN, sheetData: { row: rows.map(row) } } };
}

function valuesOf(record: unknown, columns: readonly string[] | undefined, title: string): readonly unknown[] {
  if (Array.isArray(record)) return record;
  if (!isRecord(record) || columns === undefined)
    throw formatInvalid(`XLSX is written of maps or lists of cells; ${title} is ${describeValue(record)}`);
  const unknown = Object.keys(record).find((name) => !columns.includes(name));
  if (unknown !== undefined)
    throw formatInvalid(`${title}: the field ${JSON.stringify(unknown)} has no column: expected one of ${columns.join(", ")}`);
  return columns.map((name) => (Object.hasOwn(record, name) ? record[name] : null));
}

/** An empty list for no value. */
function cell(value: unknown, place: string, isDate: boolean): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "boolean") return [{ "@r": place, "@t": "b", v: value ? 1 : 0 }];
  if (typeof value === "number" && Number.isFinite(value)) return [{ "@r": place, v: value }];
  const text = value instanceof Date ? value.toISOString() : value;
  if (typeof text !== "string")
    throw formatInvalid(`a cell of XLSX is a text, a finite number or a boolean; cell ${place} is ${describeValue(value)}`);
  const serial = isDate ? serialOfText(text) : undefined;
  if (serial !== undefined) return [{ "@r": place, "@s": Number.isInteger(serial) ? DATE_STYLE : TIME_STYLE, v: serial }];
  if (text.length > MAX_TEXT || !text.isWellFormed()) {
    throw formatInvalid(`a cell of XLSX holds a text of at most ${MAX_TEXT} characters; cell ${place} is ${describeValue(text)}`);
  }
  return [{ "@r": place, "@t": "inlineStr", is: { t: { "@xml:space": "preserve", "#text": escapedCellText(text) } } }];
}
