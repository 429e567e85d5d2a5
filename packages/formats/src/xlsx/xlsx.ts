import { defineFormat, describeValue, isRecord, option, optional, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { readWorkbook, sheetNamed } from "./read-workbook.ts";
import { sheetRecords } from "./sheet-records.ts";
import { writeWorkbook } from "./write-workbook.ts";

const ALL = "*";

export const xlsxFormat: FormatDefinition = defineFormat({
  name: "xlsx",
  title: "XLSX",
  summary:
    "Workbooks of Excel (ECMA-376). The body is the list of the records of a sheet: texts, numbers, booleans, and null where a cell is empty. " +
    "Dates are texts such as `2026-01-31` or `2026-01-31T12:00:00`; of formulas the last result is read. Rows without a value are skipped.",
  mediaTypes: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  extensions: ["xlsx"],
  options: {
    sheet: optional(
      option.name,
      "The name of the sheet. Without it the first is read and Sheet1 is written. With * the body is a map of all sheets by their names.",
      {
        example: "Orders",
      },
    ),
    header: withDefault(
      option.boolean,
      true,
      "Whether the first row holds the names of the fields. With a header or `columns` a record is a map, otherwise a list.",
    ),
    columns: optional(
      option.listOf(option.name),
      "The names of the fields, in order. When reading they replace those of the header; when writing they say which fields are written.",
      { example: ["id", "name"] },
    ),
    dates: withDefault(option.listOf(option.name), [], "The names of fields whose texts are written as dates."),
    skipRows: withDefault(option.integer({ min: 0 }), 0, "How many rows stand before the header, such as a title."),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "What is larger, before or after it expands, is refused."),
    maxRatio: withDefault(
      option.integer({ min: 1 }),
      200,
      "A file within that expands to more than so many times its size, and to more than 1 MB, is refused.",
    ),
    maxEntries: withDefault(option.integer({ min: 1 }), 10_000, "Workbooks of more files are refused."),
    maxCells: withDefault(
      option.integer({ min: 1 }),
      5_000_000,
      "Sheets with more cells, the empty ones between others among them, are refused.",
    ),
  },
  create: (options) => ({
    name: "xlsx",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "XLSX");
      const sheets = readWorkbook(bytes, options);
      if (options.sheet !== ALL) return sheetRecords(sheetNamed(sheets, options.sheet), options);
      return Object.fromEntries(sheets.map((sheet) => [sheet.name, sheetRecords(sheet, options)]));
    },
    encode(value) {
      if (options.sheet !== ALL) return writeWorkbook(new Map([[options.sheet ?? "Sheet1", value]]), options);
      if (!isRecord(value)) throw formatInvalid(`a workbook of all sheets is written of a map of sheets, found ${describeValue(value)}`);
      return writeWorkbook(new Map(Object.entries(value)), options);
    },
  }),
});
