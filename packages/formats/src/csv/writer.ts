import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { CsvOptions } from "./options.ts";

const NEWLINES = { crlf: "\r\n", lf: "\n" } as const;

/** A document of records. Without `columns` it has every field that occurs, in the order of first occurrence. */
export function writeCsv(value: unknown, options: CsvOptions): string {
  const records: readonly unknown[] = Array.isArray(value) ? value : [value];
  const columns = options.columns ?? (records.some(isRecord) ? occurringNames(records) : undefined);
  return head(columns, options) + records.map((record) => line(fieldsOf(record, columns), options)).join("");
}

/** One record, after the header if it is the first. A map needs `columns`: the fields of the records to come are not known. */
export function writeCsvRecord(value: unknown, first: boolean, options: CsvOptions): string {
  const { columns } = options;
  if (columns === undefined && isRecord(value)) {
    throw formatInvalid(`CSV record by record needs the names of its fields, found ${describeValue(value)}`, {
      hint: `name the columns: { csv: { columns: [${Object.keys(value).join(", ")}] } }`,
    });
  }
  return (first ? head(columns, options) : "") + line(fieldsOf(value, columns), options);
}

function head(columns: readonly string[] | undefined, options: CsvOptions): string {
  return (options.bom ? "\uFEFF" : "") + (options.header && columns !== undefined ? line(columns, options) : "");
}

function occurringNames(records: readonly unknown[]): readonly string[] {
  return [...new Set(records.flatMap((record) => (isRecord(record) ? Object.keys(record) : [])))];
}

function fieldsOf(record: unknown, columns: readonly string[] | undefined): readonly string[] {
  if (Array.isArray(record)) {
    if (columns !== undefined && record.length !== columns.length) {
      throw formatInvalid(`a CSV record has ${columns.length} fields (${columns.join(", ")}), found a list of ${record.length}`);
    }
    return record.map((value, index) => field(value, `${index + 1}`));
  }
  if (!isRecord(record) || columns === undefined) {
    throw formatInvalid(`a CSV record is a map or a list of fields, as are all others of its document; found ${describeValue(record)}`);
  }
  const unknown = Object.keys(record).find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    throw formatInvalid(`the field "${unknown}" has no column: expected one of ${columns.join(", ")}`, {
      hint: "add it to the option columns, or map it away",
    });
  }
  return columns.map((name) => field(Object.hasOwn(record, name) ? record[name] : undefined, name));
}

function field(value: unknown, name: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw formatInvalid(`a CSV field is a text, a number or a boolean; field "${name}" is ${describeValue(value)}`, {
    hint: "map it to one of these first, for example with $string or $join",
  });
}

function line(fields: readonly string[], options: CsvOptions): string {
  const write = options.quote === "" ? plainField : quotedField;
  return fields.map((text) => write(text, fields.length === 1, options)).join(options.delimiter) + NEWLINES[options.newline];
}

/** RFC 4180, section 2. Blanks at either end are quoted, too, because some readers trim them. */
function quotedField(text: string, isAlone: boolean, { delimiter, quote }: CsvOptions): string {
  const needsQuotes = text.includes(delimiter) || text.includes(quote) || /[\r\n]|^\s|\s$/.test(text) || isBlankLine(text, isAlone);
  return needsQuotes ? quote + text.replaceAll(quote, quote + quote) + quote : text;
}

function plainField(text: string, isAlone: boolean, { delimiter }: CsvOptions): string {
  if (!text.includes(delimiter) && !/[\r\n]/.test(text) && !isBlankLine(text, isAlone)) return text;
  throw formatInvalid(`the field ${JSON.stringify(text)} cannot be written without quotes`, { hint: "set the option quote" });
}

/** A record of one empty field would be a blank line, which is no record. */
function isBlankLine(text: string, isAlone: boolean): boolean {
  return isAlone && text === "";
}
