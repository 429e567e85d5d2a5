import type { EdiBreach, EdiError } from "./fault.ts";
import type { SegmentRules } from "./rule-notation.ts";
import { breaches } from "./rules.ts";
import type { PlacedSegment, TextDialect } from "./segment-reader.ts";

/** One envelope: its two segments, and which element of the header is the control number that the second element of the trailer repeats. */
export interface Envelope {
  readonly open: string;
  readonly close: string;
  readonly control?: number;
  /** Whether control numbers are numbers, so that leading zeros say nothing. */
  readonly isNumeric?: boolean;
}

export interface EdiSyntax extends TextDialect {
  readonly interchange: Envelope;
  readonly group: Envelope;
  readonly message: Envelope;
  /** Whether messages stand in groups only. */
  readonly isGrouped: boolean;
  /** What the trailer of an interchange counts where it has groups. */
  readonly counts: "groups" | "messages";
  /** Segments that may stand between the header of the interchange and its first group. */
  readonly loose: readonly string[];
  /** The elements of the segments of envelopes. */
  readonly service: SegmentRules;
}

/** Each checks what those before it do, and more. */
export const CHECKS = ["syntax", "envelopes", "elements", "full"] as const;
export type EdiCheck = (typeof CHECKS)[number];

/** What an interchange is made of, in the order in which it comes. */
export interface EdiEvent {
  readonly kind: "interchange" | "loose" | "group" | "message" | "segment" | "messageEnd" | "groupEnd" | "interchangeEnd";
  readonly placed: PlacedSegment;
}

export interface EnvelopesOptions {
  readonly check: EdiCheck;
  /** Takes what is wrong; it may throw. Whatever breaks the order of envelopes is thrown in any case. */
  report(error: EdiError): void;
  refuse(error: EdiError): Error;
}

interface Open {
  readonly header: PlacedSegment;
  count: number;
}

/** Says what each segment is of its interchange. Envelopes that are not nested are refused, wrong counts and control numbers reported. */
export function createEnvelopes(syntax: EdiSyntax, { check, report, refuse }: EnvelopesOptions) {
  let interchange: { readonly header: PlacedSegment; messages: number; groups: number; grouped: number } | undefined;
  let group: Open | undefined;
  let message: Open | undefined;
  const service = new Set([syntax.interchange, syntax.group, syntax.message].flatMap((one) => [one.open, one.close]));

  const fault = ({ place }: PlacedSegment, breach: EdiBreach): EdiError => ({
    ...place,
    ...breach,
    ...(message !== undefined && { position: message.count + 1 }),
  });
  const expected = (what: string, placed: PlacedSegment) =>
    refuse(fault(placed, { kind: "envelope", reason: `expected ${what}, found ${placed.segment.tag}` }));
  const checkService = (placed: PlacedSegment): void => {
    if (check !== "elements" && check !== "full") return;
    for (const breach of breaches(placed.segment, syntax.service)) report(fault(placed, breach));
  };

  function close(envelope: Envelope, header: PlacedSegment, { placed, count, what }: Closing): void {
    if (check === "syntax") return;
    const [found = "", number = ""] = placed.segment.elements;
    if (typeof found !== "string" || !/^\d+$/.test(found) || Number(found) !== count) {
      const reason = `expected the count of ${what}, ${count}, found ${JSON.stringify(found)}`;
      report(fault(placed, { kind: "count", reason, element: 1 }));
    }
    if (envelope.control === undefined) return;
    const opened = header.segment.elements[envelope.control - 1] ?? "";
    if (typeof opened !== "string" || opened === "") {
      report(fault(header, { kind: "control", reason: "expected a control number", element: envelope.control }));
    } else if (number !== opened && !(envelope.isNumeric === true && isSameNumber(number, opened))) {
      const reason = `expected the control number of ${header.segment.tag}, ${opened}, found ${JSON.stringify(number)}`;
      report(fault(placed, { kind: "control", reason, element: 2 }));
    }
  }

  function inMessage(placed: PlacedSegment, open: NonNullable<typeof message>): EdiEvent {
    const { tag } = placed.segment;
    if (tag === syntax.message.close) {
      checkService(placed);
      close(syntax.message, open.header, { placed, count: open.count + 1, what: "segments" });
      message = undefined;
      return { kind: "messageEnd", placed };
    }
    if (service.has(tag)) throw expected(syntax.message.close, placed);
    open.count += 1;
    return { kind: "segment", placed };
  }

  function inInterchange(placed: PlacedSegment, open: NonNullable<typeof interchange>): EdiEvent {
    const { tag } = placed.segment;
    const allowed = [
      ...(group !== undefined || (!syntax.isGrouped && open.groups === 0) ? [syntax.message.open] : []),
      ...(group === undefined && open.messages === open.grouped ? [syntax.group.open] : []),
      group === undefined ? syntax.interchange.close : syntax.group.close,
    ];
    if (group === undefined && open.groups === 0 && open.messages === 0 && syntax.loose.includes(tag)) return { kind: "loose", placed };
    if (!allowed.includes(tag)) throw expected(allowed.join(" or "), placed);
    checkService(placed);
    if (tag === syntax.message.open) {
      message = { header: placed, count: 1 };
      open.messages += 1;
      if (group !== undefined) {
        group.count += 1;
        open.grouped += 1;
      }
      return { kind: "message", placed };
    }
    if (tag === syntax.group.open) {
      group = { header: placed, count: 0 };
      open.groups += 1;
      return { kind: "group", placed };
    }
    if (group !== undefined) {
      close(syntax.group, group.header, { placed, count: group.count, what: "messages" });
      group = undefined;
      return { kind: "groupEnd", placed };
    }
    const what = syntax.isGrouped || (open.groups > 0 && syntax.counts === "groups") ? "groups" : "messages";
    close(syntax.interchange, open.header, { placed, count: open[what], what });
    interchange = undefined;
    return { kind: "interchangeEnd", placed };
  }

  return {
    next(placed: PlacedSegment): EdiEvent {
      if (message !== undefined) return inMessage(placed, message);
      if (interchange !== undefined) return inInterchange(placed, interchange);
      if (placed.segment.tag !== syntax.interchange.open) throw expected(syntax.interchange.open, placed);
      interchange = { header: placed, messages: 0, groups: 0, grouped: 0 };
      checkService(placed);
      return { kind: "interchange", placed };
    },
    /** What must still come; undefined if the text may end here. */
    missing(): string | undefined {
      if (interchange === undefined) return undefined;
      return (message !== undefined ? syntax.message : group !== undefined ? syntax.group : syntax.interchange).close;
    },
  };
}

interface Closing {
  readonly placed: PlacedSegment;
  readonly count: number;
  readonly what: string;
}

function isSameNumber(found: unknown, opened: string): boolean {
  return typeof found === "string" && /^\d+$/.test(found) && /^\d+$/.test(opened) && BigInt(found) === BigInt(opened);
}
