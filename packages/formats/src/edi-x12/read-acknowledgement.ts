import {
  textAt,
  type AcknowledgedError,
  type AcknowledgedMessage,
  type AcknowledgedResult,
  type Acknowledgement,
} from "../edi/acknowledgement.ts";
import type { EdiDocument, EdiMessage, EdiSegment } from "../edi/document.ts";
import { flat } from "../edi/write-document.ts";

/** Data elements 715 and 717. M, W and X say why a secured one was rejected. */
const RESULTS: Readonly<Record<string, AcknowledgedResult>> = { A: "accepted", E: "acceptedWithErrors", P: "partiallyAccepted" };

/** What the 997s and 999s of a document say of the groups that were sent, and its TA1s of interchanges. */
export function readX12Acknowledgements({ interchanges }: EdiDocument): readonly Acknowledgement[] {
  return interchanges.flatMap(({ segments = [], groups = [] }) => [
    ...segments.filter(({ tag }) => tag === "TA1").map(readTechnical),
    ...groups
      .flatMap(({ messages }) => messages)
      .filter(({ header }) => ["997", "999"].includes(textAt(header, 1)))
      .map(readMessage),
  ]);
}

function readTechnical(segment: EdiSegment): Acknowledgement {
  const code = textAt(segment, 5);
  const result = RESULTS[textAt(segment, 4)] ?? "rejected";
  return { kind: "TA1", control: textAt(segment, 1), result, codes: code === "000" || code === "" ? [] : [code], messages: [] };
}

function readMessage({ header, segments: parts }: EdiMessage): Acknowledgement {
  const segments = [...flat(parts)];
  const group = segments.find(({ tag }) => tag === "AK1");
  const end = segments.find(({ tag }) => tag === "AK9");
  const messages: AcknowledgedMessage[] = [];
  let errors: AcknowledgedError[] = [];
  let opened: EdiSegment | undefined;
  let at: Pick<AcknowledgedError, "tag" | "position"> = {};
  for (const segment of segments) {
    if (segment.tag === "AK2") [opened, errors] = [segment, []];
    else if (segment.tag === "AK3" || segment.tag === "IK3") {
      at = { tag: textAt(segment, 1), position: Number(textAt(segment, 2)) };
      // Code 8 only says that errors of elements follow.
      const code = textAt(segment, 4);
      if (code !== "8" && code !== "") errors.push({ ...at, code });
    } else if (segment.tag === "AK4" || segment.tag === "IK4") errors.push({ ...at, ...elementError(segment) });
    else if ((segment.tag === "AK5" || segment.tag === "IK5") && opened !== undefined) {
      const codes = codesFrom(segment, 2).filter((code) => code !== "5");
      const all = [...errors, ...codes.map((code) => ({ code: `set-${code}` }))];
      messages.push({ type: textAt(opened, 1), control: textAt(opened, 2), result: resultOf(segment), errors: all });
    }
  }
  return {
    kind: textAt(header, 1),
    control: group === undefined ? "" : textAt(group, 2),
    result: end === undefined ? "rejected" : resultOf(end),
    codes: end === undefined ? [] : codesFrom(end, 5),
    messages,
  };
}

function elementError(segment: EdiSegment): AcknowledgedError {
  const component = textAt(segment, 1, 2);
  const value = textAt(segment, 4);
  return {
    element: Number(textAt(segment, 1)),
    ...(component !== "" && { component: Number(component) }),
    code: textAt(segment, 3),
    ...(value !== "" && { value }),
  };
}

function resultOf(segment: EdiSegment): AcknowledgedResult {
  return RESULTS[textAt(segment, 1)] ?? "rejected";
}

function codesFrom(segment: EdiSegment, first: number): string[] {
  return segment.elements.map((_, index) => textAt(segment, index + 1)).filter((code, index) => index + 1 >= first && code !== "");
}
