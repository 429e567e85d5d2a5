import {
  codesOf,
  errorsBySegment,
  isInElement,
  messageOf,
  messagesOf,
  nothingToAcknowledge,
  segmentOf,
  stampTexts,
  textAt,
  type AcknowledgementStamp,
} from "../edi/acknowledgement.ts";
import type { EdiDocument, EdiElement, EdiInterchange, EdiMessage, EdiSegment } from "../edi/document.ts";
import type { EdiError, EdiFaultKind } from "../edi/fault.ts";

/** Data element 0085, syntax error. */
const CODES: Partial<Readonly<Record<EdiFaultKind, string>>> = {
  count: "29",
  control: "28",
  missingElement: "13",
  tooManyElements: "16",
  tooManyComponents: "16",
  tooManyRepetitions: "35",
  tooShort: "40",
  tooLong: "39",
  wrongCharacters: "37",
  wrongCode: "12",
  wrongDate: "12",
  wrongTime: "12",
  unknownSegment: "15",
  unexpectedSegment: "15",
  missingSegment: "13",
  tooManySegments: "35",
  tooManyLoops: "36",
  unknownMessage: "14",
};
const OTHER = "18";
/** Data element 0083: this level is rejected; this level is acknowledged, and those below if they are not rejected. */
const [REJECTED, ACKNOWLEDGED] = ["4", "7"];

/** One CONTRL for each interchange, which goes back to its sender. */
export function acknowledgeEdifact(document: EdiDocument, stamp: AcknowledgementStamp): EdiDocument {
  const interchanges = document.interchanges.flatMap((one) => acknowledgeInterchange(one, stamp));
  if (interchanges.length === 0) throw nothingToAcknowledge("EDIFACT");
  return { interchanges, after: interchanges[0]?.newline ?? "", ...(document.charset !== undefined && { charset: document.charset }) };
}

function acknowledgeInterchange(received: EdiInterchange, { at, control }: AcknowledgementStamp): EdiInterchange[] {
  const isControl = (message: EdiMessage) => textAt(message.header, 2) === "CONTRL";
  const all = messagesOf(received);
  if (all.length > 0 && all.every(isControl)) return [];
  const { header, errors, delimiters, newline, una } = received;
  const [syntax = "", sender = "", receiver = ""] = header.elements;
  const reference = textAt(header, 5);
  const number = control ?? reference;
  const isFour = textAt(header, 1, 2) === "4";
  const { date, century, time } = stampTexts(at);
  const [code = ""] = codesOf(errors, CODES, OTHER);
  const interchangeResult = segmentOf("UCI", [
    reference,
    sender,
    receiver,
    code === "" ? ACKNOWLEDGED : REJECTED,
    code,
    errors?.[0]?.tag ?? "",
  ]);
  const { groups = [], messages = [] } = received;
  const segments = [
    interchangeResult,
    // What is rejected as a whole says nothing of its parts.
    ...(code === "" ? messages.filter((message) => !isControl(message)).flatMap(messageSegments) : []),
    ...(code === ""
      ? groups.flatMap((group) => [groupResult(group), ...(group.errors === undefined ? group.messages.flatMap(messageSegments) : [])])
      : []),
  ];
  const type = isFour ? ["CONTRL", "4", "1", "UN"] : ["CONTRL", "D", "3", "UN"];
  return [
    {
      delimiters,
      newline,
      ...(una === true && { una }),
      header: segmentOf("UNB", [syntax, receiver, sender, [isFour ? century : date, time], number]),
      messages: [messageOf(segmentOf("UNH", ["1", type]), segments, "UNT")],
      trailer: segmentOf("UNZ", ["1", number]),
    },
  ];
}

function groupResult({ header, errors }: { readonly header: EdiSegment; readonly errors?: readonly EdiError[] }): EdiSegment {
  const [, sender = "", receiver = ""] = header.elements;
  const [code = ""] = codesOf(errors, CODES, OTHER);
  return segmentOf("UCF", [textAt(header, 5), sender, receiver, code === "" ? ACKNOWLEDGED : REJECTED, code, errors?.[0]?.tag ?? ""]);
}

function messageSegments({ header, errors = [] }: EdiMessage): EdiSegment[] {
  const ofMessage = errors.find(({ kind }) => kind === "count" || kind === "control" || kind === "unknownMessage");
  const code = ofMessage === undefined ? "" : (CODES[ofMessage.kind] ?? OTHER);
  const type: EdiElement = header.elements[1] ?? "";
  const result = errors.length === 0 ? ACKNOWLEDGED : REJECTED;
  return [
    segmentOf("UCM", [textAt(header, 1), type, result, code, ofMessage?.tag ?? ""]),
    ...errorsBySegment(errors.filter((error) => error !== ofMessage)).flatMap(segmentErrors),
  ];
}

function segmentErrors(errors: readonly EdiError[]): EdiSegment[] {
  const [first] = errors;
  if (first === undefined) return [];
  const own = isInElement(first) ? "" : (CODES[first.kind] ?? OTHER);
  return [
    segmentOf("UCS", [String(first.position ?? 1), own]),
    ...errors.filter(isInElement).map(({ kind, element, component }) => {
      const at = component === undefined ? String(element) : [String(element), String(component)];
      return segmentOf("UCD", [CODES[kind] ?? OTHER, at]);
    }),
  ];
}
