import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { EdiDocument, EdiElement, EdiInterchange, EdiMessage, EdiSegment } from "./document.ts";
import type { EdiError, EdiFaultKind } from "./fault.ts";

export type AcknowledgedResult = "accepted" | "acceptedWithErrors" | "partiallyAccepted" | "rejected";

/** One thing that a partner found wrong; `position` counts the segments of the message, whose header is 1. */
export interface AcknowledgedError {
  readonly tag?: string;
  readonly position?: number;
  readonly element?: number;
  readonly component?: number;
  readonly code: string;
  readonly value?: string;
}

export interface AcknowledgedMessage {
  readonly type: string;
  readonly control: string;
  readonly result: AcknowledgedResult;
  readonly errors: readonly AcknowledgedError[];
}

/** What a partner says of one group, or of an interchange without groups. */
export interface Acknowledgement {
  readonly kind: string;
  readonly control: string;
  readonly result: AcknowledgedResult;
  readonly codes: readonly string[];
  readonly messages: readonly AcknowledgedMessage[];
}

/** When an acknowledgement is made, and its own control number; without one it has that of what it acknowledges. */
export interface AcknowledgementStamp {
  readonly at: Date;
  readonly control: string | undefined;
}

/** The stamp that a body asks for: `acknowledgement: { at, control }`. */
export function stampOf(body: unknown, now: () => Date): AcknowledgementStamp {
  const given = isRecord(body) ? body["acknowledgement"] : undefined;
  if (given === undefined) return { at: now(), control: undefined };
  const { at, control } = isRecord(given) ? given : {};
  const time = at === undefined ? now() : typeof at === "string" || typeof at === "number" ? new Date(at) : undefined;
  const isControl = control === undefined || typeof control === "string" || Number.isInteger(control);
  if (time !== undefined && !Number.isNaN(time.getTime()) && isControl) {
    return { at: time, control: control === undefined ? undefined : String(control) };
  }
  throw formatInvalid(`acknowledgement is { at: a time, control: a number }, found ${describeValue(given)}`);
}

/** The document of a body that decoding yielded. */
export function readDocument(body: unknown, title: string): EdiDocument {
  // The shape that matters is checked where it is used.
  if (isRecord(body) && Array.isArray(body["interchanges"])) return body as unknown as EdiDocument;
  throw formatInvalid(`an acknowledgement of ${title} is made of a document { interchanges: […] }, found ${describeValue(body)}`);
}

/** The errors of one segment after another. */
export function errorsBySegment(errors: readonly EdiError[]): readonly (readonly EdiError[])[] {
  const groups = Map.groupBy(errors, ({ position, tag }) => `${position} ${tag}`);
  return [...groups.values()];
}

export function isInElement({ element }: EdiError): boolean {
  return element !== undefined;
}

export function textAt({ elements }: EdiSegment, element: number, component = 1): string {
  const found = elements[element - 1] ?? "";
  const item = typeof found === "object" && "repeat" in found ? (found.repeat[0] ?? "") : found;
  return (typeof item === "string" ? (component === 1 ? item : "") : item[component - 1]) ?? "";
}

/** A segment without the empty elements at its end. */
export function segmentOf(tag: string, elements: readonly EdiElement[]): EdiSegment {
  const last = elements.findLastIndex((element) => element !== "");
  return { tag, elements: elements.slice(0, last + 1) };
}

/** A message with the count of its segments. */
export function messageOf(header: EdiSegment, segments: readonly EdiSegment[], trailer: string): EdiMessage {
  const control = header.tag === "ST" ? textAt(header, 2) : textAt(header, 1);
  return { header, segments, trailer: segmentOf(trailer, [String(segments.length + 2), control]) };
}

export function codesOf(
  errors: readonly EdiError[] | undefined,
  codes: Partial<Readonly<Record<EdiFaultKind, string>>>,
  other: string,
): string[] {
  return [...new Set((errors ?? []).map(({ kind }) => codes[kind] ?? other))];
}

/** An acknowledgement is never acknowledged. */
export function nothingToAcknowledge(title: string): Error {
  return formatInvalid(`there is nothing to acknowledge: expected an ${title} interchange that holds more than acknowledgements`);
}

export function messagesOf({ groups = [], messages = [] }: EdiInterchange): readonly EdiMessage[] {
  return [...groups.flatMap((group) => group.messages), ...messages];
}

/** `260105` and `1430` of a time in UTC; with `century`, `20260105`. */
export function stampTexts(at: Date): { readonly date: string; readonly century: string; readonly time: string } {
  const [day = "", clock = ""] = at.toISOString().split("T");
  const century = day.replaceAll("-", "");
  return { date: century.slice(2), century, time: clock.slice(0, 5).replace(":", "") };
}
