import { decodeText, createTextReader } from "../text/charset.ts";
import { parseJson } from "./json-text.ts";
import { createJsonRecordScanner, type JsonRecordScanner } from "./record-scanner.ts";

interface RecordOptions {
  /** Names with / between them; `.` is the document itself. */
  readonly records: string;
  readonly maxDepth: number;
  readonly maxRecordBytes: number;
}

/** The records of a whole document. */
export function readJsonRecords(bytes: Uint8Array, options: RecordOptions): readonly unknown[] {
  const records: unknown[] = [];
  const scanner = scannerOf(options, records);
  scanner.write(decodeText(bytes, "utf-8"));
  scanner.end();
  return records;
}

/** The records of a document that comes in pieces. */
export async function* streamJsonRecords(chunks: AsyncIterable<Uint8Array>, options: RecordOptions): AsyncGenerator<unknown> {
  const records: unknown[] = [];
  const scanner = scannerOf(options, records);
  const text = createTextReader("utf-8");
  for await (const chunk of chunks) {
    scanner.write(text.read(chunk));
    yield* records.splice(0);
  }
  scanner.write(text.end());
  scanner.end();
  yield* records.splice(0);
}

/** The document of a list of records. */
export function aroundRecords(value: unknown, path: string): unknown {
  return namesOf(path).reduceRight(
    (content, name) => Object.fromEntries([[name, content]]),
    Array.isArray(value) ? (value as unknown) : [value],
  );
}

function scannerOf({ records: path, maxDepth, maxRecordBytes }: RecordOptions, records: unknown[]): JsonRecordScanner {
  const names = namesOf(path);
  const levelsLeft = maxDepth - names.length - 1;
  return createJsonRecordScanner({ path: names, maxDepth, maxRecordBytes }, (text, line, column) => {
    records.push(parsedAt(text, levelsLeft, { line, column }));
  });
}

/** With blanks in front a fault is where it is in the document. */
function parsedAt(text: string, maxDepth: number, { line, column }: { readonly line: number; readonly column: number }): unknown {
  try {
    return parseJson(text, maxDepth, line);
  } catch {
    return parseJson(" ".repeat(column - 1) + text, maxDepth, line);
  }
}

function namesOf(path: string): readonly string[] {
  return path === "." ? [] : path.split("/");
}
