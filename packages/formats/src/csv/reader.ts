import type { PortolanError } from "@portolan/core";
import type { CsvError, InfoRecord, Options } from "csv-parse";
import { formatInvalid } from "../format-invalid.ts";
import { createTextReader, decodeText } from "../text/charset.ts";
import { loadCsvParse, loadStreamingCsvParse } from "./csv-parse.ts";
import type { CsvOptions } from "./options.ts";

/** What csv-parse yields with `info`. */
interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: InfoRecord;
}

/** All records of a document. */
export function readCsv(bytes: Uint8Array, options: CsvOptions): unknown[] {
  const read = createRecordReader(options);
  const text = decodeText(bytes, options.charset);
  if (text === "") return [];
  return parsed(text, options).flatMap((entry) => read(entry));
}

/** The records of a document that comes in pieces, one by one. */
export async function* streamCsv(chunks: AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<unknown> {
  const read = createRecordReader(options);
  const [{ Readable }, { pipeline }] = await Promise.all([import("node:stream"), import("node:stream/promises")]);
  const { CsvError, parse } = loadStreamingCsvParse();
  const parser = parse(parserOptions(options));
  const fed = pipeline(Readable.from(decoded(chunks, options)), parser);
  // Its failure ends the loop below, too, which reports it.
  fed.catch(() => undefined);
  try {
    for await (const entry of parser) yield* read(entry as ParsedRecord);
  } catch (thrown) {
    throw thrown instanceof CsvError ? translate(thrown) : thrown;
  }
}

async function* decoded(chunks: AsyncIterable<Uint8Array>, { charset }: CsvOptions): AsyncGenerator<string> {
  const reader = createTextReader(charset);
  for await (const chunk of chunks) {
    const text = reader.read(chunk);
    // An empty text would end a stream of texts.
    if (text !== "") yield text;
  }
  const rest = reader.end();
  if (rest !== "") yield rest;
}

function parserOptions({ delimiter, quote, maxRecordBytes }: CsvOptions): Options {
  return {
    delimiter,
    quote: quote === "" ? false : quote,
    escape: quote === "" ? false : quote,
    record_delimiter: ["\r\n", "\n"],
    skip_empty_lines: true,
    // Counted here, where the names are known.
    relax_column_count: true,
    max_record_size: maxRecordBytes,
    info: true,
  };
}

function parsed(text: string, options: CsvOptions): readonly ParsedRecord[] {
  const { CsvError, parse } = loadCsvParse();
  try {
    // csv-parse's types do not know that `info` changes what it yields.
    return parse(text, parserOptions(options)) as unknown as readonly ParsedRecord[];
  } catch (thrown) {
    throw thrown instanceof CsvError ? translate(thrown) : thrown;
  }
}

/** Turns fields into a record; the header line into none. */
function createRecordReader({ header, columns }: CsvOptions): (entry: ParsedRecord) => unknown[] {
  let isHeaderDue = header;
  let names = columns;
  let width = columns?.length;
  return ({ record, info }) => {
    if (isHeaderDue) {
      isHeaderDue = false;
      names ??= uniqueNames(record, info.lines);
      width = names.length;
      return [];
    }
    width ??= record.length;
    if (record.length !== width) {
      throw formatInvalid(`CSV is not valid at line ${info.lines}: expected ${width} fields, found ${record.length}`, {
        hint: "a field that holds the delimiter stands in quotes",
      });
    }
    return [names === undefined ? record : namedRecord(names, record)];
  };
}

function uniqueNames(record: readonly string[], line: number): readonly string[] {
  const twice = record.find((name, index) => record.indexOf(name) !== index);
  if (twice === undefined) return record;
  throw formatInvalid(`CSV is not valid at line ${line}: expected each name once, found ${JSON.stringify(twice)} twice`, {
    hint: "name the fields with the option columns",
  });
}

/** Defines properties, so that a field named `__proto__` is a field. */
function namedRecord(names: readonly string[], fields: readonly string[]): unknown {
  return Object.fromEntries(names.map((name, index) => [name, fields[index]]));
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "expected a closing quote, found the end of the text",
  INVALID_OPENING_QUOTE: "expected a field that begins with its quote, or holds none, found a quote within",
  CSV_INVALID_CLOSING_QUOTE: "expected a delimiter or a line end after a closing quote, found something else",
  CSV_MAX_RECORD_SIZE: "the record is longer than maxRecordBytes allows",
};

function translate(thrown: CsvError): PortolanError {
  const line = "lines" in thrown && typeof thrown["lines"] === "number" ? thrown["lines"] : 1;
  const field = "column" in thrown && typeof thrown["column"] === "number" ? `, field ${thrown["column"] + 1}` : "";
  return formatInvalid(`CSV is not valid at line ${line}${field}: ${FAULTS[thrown.code] ?? thrown.message}`, { cause: thrown });
}
