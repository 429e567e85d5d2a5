import type { PortolanError } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { Hl7Batch, Hl7Document, Hl7Message, Hl7Segment } from "./document.ts";
import { createHl7Lines, type Hl7Line } from "./lines.ts";
import { HEADERS, readSegment, readSeparators, valueAt, type Hl7Separators } from "./segment.ts";

export interface Hl7ReadOptions {
  readonly check: "syntax" | "header";
  /** Longer lines are refused. */
  readonly maxSegment: number;
}

/** A message with the headers of what it stands in. */
export interface Hl7Record {
  readonly file?: Hl7Segment;
  readonly batch?: Hl7Segment;
  readonly message: Hl7Message;
}

/** Fields that every header of a message has. */
const REQUIRED = [
  { field: 9, what: "the type of the message" },
  { field: 10, what: "the control id" },
  { field: 11, what: "the processing id" },
  { field: 12, what: "the version" },
] as const;

/** The document of a whole text. */
export function readHl7(text: string, options: Hl7ReadOptions): Hl7Document {
  const reader = createHl7Reader(options, true);
  // Its messages are in the document, too.
  for (const _ of reader.read(text, true));
  return reader.document();
}

/** Reads texts that follow on one another, message by message; `keeps` says whether the document is wanted, too. */
export function createHl7Reader({ check, maxSegment }: Hl7ReadOptions, keeps: boolean) {
  const lines = createHl7Lines();
  let newline: string | undefined;
  let isFramed = false;
  let isInFrame = false;
  let separators: Hl7Separators | undefined;
  let file: { header: Hl7Segment; trailer?: Hl7Segment; count: number } | undefined;
  let batch: { header: Hl7Segment; count: number; messages: Hl7Message[] } | undefined;
  let message: Hl7Segment[] | undefined;
  const batches: Hl7Batch[] = [];
  const messages: Hl7Message[] = [];
  let segmentCount = 0;
  let messageCount = 0;
  let last: Hl7Line | undefined;

  const refuse = (line: Hl7Line | undefined, reason: string, { tag, field }: { tag?: string; field?: number } = {}): PortolanError => {
    const which = tag === undefined ? "" : ` (${tag})`;
    const at = field === undefined ? "" : `, field ${field}`;
    const place = `line ${line?.line ?? 1}, segment ${segmentCount}${which}${at}, character ${line?.character ?? 1}`;
    return formatInvalid(`HL7 is not valid at ${place}: ${reason}`);
  };

  function endMessage(): Hl7Record | undefined {
    if (message === undefined) return undefined;
    const whole: Hl7Message = { segments: message };
    message = undefined;
    messageCount += 1;
    if (batch !== undefined) batch.count += 1;
    if (keeps) (batch?.messages ?? messages).push(whole);
    return { ...(file !== undefined && { file: file.header }), ...(batch !== undefined && { batch: batch.header }), message: whole };
  }

  function segmentOf(line: Hl7Line): Hl7Segment {
    const tag = line.text.slice(0, 3);
    if (HEADERS.has(tag)) {
      const declared = readSeparators(line.text);
      if (typeof declared === "string") throw refuse(line, declared, { tag });
      separators = declared;
    }
    if (separators === undefined) throw refuse(line, `expected MSH, BHS or FHS, found ${JSON.stringify(line.text.slice(0, 10))}`);
    const segment = readSegment(line.text, separators);
    if (typeof segment === "string") throw refuse(line, segment);
    newline ??= line.end;
    return line.end === newline ? segment : { ...segment, end: line.end };
  }

  function checkCount(line: Hl7Line, trailer: Hl7Segment, { count, what }: { count: number; what: string }): void {
    const found = valueAt(trailer, 1);
    if (check === "syntax" || found === "" || Number(found) === count) return;
    throw refuse(line, `expected the count of ${what}, ${count}, found ${JSON.stringify(found)}`, { tag: trailer.tag, field: 1 });
  }

  function accept(line: Hl7Line): Hl7Record | undefined {
    last = line;
    if (line.kind === "open") {
      if (isInFrame) throw refuse(line, "expected the end of a frame, found the start of another");
      [isFramed, isInFrame] = [true, true];
      return undefined;
    }
    if (line.kind === "close") {
      if (!isInFrame || message === undefined) throw refuse(line, "expected a message in a frame, found its end");
      if (line.end !== "\r") throw refuse(line, `expected a carriage return after a frame, found ${JSON.stringify(line.end)}`);
      isInFrame = false;
      return endMessage();
    }
    segmentCount += 1;
    if (isFramed && !isInFrame) throw refuse(line, `expected the start of a frame, found ${JSON.stringify(line.text.slice(0, 10))}`);
    const segment = segmentOf(line);
    const { tag } = segment;
    const unexpected = (expected: string) => refuse(line, `expected ${expected}, found ${tag}`, { tag });
    if (tag === "MSH") {
      if (isInFrame && message !== undefined) throw unexpected("one message in a frame");
      if (file?.trailer !== undefined) throw unexpected("the end of the text");
      if (batch === undefined && batches.length > 0) throw unexpected("BHS or FTS");
      const record = endMessage();
      if (check === "header") {
        for (const { field, what } of REQUIRED)
          if (valueAt(segment, field) === "") throw refuse(line, `expected ${what}, found nothing`, { tag, field });
      }
      message = [segment];
      return record;
    }
    if (!["FHS", "BHS", "BTS", "FTS"].includes(tag)) {
      if (message === undefined) throw unexpected("MSH");
      message.push(segment);
      return undefined;
    }
    if (isFramed) throw unexpected("a message in a frame");
    const record = endMessage();
    if (tag === "FHS") {
      if (file !== undefined || batch !== undefined || messageCount > 0) throw unexpected("a file header at the start of the text");
      file = { header: segment, count: 0 };
    } else if (tag === "BHS") {
      if (batch !== undefined || file?.trailer !== undefined || messages.length > 0)
        throw unexpected(batch === undefined ? "the end of the text" : "MSH or BTS");
      batch = { header: segment, count: 0, messages: [] };
    } else if (tag === "BTS") {
      if (batch === undefined) throw unexpected("BHS");
      checkCount(line, segment, { count: batch.count, what: "messages" });
      if (keeps) batches.push({ header: batch.header, messages: batch.messages, trailer: segment });
      if (file !== undefined) file.count += 1;
      batch = undefined;
    } else {
      if (file === undefined || file.trailer !== undefined || batch !== undefined) throw unexpected(batch === undefined ? "FHS" : "BTS");
      checkCount(line, segment, { count: file.count, what: "batches" });
      file.trailer = segment;
    }
    return record;
  }

  return {
    *read(text: string, isLast: boolean): Generator<Hl7Record> {
      for (const line of lines.next(text, isLast)) {
        const record = accept(line);
        if (record !== undefined) yield record;
      }
      if (lines.waiting() > maxSegment)
        throw refuse(last, `expected a segment of at most ${maxSegment} characters after this one, found more`);
      if (!isLast) return;
      const missing = isInFrame
        ? "the end of the frame"
        : batch !== undefined
          ? "BTS"
          : file !== undefined && file.trailer === undefined
            ? "FTS"
            : undefined;
      if (missing !== undefined) throw refuse(last, `expected ${missing}, found the end of the text`);
      const record = endMessage();
      if (record !== undefined) yield record;
      if (messageCount === 0 && segmentCount === 0) throw refuse(last, "expected MSH, found an empty text");
    },
    document: (): Hl7Document => ({
      newline: newline ?? "",
      ...(isFramed && { mllp: true }),
      ...(file?.trailer !== undefined && { file: { header: file.header, trailer: file.trailer } }),
      ...(batches.length > 0 && { batches }),
      ...(messages.length > 0 && { messages }),
    }),
  };
}
