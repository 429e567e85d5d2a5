import type { EdiDelimiters, EdiDocument, EdiInterchange, EdiSegment } from "./document.ts";
import { readEnvelopes, type EdiCheck, type EdiSyntax } from "./envelopes.ts";
import { ediFault } from "./fault.ts";
import { readSegment, writeSegment, type PlacedSegment } from "./segment-text.ts";

/** How an interchange begins: its delimiters, and where its first segment stands. A text says why it does not begin here. */
export type InterchangeStart = { readonly delimiters: EdiDelimiters; readonly una?: boolean; readonly at: number } | string;

export interface EdiDialect extends EdiSyntax {
  start(text: string, at: number): InterchangeStart;
  /** The delimiters of the first segment where it has fewer than others; an empty one is none. */
  header?(delimiters: EdiDelimiters): EdiDelimiters;
}

const BLANKS = /[ \t\r\n]*/y;

export function readEdi(text: string, dialect: EdiDialect, check: EdiCheck): EdiDocument {
  const interchanges: EdiInterchange[] = [];
  let before = blanksAt(text, 0);
  let at = before.length;
  let count = 0;
  while (at < text.length) {
    const start = dialect.start(text, at);
    if (typeof start === "string") throw ediFault({ title: dialect.title, segment: count + 1, offset: at }, start);
    const { delimiters, una } = start;
    at = start.at;
    let newline: string | undefined;
    if (una) {
      newline = blanksAt(text, at);
      at += newline.length;
    }
    const segments: PlacedSegment[] = [];
    let blanks = "";
    for (;;) {
      const number = (count += 1);
      const read = readSegment(text, at, segments.length === 0 ? (dialect.header?.(delimiters) ?? delimiters) : delimiters);
      if (typeof read === "string") throw ediFault({ title: dialect.title, segment: number, tag: tagAt(text, at), offset: at }, read);
      if (segments.length === 1) newline ??= blanks;
      const differs = segments.length > 0 && blanks !== newline;
      segments.push({
        segment: asSent(read.segment, text.slice(at, read.end - 1), { delimiters, ...(differs && { blanks }) }),
        number,
        start: at,
        end: read.end,
      });
      blanks = blanksAt(text, read.end);
      at = read.end + blanks.length;
      if (read.segment.tag === dialect.interchange.close || at >= text.length) break;
    }
    const readInterchange = readEnvelopes(segments, dialect, check);
    interchanges.push({ delimiters, newline: newline ?? "", ...(before !== "" && { before }), ...(una && { una }), ...readInterchange() });
    before = blanks;
  }
  if (interchanges.length === 0) {
    throw ediFault({ title: dialect.title, segment: 1, offset: 0 }, `expected ${dialect.interchange.open}, found an empty text`);
  }
  return { interchanges, ...(before !== "" && { after: before }) };
}

function asSent(segment: EdiSegment, text: string, { delimiters, blanks }: { delimiters: EdiDelimiters; blanks?: string }): EdiSegment {
  // Without release characters there is one way to write a segment only.
  const isOther = delimiters.release !== undefined && text.includes(delimiters.release) && writeSegment(segment, delimiters) !== text;
  return { ...segment, ...(blanks !== undefined && { before: blanks }), ...(isOther && { raw: text }) };
}

function blanksAt(text: string, at: number): string {
  BLANKS.lastIndex = at;
  return BLANKS.exec(text)?.[0] ?? "";
}

function tagAt(text: string, at: number): string | undefined {
  return /^[A-Z][A-Z0-9]{1,2}/.exec(text.slice(at, at + 3))?.[0];
}
