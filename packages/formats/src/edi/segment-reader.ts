import type { EdiDelimiters, EdiSegment } from "./document.ts";
import { ediFault, type EdiPlace } from "./fault.ts";
import { readSegment, writeSegment, type SegmentSyntax } from "./segment-text.ts";

/** How an interchange begins: its delimiters, the blanks after a UNA, and where its first segment stands. A text says why it does not begin here. */
export type InterchangeStart = { readonly delimiters: EdiDelimiters; readonly afterUna?: string; readonly at: number } | string;

export interface TextDialect {
  readonly title: string;
  /** The tags of the first and the last segment of an interchange. */
  readonly interchange: { readonly open: string; readonly close: string };
  readonly binary?: Readonly<Record<string, number>>;
  start(text: string): InterchangeStart;
  /** The delimiters of the first segment where it has fewer than others; an empty one is none. */
  header?(delimiters: EdiDelimiters): EdiDelimiters;
}

/** What stands before the first segment of an interchange, and between all others. */
export interface InterchangeOpening {
  readonly delimiters: EdiDelimiters;
  readonly newline: string;
  readonly before: string;
  /** The blanks after a UNA, if there is one. */
  readonly afterUna: string | undefined;
}

export interface PlacedSegment {
  readonly segment: EdiSegment;
  readonly place: EdiPlace;
  /** Of the first segment of an interchange. */
  readonly opening?: InterchangeOpening;
}

export interface ReaderOptions {
  /** Whether each character was one byte; it may turn out while a text comes in pieces. */
  isSingleByte(): boolean;
  /** Longer segments are refused, so that a text without terminators cannot fill the memory. */
  readonly maxSegment: number;
  /** The length of the lines of a text whose line ends have been taken out. */
  readonly columns?: number | undefined;
}

/** Reads the segments of a text that may come in pieces. */
export interface SegmentReader {
  /** The segments that are whole now. */
  read(text: string, isLast: boolean): Generator<PlacedSegment>;
  /** Where the text ends, the blanks after its last segment, and whether that has a terminator. */
  end(): EdiPlace & { readonly after: string; readonly isOpen: boolean };
}

// After the last segment some senders put a DOS end of file, or pad with zeros.
const BLANKS = /[ \t\r\n\f\v\0\x1A]*/y;
/** More than the longest beginning of an interchange. */
const START_LENGTH = 256;

export function createSegmentReader(dialect: TextDialect, options: ReaderOptions): SegmentReader {
  /** What has come and is not read wholly yet, from `at` on; its first character is that at `offset` of all. */
  let rest = "";
  let at = 0;
  let offset = 0;
  let line = 1;
  let nextLine = -1;
  let count = 0;
  /** The interchange that is open. */
  let current: { readonly syntax: SegmentSyntax; readonly newline: string } | undefined;
  /** The blanks before the next segment. */
  let blanks = "";
  let searched = 0;
  let isOpen = false;

  /** Lines are counted on the way, so that no part of the text is cut out for that. */
  const advance = (to: number): void => {
    for (; nextLine >= 0 && nextLine < to; nextLine = rest.indexOf("\n", nextLine + 1)) line += 1;
    at = to;
    searched = to;
  };
  const place = (tag?: string): EdiPlace => ({
    line: options.columns === undefined ? line : Math.floor((offset + at) / options.columns) + 1,
    segment: count + 1,
    tag,
    character: offset + at + 1,
  });
  const refuse = (reason: string, tag?: string) => ediFault(dialect.title, { ...place(tag), kind: "syntax", reason });

  function skipBlanks(): void {
    const more = blanksAt(rest, at);
    if (more === "") return;
    blanks += more;
    advance(at + more.length);
  }

  function open(isLast: boolean): PlacedSegment | undefined {
    if (!isLast && rest.length - at < START_LENGTH) return undefined;
    const start = dialect.start(rest.slice(at));
    if (typeof start === "string") throw refuse(start);
    const { delimiters, afterUna } = start;
    const own = dialect.header?.(delimiters) ?? delimiters;
    const begin = at + start.at;
    const read = readSegment(rest, begin, own);
    if (!("segment" in read)) {
      if (read.isCut && !isLast) return tooLong();
      throw refuse(read.reason, dialect.interchange.open);
    }
    const following = blanksAt(rest, read.end);
    if (!isLast && read.end + following.length === rest.length) return undefined;
    const opening = { delimiters, newline: following, before: blanks, afterUna };
    const syntax: SegmentSyntax = { ...delimiters, binary: dialect.binary ?? {}, isSingleByte: options.isSingleByte() };
    current = { syntax, newline: following };
    const segment = asSent(read.segment, { text: rest, start: begin, end: read.end - 1 }, own);
    const placed = { segment, place: place(segment.tag), opening };
    count += 1;
    blanks = "";
    advance(read.end);
    return placed;
  }

  function next(isLast: boolean): PlacedSegment | undefined {
    skipBlanks();
    if (at === rest.length) return undefined;
    if (current === undefined) return open(isLast);
    const isSingleByte = options.isSingleByte();
    if (current.syntax.isSingleByte !== isSingleByte) current = { ...current, syntax: { ...current.syntax, isSingleByte } };
    const { syntax, newline } = current;
    // Where line ends are terminators, the last line need not have one.
    if (isLast && /[\r\n]/.test(syntax.segment) && rest.indexOf(syntax.segment, at) < 0) {
      rest += syntax.segment;
      isOpen = true;
    }
    if (!isLast && rest.indexOf(syntax.segment, searched) < 0) {
      searched = rest.length;
      return tooLong();
    }
    const read = readSegment(rest, at, syntax);
    if (!("segment" in read)) {
      if (read.isCut && !isLast) return tooLong();
      throw refuse(read.reason, tagAt(rest, at));
    }
    const segment = asSent(read.segment, { text: rest, start: at, end: read.end - 1 }, syntax);
    const placed = { segment: blanks === newline ? segment : { ...segment, before: blanks }, place: place(segment.tag) };
    if (segment.tag === dialect.interchange.close) current = undefined;
    count += 1;
    blanks = "";
    advance(read.end);
    return placed;
  }

  function tooLong(): undefined {
    if (rest.length - at <= options.maxSegment) return undefined;
    throw refuse(`expected a segment of at most ${options.maxSegment} characters, found more`, tagAt(rest, at));
  }

  return {
    *read(text, isLast) {
      offset += at;
      rest = rest.slice(at) + text;
      searched -= at;
      at = 0;
      nextLine = rest.indexOf("\n");
      for (let placed = next(isLast); placed !== undefined; placed = next(isLast)) yield placed;
    },
    end: () => ({ ...place(), after: blanks, isOpen }),
  };
}

interface Sent {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function asSent(segment: EdiSegment, { text, start, end }: Sent, syntax: SegmentSyntax): EdiSegment {
  // Without release characters there is one way to write a segment only.
  if (syntax.release === undefined) return segment;
  const sent = text.slice(start, end);
  return sent.includes(syntax.release) && writeSegment(segment, syntax) !== sent ? { ...segment, raw: sent } : segment;
}

function blanksAt(text: string, at: number): string {
  // Most segments stand side by side, or behind one line end.
  if (text.charCodeAt(at) > 0x20) return "";
  BLANKS.lastIndex = at;
  return BLANKS.exec(text)?.[0] ?? "";
}

function tagAt(text: string, at: number): string | undefined {
  return /^[A-Z][A-Z0-9]{1,2}/.exec(text.slice(at, at + 3))?.[0];
}
