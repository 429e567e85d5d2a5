import { formatInvalid } from "../format-invalid.ts";
import { createTextReader, decodeText } from "../text/charset.ts";
import { typedField, type FieldType } from "./field-types.ts";
import type { CsvOptions } from "./options.ts";
import { createCsvScanner } from "./scanner.ts";

/** All records of a document. */
export function readCsv(bytes: Uint8Array, options: CsvOptions): unknown[] {
  const records: unknown[] = [];
  const scanner = createCsvScanner(options, createRecordReader(options, records));
  scanner.write(decodeText(bytes, options.charset));
  scanner.end();
  return records;
}

/**
 * So much is read at once. The records of a whole chunk of 64 KB outlive a collection of the young generation, which grows with
 * what survives: by some 40 MB over 1 GB.
 */
const PIECE_BYTES = 4 * 1024;

/** The records of a document that comes in pieces, one by one. */
export async function* streamCsv(chunks: AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<unknown> {
  const records: unknown[] = [];
  const scanner = createCsvScanner(options, createRecordReader(options, records));
  const text = createTextReader(options.charset);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      yield* found(() => scanner.write(text.read(piece)), records);
    }
  }
  yield* found(() => {
    scanner.write(text.end());
    scanner.end();
  }, records);
}

/** What was read before a fault comes before the fault. */
function* found(read: () => void, records: unknown[]): Generator<unknown> {
  let failure: { readonly thrown: unknown } | undefined;
  try {
    read();
  } catch (thrown) {
    failure = { thrown };
  }
  yield* records.splice(0);
  if (failure !== undefined) throw failure.thrown;
}

/** Turns fields into records; the header line into none. */
function createRecordReader(options: CsvOptions, records: unknown[]): (fields: string[], line: number) => void {
  const { header, columns, ragged, types } = options;
  const isTyped = Object.keys(types).length > 0;
  let isHeaderDue = header;
  let names = columns;
  let width = columns?.length;
  return (fields, line) => {
    if (isHeaderDue) {
      isHeaderDue = false;
      names ??= uniqueNames(fields, line);
      checkTypes(types, names);
      width = names.length;
      return;
    }
    width ??= fields.length;
    if (fields.length !== width && (ragged === "refuse" || (ragged === "fill" && fields.length > width))) {
      throw formatInvalid(`CSV is not valid at line ${line}: expected ${width} fields, found ${fields.length}`, {
        hint:
          ragged === "refuse"
            ? "a field that holds the delimiter stands in quotes; the option ragged takes such records"
            : "a field that holds the delimiter stands in quotes",
      });
    }
    if (names === undefined) records.push(fields);
    else records.push(isTyped ? typedRecord(names, fields, { ...options, line }) : namedRecord(names, fields));
  };
}

function uniqueNames(fields: readonly string[], line: number): readonly string[] {
  const seen = new Set<string>();
  for (const name of fields) {
    if (!seen.has(name)) seen.add(name);
    else
      throw formatInvalid(`CSV is not valid at line ${line}: expected each name once, found ${JSON.stringify(name)} twice`, {
        hint: "name the fields with the option columns",
      });
  }
  return fields;
}

function checkTypes(types: Readonly<Record<string, FieldType>>, names: readonly string[]): void {
  const unknown = Object.keys(types).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw formatInvalid(
    `CSV has no field ${JSON.stringify(unknown)}, of which the option types gives the type: expected one of ${names.join(", ")}`,
  );
}

/** Missing fields are empty. */
function namedRecord(names: readonly string[], fields: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index++) setField(record, names[index] ?? "", fields[index] ?? "");
  return record;
}

function typedRecord(
  names: readonly string[],
  fields: readonly string[],
  options: Pick<CsvOptions, "types" | "decimal" | "grouping"> & { readonly line: number },
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const type = Object.hasOwn(options.types, name) ? (options.types[name] ?? "text") : "text";
    const text = fields[index] ?? "";
    const value = typedField(text, type, options);
    if (value === undefined) {
      throw formatInvalid(
        `CSV is not valid at line ${options.line}, field ${index + 1}: expected ${name} to be a ${type}, found ${JSON.stringify(text)}`,
        {
          hint:
            type === "number"
              ? "the options decimal and grouping say how numbers are written; long ones are read as text"
              : "expected true, false, 1 or 0",
        },
      );
    }
    setField(record, name, value);
  }
  return record;
}

/** Defines the one name that a plain assignment would not. */
function setField(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
  else record[name] = value;
}
