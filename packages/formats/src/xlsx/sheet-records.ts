import { columnName } from "./cell-text.ts";
import { xlsxFault, type CellValue, type Sheet, type SheetRow } from "./read-workbook.ts";

interface RecordOptions {
  readonly header: boolean;
  readonly columns?: readonly string[] | undefined;
  readonly skipRows: number;
  readonly maxCells: number;
}

/** Maps by the names of the header or of the option, or lists; rows without any value are none. Cells without one are null. */
export function sheetRecords(sheet: Sheet, { header, columns, skipRows, maxCells }: RecordOptions): readonly unknown[] {
  const records: unknown[] = [];
  let names: ReadonlyMap<number, string> | undefined =
    columns === undefined ? undefined : new Map(columns.map((name, index) => [index, name]));
  let isHeaderDue = header;
  let cellsLeft = maxCells;
  for (const row of sheet.rows()) {
    if (row.number <= skipRows) continue;
    if (isHeaderDue) {
      isHeaderDue = false;
      names ??= headerNames(row, sheet.name);
      continue;
    }
    // A list has all cells up to its last one, which may stand far to the right.
    cellsLeft -= names === undefined ? Math.max(...row.cells.keys()) + 1 : names.size;
    if (cellsLeft < 0) throw xlsxFault(`sheet ${sheet.name}: expected at most ${maxCells} cells, found more`);
    records.push(names === undefined ? listOf(row) : mapOf(row, names, sheet.name));
  }
  return records;
}

function headerNames({ cells, number }: SheetRow, sheet: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const seen = new Set<string>();
  for (const [column, value] of cells) {
    const name = String(value);
    if (seen.has(name)) {
      throw xlsxFault(`sheet ${sheet}, cell ${columnName(column)}${number}: expected each name once, found ${JSON.stringify(name)} twice`);
    }
    seen.add(name);
    names.set(column, name);
  }
  return names;
}

function listOf({ cells }: SheetRow): readonly CellValue[] {
  return Array.from({ length: Math.max(...cells.keys()) + 1 }, (_, column) => cells.get(column) ?? null);
}

function mapOf({ cells, number }: SheetRow, names: ReadonlyMap<number, string>, sheet: string): unknown {
  for (const column of cells.keys()) {
    if (names.has(column)) continue;
    throw xlsxFault(`sheet ${sheet}, cell ${columnName(column)}${number}: expected no value, since the header has no name for this column`);
  }
  // Pairs: a column may be named __proto__.
  return Object.fromEntries([...names].map(([column, name]) => [name, cells.get(column) ?? null]));
}
