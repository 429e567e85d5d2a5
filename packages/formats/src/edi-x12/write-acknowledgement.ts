import {
  codesOf,
  errorsBySegment,
  isInElement,
  messageOf,
  nothingToAcknowledge,
  segmentOf,
  stampTexts,
  textAt,
  type AcknowledgementStamp,
} from "../edi/acknowledgement.ts";
import type { EdiDocument, EdiGroup, EdiInterchange, EdiMessage, EdiSegment } from "../edi/document.ts";
import type { EdiError, EdiFaultKind } from "../edi/fault.ts";

/** Which of the two acknowledgements of groups: they differ in the names of segments. */
export type X12Acknowledgement = 997 | 999;

/** Data element 720, segment syntax error code; all else is 8, a segment with errors in its elements. */
const SEGMENT_CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = {
  unknownSegment: "6",
  unexpectedSegment: "7",
  missingSegment: "3",
  tooManyLoops: "4",
  tooManySegments: "5",
};

/** Data element 723, data element syntax error code. */
const ELEMENT_CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = {
  missingElement: "1",
  tooManyElements: "3",
  tooShort: "4",
  tooLong: "5",
  wrongCharacters: "6",
  wrongCode: "7",
  wrongDate: "8",
  wrongTime: "9",
  tooManyRepetitions: "12",
  tooManyComponents: "13",
};

/** Data element 718: what is wrong with a transaction set as a whole; all else is 5, segments in error. */
const SET_CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = { unknownMessage: "1", control: "3", count: "4" };
/** Data element 716. */
const GROUP_CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = { control: "4", count: "5" };
/** Data element I18, the note of a TA1. */
const INTERCHANGE_CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = { control: "001", count: "021" };

/** The acknowledgements of a document's interchanges, which go back to their senders. */
export function acknowledgeX12(document: EdiDocument, kind: X12Acknowledgement, stamp: AcknowledgementStamp): EdiDocument {
  const interchanges = document.interchanges.flatMap((one) => acknowledgeInterchange(one, kind, stamp));
  if (interchanges.length === 0) throw nothingToAcknowledge("X12");
  return { interchanges, after: interchanges[0]?.newline ?? "", ...(document.charset !== undefined && { charset: document.charset }) };
}

function acknowledgeInterchange(
  received: EdiInterchange,
  kind: X12Acknowledgement,
  { at, control }: AcknowledgementStamp,
): EdiInterchange[] {
  // What is rejected as a whole says nothing of its groups.
  const groups = received.errors === undefined ? (received.groups ?? []).filter(({ header }) => textAt(header, 1) !== "FA") : [];
  const { elements } = received.header;
  const isAsked = textAt(received.header, 14) === "1" || received.errors !== undefined;
  if (groups.length === 0 && !isAsked) return [];
  const number = (control ?? textAt(received.header, 13)).padStart(9, "0");
  const { date, time } = stampTexts(at);
  const header = {
    tag: "ISA",
    elements: elements.map((element, index) => {
      const swapped = { 4: 6, 5: 7, 6: 4, 7: 5 }[index];
      if (swapped !== undefined) return elements[swapped] ?? "";
      return { 8: date, 9: time, 12: number, 13: "0" }[index] ?? element;
    }),
  };
  const made = groups.length === 0 ? [] : [acknowledgeGroups(groups, kind, { at, control: number.replace(/^0+(?=.)/, "") })];
  const { delimiters, newline } = received;
  return [
    {
      delimiters,
      newline,
      header,
      ...(isAsked && { segments: [technical(received)] }),
      ...(made.length > 0 && { groups: made }),
      trailer: segmentOf("IEA", [String(made.length), number]),
    },
  ];
}

/** TA1 says whether the envelope itself was right. */
function technical({ header, errors }: EdiInterchange): EdiSegment {
  const [code = "000"] = codesOf(errors, INTERCHANGE_CODES, "024");
  return segmentOf("TA1", [textAt(header, 13), textAt(header, 9), textAt(header, 10), code === "000" ? "A" : "R", code]);
}

function acknowledgeGroups(
  received: readonly EdiGroup[],
  kind: X12Acknowledgement,
  { at, control }: { at: Date; control: string },
): EdiGroup {
  const [first] = received;
  const { century, time } = stampTexts(at);
  const version = kind === 999 ? "005010X231A1" : textAt(first?.header ?? segmentOf("GS", []), 8).slice(0, 6);
  const [sender, receiver] = first === undefined ? ["", ""] : [textAt(first.header, 2), textAt(first.header, 3)];
  const messages = received.map((group, index) => {
    const header = segmentOf("ST", [String(kind), String(index + 1).padStart(4, "0"), kind === 999 ? version : ""]);
    return messageOf(header, groupSegments(group, kind), "SE");
  });
  return {
    header: segmentOf("GS", ["FA", receiver, sender, century, time, control, "X", version]),
    messages,
    trailer: segmentOf("GE", [String(messages.length), control]),
  };
}

function groupSegments({ header, messages, errors }: EdiGroup, kind: X12Acknowledgement): EdiSegment[] {
  const version = textAt(header, 8);
  const groupCodes = codesOf(errors, GROUP_CODES, "1").slice(0, 5);
  const accepted = groupCodes.length > 0 ? 0 : messages.filter((message) => message.errors === undefined).length;
  const result = groupCodes.length > 0 || (accepted === 0 && messages.length > 0) ? "R" : accepted === messages.length ? "A" : "P";
  const count = String(messages.length);
  const declared = textAt(header, 1);
  return [
    segmentOf("AK1", [declared, textAt(header, 6), kind === 999 ? version : ""]),
    ...messages.flatMap((message) => messageSegments(message, kind)),
    segmentOf("AK9", [result, count, count, String(accepted), ...groupCodes]),
  ];
}

function messageSegments({ header, errors = [] }: EdiMessage, kind: X12Acknowledgement): EdiSegment[] {
  const [segmentTag, elementTag, endTag] = kind === 999 ? ["IK3", "IK4", "IK5"] : ["AK3", "AK4", "AK5"];
  const ofSegments = errors.filter(({ kind: one }) => SET_CODES[one] === undefined);
  const found = errorsBySegment(ofSegments).flatMap((ofSegment) => {
    const [first] = ofSegment;
    if (first === undefined) return [];
    const { value, tag = "" } = first;
    const name = first.kind === "missingSegment" ? (value ?? "") : tag;
    const code = SEGMENT_CODES[first.kind] ?? "8";
    return [
      segmentOf(segmentTag, [name, String(first.position ?? 1), "", code]),
      ...ofSegment.filter(isInElement).map((error) => elementSegment(elementTag, error)),
    ];
  });
  const codes = codesOf(errors, SET_CODES, "5").slice(0, 5);
  return [
    segmentOf("AK2", [textAt(header, 1), textAt(header, 2), kind === 999 ? textAt(header, 3) : ""]),
    ...found,
    segmentOf(endTag, [codes.length === 0 ? "A" : "R", ...codes]),
  ];
}

function elementSegment(tag: string, { kind, element = 1, component, value = "" }: EdiError): EdiSegment {
  const at = component === undefined ? String(element) : [String(element), String(component)];
  return segmentOf(tag, [at, "", ELEMENT_CODES[kind] ?? "6", [...value].slice(0, 99).join("")]);
}
