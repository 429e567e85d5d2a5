import { listNames } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { columnOf, plainCellText } from "./cell-text.ts";
import { dataAt, listAt, openPackage, textAt, type PackageFiles } from "./package-files.ts";
import { isDateFormat, textOfSerial } from "./serial-date.ts";

export type CellValue = string | number | boolean | null;

/** The cells of a row that hold something, by their columns from 0. */
export interface SheetRow {
  /** As the program shows it, from 1. */
  readonly number: number;
  readonly cells: ReadonlyMap<number, CellValue>;
}

export interface Sheet {
  readonly name: string;
  rows(): Generator<SheetRow>;
}

interface Workbook {
  readonly files: PackageFiles;
  readonly texts: readonly string[];
  /** By the number of a cell's style: whether it shows a date. */
  readonly isDate: readonly boolean[];
  readonly is1904: boolean;
}

export interface WorkbookLimits {
  readonly maxBytes: number;
  readonly maxRatio: number;
  readonly maxEntries: number;
}

const OFFICE_DOCUMENT = /\/officeDocument$/;

export function readWorkbook(bytes: Uint8Array, limits: WorkbookLimits): readonly Sheet[] {
  const files = openPackage(bytes, limits);
  const main = [...files.relationships("").values()].find(({ type }) => OFFICE_DOCUMENT.test(type))?.target ?? "xl/workbook.xml";
  const workbook = files.read(main);
  if (dataAt(workbook, "workbook") === undefined) throw xlsxFault("expected a workbook in the archive, found none");
  const parts = files.relationships(main);
  const partOf = (type: string) => [...parts.values()].find((part) => part.type.endsWith(`/${type}`))?.target ?? "";
  const book: Workbook = {
    files,
    texts: listAt(files.read(partOf("sharedStrings")), "sst", "si").map(stringText),
    isDate: dateStyles(files.read(partOf("styles"))),
    is1904: ["1", "true"].includes(textAt(workbook, "workbook", "workbookPr", "@date1904")),
  };
  return listAt(workbook, "workbook", "sheets", "sheet").map((sheet) => {
    const name = textAt(sheet, "@name");
    return { name, rows: () => readRows(book, parts.get(textAt(sheet, "@r:id"))?.target ?? "", name) };
  });
}

/** The sheet of this name; the first without one. */
export function sheetNamed(sheets: readonly Sheet[], name: string | undefined): Sheet {
  const found = name === undefined ? sheets[0] : sheets.find((sheet) => sheet.name === name);
  if (found !== undefined) return found;
  throw xlsxFault(`expected the sheet ${name ?? "1"}, found ${listNames(sheets.map((sheet) => sheet.name))}`);
}

function* readRows(book: Workbook, file: string, sheet: string): Generator<SheetRow> {
  const rows = book.files.read(file, "worksheet/sheetData/row");
  if (!Array.isArray(rows)) throw xlsxFault(`the sheet ${sheet} has no file in the archive`);
  let number = 0;
  for (const row of rows as readonly unknown[]) {
    number = Number(textAt(row, "@r") || number + 1);
    const cells = new Map<number, CellValue>();
    let column = -1;
    for (const cell of listAt(row, "c")) {
      const place = textAt(cell, "@r");
      column = place === "" ? column + 1 : (columnOf(place) ?? -1);
      if (column < 0) throw xlsxFault(`sheet ${sheet}, row ${number}: expected a place such as A1, found ${JSON.stringify(place)}`);
      const value = cellValue(book, cell, `sheet ${sheet}, cell ${place || `${column + 1} of row ${number}`}`);
      if (value !== null) cells.set(column, value);
    }
    if (cells.size > 0) yield { number, cells };
  }
}

function cellValue(book: Workbook, cell: unknown, place: string): CellValue {
  const type = textAt(cell, "@t") || "n";
  if (type === "inlineStr") return stringText(dataAt(cell, "is"));
  if (dataAt(cell, "v") === undefined) return null;
  const text = textAt(cell, "v");
  switch (type) {
    case "s": {
      const shared = book.texts[Number(text)];
      if (shared === undefined)
        throw xlsxFault(`${place}: expected one of ${book.texts.length} texts, found number ${JSON.stringify(text)}`);
      return shared;
    }
    case "str":
    case "e":
    case "d":
      return plainCellText(text);
    case "b":
      return text === "1" || text === "true";
    case "n": {
      const number = text.trim() === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(number)) throw xlsxFault(`${place}: expected a number, found ${JSON.stringify(text.slice(0, 40))}`);
      return book.isDate[Number(textAt(cell, "@s") || 0)] === true ? textOfSerial(number, book.is1904) : number;
    }
    default:
      throw xlsxFault(`${place}: expected a type of cell, found ${JSON.stringify(type.slice(0, 40))}`);
  }
}

/** A text, or pieces of one that look different. What is said of its pronunciation is left out. */
function stringText(item: unknown): string {
  if (typeof item === "string") return "";
  const pieces = [...listAt(item, "#content").flatMap((piece) => listAt(piece, "r")), ...listAt(item, "r")];
  return plainCellText(dataAt(item, "t") === undefined ? pieces.map((piece) => textAt(piece, "t")).join("") : textAt(item, "t"));
}

function dateStyles(styles: unknown): readonly boolean[] {
  const codes = new Map(
    listAt(styles, "styleSheet", "numFmts", "numFmt").map((format) => [Number(textAt(format, "@numFmtId")), textAt(format, "@formatCode")]),
  );
  return listAt(styles, "styleSheet", "cellXfs", "xf").map((style) => {
    const id = Number(textAt(style, "@numFmtId") || 0);
    return isDateFormat(id, codes.get(id));
  });
}

export function xlsxFault(reason: string) {
  return formatInvalid(`XLSX is not valid: ${reason}`);
}
