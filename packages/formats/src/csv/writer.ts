import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { fieldText } from "./field-types.ts";
import type { CsvOptions } from "./options.ts";

const NEWLINES = { crlf: "\r\n", lf: "\n", cr: "\r" } as const;

/** A document of records. Without `columns` it has every field that occurs, in the order of first occurrence. */
export function writeCsv(value: unknown, options: CsvOptions): string {
  const records: readonly unknown[] = Array.isArray(value) ? value : [value];
  const columns = options.columns ?? (records.some(isRecord) ? occurringNames(records) : undefined);
  return head(columns, options) + records.map((record) => line(fieldsOf(record, columns, options), options)).join("");
}

/** One record, after the header if it is the first. A map needs `columns`: the fields of the records to come are not known. */
export function writeCsvRecord(value: unknown, first: boolean, options: CsvOptions): string {
  const { columns } = options;
  if (columns === undefined && isRecord(value)) {
    throw formatInvalid(`CSV record by record needs the names of its fields, found ${describeValue(value)}`, {
      hint: `name the columns: { csv: { columns: [${Object.keys(value).join(", ")}] } }`,
    });
  }
  return (first ? head(columns, options) : "") + line(fieldsOf(value, columns, options), options);
}

function head(columns: readonly string[] | undefined, options: CsvOptions): string {
  return (options.bom ? "\uFEFF" : "") + (options.header && columns !== undefined ? line(columns, options) : "");
}

function occurringNames(records: readonly unknown[]): readonly string[] {
  return [...new Set(records.flatMap((record) => (isRecord(record) ? Object.keys(record) : [])))];
}

function fieldsOf(record: unknown, columns: readonly string[] | undefined, options: CsvOptions): readonly string[] {
  if (Array.isArray(record)) {
    if (columns !== undefined && record.length !== columns.length) {
      throw formatInvalid(`a CSV record has ${columns.length} fields (${columns.join(", ")}), found a list of ${record.length}`);
    }
    return record.map((value, index) => fieldText(value, `${index + 1}`, options));
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
  return columns.map((name) => fieldText(Object.hasOwn(record, name) ? record[name] : undefined, name, options));
}

function line(fields: readonly string[], options: CsvOptions): string {
  const { newline } = options;
  const delimiter = options.delimiter === "auto" ? "," : options.delimiter;
  const dialect = { ...options, delimiter, isGuessed: options.delimiter === "auto" };
  const write = options.quote === "" ? plainField : quotedField;
  return (
    fields.map((text, index) => write(text, dialect, { isFirst: index === 0, isAlone: fields.length === 1 })).join(delimiter) +
    NEWLINES[newline]
  );
}

type Dialect = CsvOptions & { readonly isGuessed: boolean };

interface Place {
  readonly isFirst: boolean;
  readonly isAlone: boolean;
}

/** RFC 4180, section 2. Blanks at either end are quoted, too, because some readers trim them. */
function quotedField(text: string, options: Dialect, place: Place): string {
  const { delimiter, quote, escape, quoteAll } = options;
  const needsQuotes =
    quoteAll || holdsDelimiter(text, delimiter) || text.includes(quote) || /[\r\n]|^\s|\s$/.test(text) || isNoRecord(text, options, place);
  // Whoever guesses the delimiter counts those outside of quotes.
  const misleads = options.isGuessed && (/[,;\t|]/.test(text) || (place.isFirst && text.startsWith("sep=")));
  if (!needsQuotes && !misleads && (escape === undefined || !text.includes(escape))) return text;
  const escaped = escape === undefined || escape === quote ? text : text.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, quote + quote) + quote;
}

function plainField(text: string, options: CsvOptions, place: Place): string {
  const { delimiter, escape } = options;
  if (escape !== undefined && !(place.isAlone && text === "")) return escapedField(text, options, place);
  if (!holdsDelimiter(text, delimiter) && !/[\r\n]/.test(text) && !isNoRecord(text, options, place)) return text;
  throw formatInvalid(`the field ${JSON.stringify(text)} cannot be written without quotes`, { hint: "set the option quote or escape" });
}

function escapedField(text: string, options: CsvOptions, place: Place): string {
  const escape = options.escape ?? "";
  const special = (character: string, index: number) =>
    character === escape ||
    character === "\r" ||
    character === "\n" ||
    character === options.delimiter[0] ||
    (index === 0 && isNoRecord(text, options, place));
  return Array.from({ length: text.length }, (_, index) => text.charAt(index))
    .map((character, index) => (special(character, index) ? escape + character : character))
    .join("");
}

/** The end of a field may make a longer delimiter with the one behind it. */
function holdsDelimiter(text: string, delimiter: string): boolean {
  return delimiter.length === 1 ? text.includes(delimiter) : (text + delimiter).indexOf(delimiter) < text.length;
}

/** A record of one empty field would be a blank line, which is no record; nor is one that begins like a comment. */
function isNoRecord(text: string, { comment, delimiter }: CsvOptions, { isFirst, isAlone }: Place): boolean {
  return (isAlone && text === "") || (isFirst && comment !== undefined && `${text}${delimiter}`.startsWith(comment));
}
