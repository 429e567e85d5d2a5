import { formatInvalid } from "../format-invalid.ts";
import { likeliestDelimiter } from "./delimiter.ts";

/** How fields and records are told apart. */
export interface CsvDialect {
  /** `auto`: whichever of `,` `;` tab and `|` the first line has most of. */
  readonly delimiter: string;
  /** Empty where there are no quotes. */
  readonly quote: string;
  /** What takes the next character as it is; a quote within quotes may also be doubled. */
  readonly escape?: string | undefined;
  /** How lines begin that are none. */
  readonly comment?: string | undefined;
  readonly skipLines: number;
  readonly trim: boolean;
  readonly maxRecordBytes: number;
}

/** Reads a text in pieces, cut anywhere. Blank lines are no records. */
export interface CsvScanner {
  write(text: string): void;
  end(): void;
}

const LF = 10;
const CR = 13;

/** `emit` gets the fields of each record and the line on which it begins. */
export function createCsvScanner(dialect: CsvDialect, emit: (fields: string[], line: number) => void): CsvScanner {
  const { quote, comment = "", trim, maxRecordBytes } = dialect;
  const escape = dialect.escape === undefined || dialect.escape === quote ? "" : dialect.escape;
  const quoteCode = quote === "" ? -1 : quote.charCodeAt(0);
  const escapeCode = escape === "" ? -1 : escape.charCodeAt(0);
  let delimiter = dialect.delimiter;
  let delimiterCode = delimiter.charCodeAt(0);
  let isDelimiterDue = delimiter === "auto";
  let linesToSkip = dialect.skipLines;
  /** What is not read yet begins at the field `at`; up to `searched` it holds no end of it. */
  let text = "";
  let at = 0;
  let searched = 0;
  let isEnd = false;
  let fields: string[] = [];
  let fieldsLength = 0;
  let line = 1;
  /** Lines that ended within the quotes of the record. */
  let innerLines = 0;

  const fault = (reason: string) => formatInvalid(`CSV is not valid at line ${line + innerLines}, field ${fields.length + 1}: ${reason}`);

  /** Reads as many records as are there. */
  function scan(): void {
    while (at < text.length || (isEnd && fields.length > 0)) {
      // Whether it is a comment has not come yet.
      if (!isEnd && text.length - at < comment.length) return;
      if (fields.length === 0 && (linesToSkip > 0 || (comment !== "" && text.startsWith(comment, at)))) {
        if (!skipLine()) return;
      } else if (isDelimiterDue) {
        if (!chooseDelimiter()) return;
      } else if (!readField()) return;
    }
  }

  function skipLine(): boolean {
    const end = lineEnd(searched);
    if (end < 0) return false;
    linesToSkip = Math.max(0, linesToSkip - 1);
    nextLine(end);
    return true;
  }

  /** Where the line ends, or -1 if that has not come yet. */
  function lineEnd(from: number): number {
    let end = from;
    while (end < text.length && text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end += 1;
    searched = end;
    return isEnd || end < text.length - 1 || text.charCodeAt(end) === LF ? end : -1;
  }

  function chooseDelimiter(): boolean {
    const end = lineEnd(searched);
    if (end < 0) return false;
    const first = text.slice(at, end);
    const [, named] = /^sep=(.)$/.exec(first) ?? [];
    delimiter = named ?? likeliestDelimiter(first, quote);
    delimiterCode = delimiter.charCodeAt(0);
    isDelimiterDue = first === "";
    if (named === undefined && first !== "") searched = at;
    else nextLine(end);
    return true;
  }

  /** False if the field's end has not come yet. */
  function readField(): boolean {
    let start = at;
    if (trim) while (isBlank(start)) start += 1;
    return quoteCode >= 0 && text.charCodeAt(start) === quoteCode ? readQuoted(start) : readPlain();
  }

  function isBlank(index: number): boolean {
    const code = text.charCodeAt(index);
    return (code === 32 || code === 9) && code !== delimiterCode;
  }

  function readPlain(): boolean {
    const { length } = text;
    let end = searched;
    for (; end < length; end++) {
      const code = text.charCodeAt(end);
      if (code === delimiterCode) {
        if (delimiter.length === 1 || text.startsWith(delimiter, end)) break;
        if (!isEnd && end + delimiter.length > length) return waitFrom(end);
      } else if (code === LF || code === CR) break;
      else if (code === escapeCode) {
        if (!isEnd && end + 1 >= length) return waitFrom(end);
        end += 1;
      }
    }
    if (end >= length && !isEnd) return waitFrom(length);
    const value = unescaped(text.slice(at, end), "");
    return ended(trim ? value.trim() : value, end, false);
  }

  function readQuoted(start: number): boolean {
    let end = Math.max(searched, start + 1);
    for (;;) {
      end = nextSpecial(end);
      if (end >= text.length) {
        if (isEnd) throw fault("expected a closing quote, found the end of the text");
        return waitFrom(end);
      }
      const isEscape = text.charCodeAt(end) === escapeCode;
      // Whether it is doubled, or what it escapes, has not come yet.
      if (!isEnd && end + 1 >= text.length) return waitFrom(end);
      if (!isEscape && text.charCodeAt(end + 1) !== quoteCode) break;
      end += 2;
    }
    let next = end + 1;
    if (trim) while (isBlank(next)) next += 1;
    if (!isEnd && next + Math.max(2, delimiter.length) > text.length) return waitFrom(end);
    if (next < text.length && !isFieldEnd(next)) {
      throw fault("expected a delimiter or a line end after a closing quote, found something else");
    }
    const value = unescaped(text.slice(start + 1, end), quote);
    return ended(value, next, true);
  }

  function nextSpecial(from: number): number {
    if (escapeCode < 0) {
      const index = text.indexOf(quote, from);
      return index < 0 ? text.length : index;
    }
    let index = from;
    while (index < text.length && text.charCodeAt(index) !== quoteCode && text.charCodeAt(index) !== escapeCode) index += 1;
    return index;
  }

  function isFieldEnd(index: number): boolean {
    const code = text.charCodeAt(index);
    return code === LF || code === CR || text.startsWith(delimiter, index);
  }

  function unescaped(value: string, doubled: string): string {
    if (escape !== "" && value.includes(escape)) return withoutEscapes(value, escape, doubled);
    return doubled !== "" && value.includes(doubled) ? value.replaceAll(doubled + doubled, doubled) : value;
  }

  function waitFrom(index: number): false {
    searched = index;
    return false;
  }

  /** The field ends before `end`; with it the record, unless a delimiter stands there. */
  function ended(value: string, end: number, isQuoted: boolean): boolean {
    const code = text.charCodeAt(end);
    const isLineEnd = end >= text.length || code === LF || code === CR;
    // Whether a line feed follows has not come yet.
    if (!isEnd && code === CR && end + 1 >= text.length) return waitFrom(isQuoted ? searched : end);
    if (isQuoted || escape !== "")
      for (let index = value.indexOf("\n"); index >= 0; index = value.indexOf("\n", index + 1)) innerLines += 1;
    fieldsLength += end - at;
    if (fieldsLength > maxRecordBytes) throw tooLong();
    if (!isLineEnd) {
      fields.push(value);
      at = searched = end + delimiter.length;
      return true;
    }
    const isRecord = fields.length > 0 || isQuoted || value !== "";
    fields.push(value);
    if (isRecord) emit(fields, line);
    fields = [];
    fieldsLength = 0;
    nextLine(end);
    return true;
  }

  function nextLine(end: number): void {
    at = searched = text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end + 2 : Math.min(end + 1, text.length);
    line += 1 + innerLines;
    innerLines = 0;
  }

  function tooLong() {
    return fault("the record is longer than maxRecordBytes allows");
  }

  return {
    write(piece) {
      text = at === text.length ? piece : text.slice(at) + piece;
      searched -= at;
      at = 0;
      scan();
      if (fieldsLength + text.length - at > maxRecordBytes) throw tooLong();
    },
    end() {
      isEnd = true;
      scan();
    },
  };
}

/** Of each escape the next character stays; of doubled quotes one. */
function withoutEscapes(value: string, escape: string, doubled: string): string {
  let result = "";
  for (let index = 0; index < value.length; index++) {
    const character = value[index] ?? "";
    const isPair = character === escape || (character === doubled && value[index + 1] === doubled);
    if (isPair) index += 1;
    result += isPair ? (value[index] ?? character) : character;
  }
  return result;
}
