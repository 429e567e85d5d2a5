import type { EdiDocument, EdiGroup, EdiInterchange, EdiMessage, EdiPart, EdiSegment } from "./document.ts";
import { createEnvelopes, type EdiCheck, type EdiEvent, type EdiSyntax } from "./envelopes.ts";
import { ediFault, type EdiError } from "./fault.ts";
import type { EdiLayout } from "./layout.ts";
import { createMessageCheck, type MessageDialect } from "./message-check.ts";
import { createSegmentReader, type InterchangeOpening, type PlacedSegment, type ReaderOptions } from "./segment-reader.ts";

export type EdiDialect = EdiSyntax & MessageDialect;

export interface ReadEdiOptions extends ReaderOptions {
  readonly check: EdiCheck;
  /** Whether what is wrong with a message, a group or the counts of an interchange is thrown, or kept beside it. */
  readonly errors: "throw" | "collect";
  readonly layouts: readonly EdiLayout[];
}

/** A message with the segments that stand around it; or, where errors are collected, those of an envelope, at its end. */
export interface EdiRecord {
  readonly delimiters: InterchangeOpening["delimiters"];
  readonly interchange: EdiSegment;
  readonly group?: EdiSegment;
  readonly message?: EdiMessage;
  readonly errors?: readonly EdiError[];
}

/** Errors that are kept for one part of a document; more say nothing new. */
const MAX_ERRORS = 100;

interface Errors {
  readonly errors?: readonly EdiError[];
}

/** The document of a whole text. */
export function readEdi(text: string, dialect: EdiDialect, options: ReadEdiOptions): EdiDocument {
  const interchanges: EdiInterchange[] = [];
  const reader = createEdiReader(dialect, options, (interchange) => interchanges.push(interchange));
  // Its messages are in the interchanges, too.
  for (const _ of reader.read(text, true));
  const { after, isOpen } = reader.end();
  return { interchanges, ...(isOpen && { unterminated: true }), ...(after !== "" && { after }) };
}

/** Reads a text that may come in pieces, message by message. `keep` gets whole interchanges; without it none is held. */
export function createEdiReader(dialect: EdiDialect, options: ReadEdiOptions, keep?: (interchange: EdiInterchange) => void) {
  const segments = createSegmentReader(dialect, options);
  const errors = new Map<"interchange" | "group" | "message", EdiError[]>();
  const levelOf = (tag: string | undefined) =>
    tag === dialect.interchange.open || tag === dialect.interchange.close
      ? "interchange"
      : tag === dialect.group.open || tag === dialect.group.close
        ? "group"
        : "message";
  const report = (error: EdiError): void => {
    const level = levelOf(error.tag);
    if (options.errors === "throw") throw ediFault(dialect.title, error);
    const known = errors.get(level) ?? [];
    errors.set(level, known);
    if (known.length < MAX_ERRORS) known.push(error);
  };
  const taken = (level: "interchange" | "group" | "message"): Errors => {
    const found = errors.get(level);
    errors.delete(level);
    // Stable: what is wrong with one segment stays in its order.
    return found === undefined ? {} : { errors: found.toSorted((a, b) => a.segment - b.segment) };
  };
  const envelopes = createEnvelopes(dialect, { check: options.check, report, refuse: (error) => ediFault(dialect.title, error) });

  let opening: (InterchangeOpening & { readonly header: EdiSegment }) | undefined;
  let loose: EdiSegment[] = [];
  let groups: EdiGroup[] = [];
  let messages: EdiMessage[] = [];
  let group: { readonly header: EdiSegment; readonly messages: EdiMessage[] } | undefined;
  let message: ReturnType<typeof createMessageCheck> | undefined;

  function accept({ kind, placed }: EdiEvent): EdiRecord | undefined {
    const { segment } = placed;
    if (kind === "interchange" && placed.opening !== undefined) opening = { ...placed.opening, header: segment };
    else if (kind === "loose") loose.push(segment);
    else if (kind === "group") group = { header: segment, messages: [] };
    else if (kind === "message") message = createMessageCheck(placed, { dialect, options, report, group: group?.header });
    else if (kind === "segment") message?.add(placed);
    else if (kind === "messageEnd" && message !== undefined && opening !== undefined) return endMessage(message, opening, placed);
    else if (kind === "groupEnd" && group !== undefined && opening !== undefined) return endGroup(group, opening, placed);
    else if (kind === "interchangeEnd" && opening !== undefined) return endInterchange(opening, placed);
    return undefined;
  }

  function endGroup(ended: NonNullable<typeof group>, { delimiters, header }: NonNullable<typeof opening>, { segment }: PlacedSegment) {
    const found = taken("group");
    group = undefined;
    if (keep !== undefined) groups.push({ ...ended, trailer: segment, ...found });
    return found.errors && { delimiters, interchange: header, group: ended.header, errors: found.errors };
  }

  function endMessage(ended: NonNullable<typeof message>, { delimiters, header }: NonNullable<typeof opening>, placed: PlacedSegment) {
    const parts: readonly EdiPart[] = ended.end(placed);
    const whole: EdiMessage = { header: ended.header, segments: parts, trailer: placed.segment, ...taken("message") };
    message = undefined;
    if (keep !== undefined) (group?.messages ?? messages).push(whole);
    return { delimiters, interchange: header, ...(group !== undefined && { group: group.header }), message: whole };
  }

  function endInterchange({ delimiters, newline, before, afterUna, header }: NonNullable<typeof opening>, { segment }: PlacedSegment) {
    const found = taken("interchange");
    keep?.({
      delimiters,
      newline,
      ...(before !== "" && { before }),
      ...(afterUna !== undefined && { una: true }),
      ...(afterUna !== undefined && afterUna !== newline && { afterUna }),
      header,
      ...(loose.length > 0 && { segments: loose }),
      ...(groups.length > 0 && { groups }),
      ...(messages.length > 0 && { messages }),
      trailer: segment,
      ...found,
    });
    [opening, loose, groups, messages] = [undefined, [], [], []];
    return found.errors && { delimiters, interchange: header, errors: found.errors };
  }

  let isEmpty = true;
  return {
    *read(text: string, isLast: boolean): Generator<EdiRecord> {
      for (const placed of segments.read(text, isLast)) {
        isEmpty = false;
        const record = accept(envelopes.next(placed));
        if (record !== undefined) yield record;
      }
      const missing = isLast ? (isEmpty ? dialect.interchange.open : envelopes.missing()) : undefined;
      if (missing === undefined) return;
      const reason = `expected ${missing}, found ${isEmpty ? "an empty text" : "the end of the text"}`;
      throw ediFault(dialect.title, { ...segments.end(), kind: "envelope", reason });
    },
    end: () => segments.end(),
  };
}
