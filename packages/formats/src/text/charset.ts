import { describeValue, type OptionType } from "@portolan/core";
import { formatInvalid, placeOf } from "../format-invalid.ts";
import { firstUnwritable, isTableCharset, loadIconv, UNREADABLE } from "./table-charset.ts";

/** The name of a charset as `charsetNamed` yields it: `utf-8`, `latin1` (ISO 8859-1), `utf-16le`, `utf-16be`, or one read by tables. */
export type Charset = string;

const EXPECTED = "a charset such as utf-8, utf-16le, latin1, windows-1252 or shift_jis";

export const charsetType: OptionType<Charset> = {
  kind: "charset",
  expected: EXPECTED,
  schema: { type: "string", minLength: 1 },
  read(given, context) {
    const value = context.substitute(given);
    const charset = typeof value === "string" ? charsetNamed(value) : undefined;
    if (charset === undefined) context.report({ message: "wrong value", expected: EXPECTED, found: describeValue(value) });
    return charset;
  },
};

const BOM = "\uFEFF";

/** Whole texts only: a decoder holds no state between such calls. */
const UNICODE: ReadonlyMap<Charset, TextDecoder> = new Map(
  ["utf-8", "utf-16le", "utf-16be"].map((name) => [name, new TextDecoder(name, { fatal: true, ignoreBOM: true })]),
);
const TO_UTF8 = new TextEncoder();

/** The charset that a media type, a declaration or an option names, or undefined if there is none of that name. */
export function charsetNamed(label: string): Charset | undefined {
  const name = label.toLowerCase().replaceAll("_", "-");
  if (["utf-8", "utf8", "us-ascii", "ascii"].includes(name)) return "utf-8";
  if (["iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"].includes(name)) return "latin1";
  if (["utf-16le", "utf16le", "utf-16"].includes(name)) return "utf-16le";
  if (["utf-16be", "utf16be"].includes(name)) return "utf-16be";
  return isTableCharset(name) ? name : undefined;
}

/** The bytes of one unit of a charset: 2 where a line end is two bytes. */
export function unitOf(charset: Charset): 1 | 2 {
  return charset.startsWith("utf-16") ? 2 : 1;
}

/** The text without its byte order mark. `line` is that of the first character, for error messages. */
export function decodeText(bytes: Uint8Array, charset: Charset, line = 1): string {
  if (charset === "latin1") return latin1(bytes);
  const unicode = UNICODE.get(charset);
  if (unicode === undefined) {
    const text = loadIconv().decode(bytes, charset);
    checkTableText(text, charset, line);
    return text;
  }
  try {
    const text = unicode.decode(bytes);
    return line === 1 && text.startsWith(BOM) ? text.slice(1) : text;
  } catch (cause) {
    throw undecodable(bytes, { charset, line, cause });
  }
}

/** Decodes a text that comes in pieces, which may be cut within a character. */
export interface TextReader {
  read(chunk: Uint8Array): string;
  /** What was held back; fails if a character was cut off. */
  end(): string;
}

export function createTextReader(charset: Charset): TextReader {
  if (charset === "latin1") return { read: latin1, end: () => "" };
  return UNICODE.has(charset) ? createUnicodeReader(charset) : createTableReader(charset);
}

function createUnicodeReader(charset: Charset): TextReader {
  const decoder = new TextDecoder(charset, { fatal: true });
  let line = 1;
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      const text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
      line += countLines(text);
      return text;
    } catch (cause) {
      throw formatInvalid(`text is not valid ${charset} in or after line ${line}`, { hint: charsetHint(charset), cause });
    }
  };
  return { read: decode, end: () => decode(undefined) };
}

function createTableReader(charset: Charset): TextReader {
  const decoder = loadIconv().getDecoder(charset);
  let line = 1;
  const checked = (text: string): string => {
    checkTableText(text, charset, line);
    line += countLines(text);
    return text;
  };
  return {
    read: (chunk) => checked(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => checked(decoder.end() ?? ""),
  };
}

/** The bytes of a text; characters that the charset does not have are refused. */
export function encodeText(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-16le") return Buffer.from(text, "utf16le");
  if (charset === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  if (charset !== "utf-8" && charset !== "latin1") return encodeByTable(text, charset);
  const index = charset === "utf-8" ? loneSurrogate(text) : text.search(/[^\u0000-\u00FF]/u);
  if (index >= 0) throw unwritable(text, index, charset);
  return charset === "utf-8" ? TO_UTF8.encode(text) : Buffer.from(text, "latin1");
}

function encodeByTable(text: string, charset: Charset): Uint8Array {
  const iconv = loadIconv();
  const bytes = iconv.encode(text, charset);
  const index = firstUnwritable(text, iconv.decode(bytes, charset, { stripBOM: false }));
  if (index >= 0) throw unwritable(text, index, charset);
  return bytes;
}

function unwritable(text: string, index: number, charset: Charset) {
  const { line, column } = placeOf(text, index);
  const character = JSON.stringify(String.fromCodePoint(text.codePointAt(index) ?? 0));
  return formatInvalid(`the character ${character} at line ${line}, column ${column} does not exist in ${charset}`, {
    hint: charset === "utf-8" ? "half of a character was cut off where the text was made" : "use charset utf-8",
  });
}

/** TextDecoder's "latin1" is windows-1252; this is ISO 8859-1, which reads and writes every byte. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function loneSurrogate(text: string): number {
  return text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u);
}

function countLines(text: string): number {
  let count = 0;
  for (let next = text.indexOf("\n"); next >= 0; next = text.indexOf("\n", next + 1)) count += 1;
  return count;
}

function checkTableText(text: string, charset: Charset, firstLine: number): void {
  const index = text.indexOf(UNREADABLE);
  if (index < 0) return;
  const { line, column } = placeOf(text, index, firstLine);
  throw formatInvalid(`text is not valid ${charset} at line ${line}, column ${column}`, { hint: charsetHint(charset) });
}

function undecodable(bytes: Uint8Array, { charset, line, cause }: { charset: Charset; line: number; cause: unknown }) {
  const valid = new TextDecoder(charset, { ignoreBOM: true }).decode(bytes.subarray(0, validPrefix(bytes, charset)), { stream: true });
  const place = placeOf(valid, valid.length, line);
  return formatInvalid(`text is not valid ${charset} at line ${place.line}, column ${place.column}`, { hint: charsetHint(charset), cause });
}

/** How many bytes can be decoded: found by bisection, since a decoder does not tell. */
function validPrefix(bytes: Uint8Array, charset: Charset): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    try {
      new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

function charsetHint(charset: Charset): string {
  return `name the charset that the sender uses: ${charset === "utf-8" ? "windows-1252, latin1 or utf-16le" : "utf-8 or another"}`;
}
