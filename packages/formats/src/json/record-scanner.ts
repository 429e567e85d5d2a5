import { formatInvalid } from "../format-invalid.ts";
import { findJsonFault } from "./json-fault.ts";

interface ScannerOptions {
  /** The names that lead to the list; none if it is the document. */
  readonly path: readonly string[];
  readonly maxDepth: number;
  readonly maxRecordBytes: number;
}

/** Reads a JSON text in pieces and holds no more of it than one record and what stands around the list. */
export interface JsonRecordScanner {
  write(text: string): void;
  end(): void;
}

/** A list or map around what is read; `key` is the name whose value is read in a map. */
interface Level {
  readonly isList: boolean;
  key: string | undefined;
}

/** Where in the list of records a scan stands, or that it stands outside. */
type State = "outside" | "first" | "next" | "record" | "after";

const BLANK = /[ \t\r\n]*/y;

/** `emit` gets the text of each record, with the line and column where it begins. */
export function createJsonRecordScanner(
  { path, maxDepth, maxRecordBytes }: ScannerOptions,
  emit: (text: string, line: number, column: number) => void,
): JsonRecordScanner {
  const levels: Level[] = [];
  let state: State = "outside";
  let isFound = false;
  /** What stands around the records: it must be JSON, too. */
  let around = "";
  let lastText = "";
  let text = "";
  let at = 0;
  let searched = 0;
  let depth = 0;
  let line = 1;
  let column = 1;

  const fault = (reason: string) => formatInvalid(`JSON is not valid at line ${line}, column ${column}: ${reason}`);
  const tooLong = () => fault(`expected a record of at most ${maxRecordBytes} characters, found a longer one`);

  /** Goes on to a place of the text. */
  function consume(end: number): string {
    const piece = text.slice(at, end);
    const lastBreak = piece.lastIndexOf("\n");
    if (lastBreak < 0) column += piece.length;
    else {
      for (let index = piece.indexOf("\n"); index >= 0; index = piece.indexOf("\n", index + 1)) line += 1;
      column = piece.length - lastBreak;
    }
    at = searched = end;
    return piece;
  }

  /** Behind the closing quote of the text that begins there; -1 if it has not come yet. */
  function textEnd(start: number): number {
    for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
      let slashes = 0;
      while (text[quote - 1 - slashes] === "\\") slashes += 1;
      if (slashes % 2 === 0) return quote + 1;
    }
    return -1;
  }

  function scan(isEnd: boolean): void {
    while (at < text.length) {
      if (state === "outside") {
        if (!readAround()) return;
      } else if (state === "record") {
        if (!readRecord(isEnd)) return;
      } else readBetween();
    }
  }

  function readAround(): boolean {
    const character = text[at] ?? "";
    const end = character === '"' ? textEnd(at) : at + 1;
    if (end < 0) return false;
    const piece = consume(end);
    if (around.length + piece.length > maxRecordBytes)
      throw fault(`expected at most ${maxRecordBytes} characters around the records, found more`);
    around += piece;
    if (character === '"') lastText = piece;
    else if (character === "{" || character === "[") open(character === "[");
    else if (character === "}" || character === "]") levels.pop();
    else if (character === ":") nameValue();
    return true;
  }

  function open(isList: boolean): void {
    const isRecords = isList && levels.length === path.length && levels.every((level, index) => !level.isList && level.key === path[index]);
    levels.push({ isList, key: undefined });
    if (levels.length > maxDepth) throw fault(`expected at most ${maxDepth} levels, found more`);
    if (!isRecords) return;
    if (isFound) throw fault("expected one list of records, found another");
    isFound = true;
    state = "first";
  }

  function nameValue(): void {
    const top = levels.at(-1);
    try {
      if (top !== undefined) top.key = JSON.parse(lastText) as string;
    } catch {
      // Told when all that stands around the records is read.
      if (top !== undefined) top.key = undefined;
    }
  }

  function readBetween(): void {
    BLANK.lastIndex = at;
    consume(at + (BLANK.exec(text)?.[0].length ?? 0));
    const character = text[at];
    if (character === undefined) return;
    if (character === "]" && state !== "next") {
      around += consume(at + 1);
      levels.pop();
      state = "outside";
    } else if (state === "after") {
      if (character !== ",") throw fault(`expected "," or "]", found ${JSON.stringify(character)}`);
      consume(at + 1);
      state = "next";
    } else {
      state = "record";
      depth = 0;
    }
  }

  /** False if its end has not come yet. */
  function readRecord(isEnd: boolean): boolean {
    for (let index = searched; index < text.length; index++) {
      const character = text[index];
      if (character === '"') {
        const end = textEnd(index);
        if (end < 0) return waitFrom(index);
        if (depth === 0) return take(end);
        index = end - 1;
      } else if (character === "{" || character === "[") depth += 1;
      else if (character === "}" || character === "]") {
        depth -= 1;
        if (depth < 0) return take(index);
        if (depth === 0) return take(index + 1);
      } else if (depth === 0 && (character === "," || character === " " || character === "\n" || character === "\r" || character === "\t"))
        return take(index);
    }
    return isEnd ? take(text.length) : waitFrom(text.length);
  }

  function waitFrom(index: number): false {
    searched = index;
    if (index - at > maxRecordBytes || text.length - at > maxRecordBytes) throw tooLong();
    return false;
  }

  function take(end: number): true {
    if (end - at > maxRecordBytes) throw tooLong();
    const [startLine, startColumn] = [line, column];
    emit(consume(end), startLine, startColumn);
    state = "after";
    return true;
  }

  return {
    write(piece) {
      text = at === text.length ? piece : text.slice(at) + piece;
      searched -= at;
      at = 0;
      scan(false);
      if (text.length - at > maxRecordBytes) throw tooLong();
    },
    end() {
      scan(true);
      if (state !== "outside") throw fault('expected the end of the list, "]", found the end of the text');
      checkAround(around + text.slice(at));
      if (!isFound) throw formatInvalid(`JSON has no list of records at ${path.join("/") || "its root"}`);
    },
  };
}

/** The places in it are not those of the document: records stand between. */
function checkAround(around: string): void {
  try {
    JSON.parse(around);
  } catch (cause) {
    const { expected, found } = findJsonFault(around);
    throw formatInvalid(`JSON is not valid around its records: expected ${expected}, found ${found}`, { cause });
  }
}
