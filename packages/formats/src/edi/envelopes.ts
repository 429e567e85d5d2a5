import type { EdiGroup, EdiInterchange, EdiMessage, EdiSegment } from "./document.ts";
import { ediFault } from "./fault.ts";
import type { PlacedSegment } from "./segment-text.ts";
import { brokenRule, type SegmentRules } from "./rules.ts";

/** One envelope: its two segments, which element of the header is the control number that the second element of the trailer repeats. */
export interface Envelope {
  readonly open: string;
  readonly close: string;
  readonly control: number;
}

export interface EdiSyntax {
  readonly title: string;
  readonly interchange: Envelope;
  readonly group: Envelope;
  readonly message: Envelope;
  /** Whether messages stand in groups only. */
  readonly isGrouped: boolean;
  /** Segments that may stand between the header of the interchange and its first group. */
  readonly loose: readonly string[];
  rulesOf(messageHeader: EdiSegment): SegmentRules | undefined;
}

/** Each checks what those before it do, and more. */
export type EdiCheck = "syntax" | "envelopes" | "elements";

/** The parts of an interchange, whose counts and control numbers are right. */
export function readEnvelopes(segments: readonly PlacedSegment[], syntax: EdiSyntax, check: EdiCheck) {
  let at = 0;
  const next = (): PlacedSegment | undefined => segments[at];
  const fault = (placed: PlacedSegment | undefined, reason: string, element?: number) => {
    const last = segments.at(-1);
    const segment = placed?.number ?? (last?.number ?? 0) + 1;
    const place = { title: syntax.title, segment, tag: placed?.segment.tag, offset: placed?.start ?? last?.end ?? 0 };
    return ediFault(element === undefined ? place : { ...place, element }, reason);
  };
  const take = (tag: string): PlacedSegment => {
    const placed = next();
    if (placed?.segment.tag !== tag) throw fault(placed, `expected ${tag}, found ${placed?.segment.tag ?? "the end of the text"}`);
    at += 1;
    return placed;
  };
  const close = ({ close: tag, control }: Envelope, header: PlacedSegment, counted: { readonly count: number; readonly what: string }) => {
    const placed = take(tag);
    if (check === "syntax") return placed.segment;
    const [count, number] = placed.segment.elements;
    if (typeof count !== "string" || !/^\d+$/.test(count) || Number(count) !== counted.count) {
      throw fault(placed, `expected the count of ${counted.what}, ${counted.count}, found ${JSON.stringify(count ?? "")}`, 1);
    }
    const opened = header.segment.elements[control - 1];
    if (typeof opened !== "string" || opened === "") throw fault(header, "expected a control number", control);
    if (number !== opened) {
      throw fault(placed, `expected the control number of ${header.segment.tag}, ${opened}, found ${JSON.stringify(number ?? "")}`, 2);
    }
    return placed.segment;
  };
  const service = new Set([syntax.interchange, syntax.group, syntax.message].flatMap((one) => [one.open, one.close]));

  function readMessage(): EdiMessage {
    const header = take(syntax.message.open);
    const rules = check === "elements" ? syntax.rulesOf(header.segment) : undefined;
    const body: EdiSegment[] = [];
    for (let placed = next(); placed !== undefined && !service.has(placed.segment.tag); placed = next()) {
      const broken = rules && brokenRule(placed.segment, rules);
      if (broken) throw fault(placed, broken.reason, broken.element);
      body.push(placed.segment);
      at += 1;
    }
    const trailer = close(syntax.message, header, { count: body.length + 2, what: "segments" });
    return { header: header.segment, segments: body, trailer };
  }

  function readMessages(): EdiMessage[] {
    const messages: EdiMessage[] = [];
    while (next()?.segment.tag === syntax.message.open) messages.push(readMessage());
    return messages;
  }

  function readGroup(): EdiGroup {
    const header = take(syntax.group.open);
    const messages = readMessages();
    return { header: header.segment, messages, trailer: close(syntax.group, header, { count: messages.length, what: "messages" }) };
  }

  return (): Omit<EdiInterchange, "delimiters" | "newline"> => {
    const header = take(syntax.interchange.open);
    const loose: EdiSegment[] = [];
    for (let placed = next(); placed && syntax.loose.includes(placed.segment.tag); placed = next(), at++) loose.push(placed.segment);
    const groups: EdiGroup[] = [];
    while (next()?.segment.tag === syntax.group.open) groups.push(readGroup());
    const messages = syntax.isGrouped || groups.length > 0 ? [] : readMessages();
    const counted =
      groups.length > 0 || syntax.isGrouped ? { count: groups.length, what: "groups" } : { count: messages.length, what: "messages" };
    const trailer = close(syntax.interchange, header, counted);
    return {
      header: header.segment,
      ...(loose.length > 0 && { segments: loose }),
      ...(groups.length > 0 && { groups }),
      ...(messages.length > 0 && { messages }),
      trailer,
    };
  };
}
