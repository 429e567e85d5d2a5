import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { EdiDelimiters, EdiDocument, EdiInterchange, EdiSegment } from "./document.ts";
import type { EdiDialect } from "./read-document.ts";
import { textOfSegment } from "./segment-text.ts";

export interface EdiWriter extends Pick<EdiDialect, "title" | "header"> {
  una?(delimiters: EdiDelimiters): string;
}

/** The text of a document of the shape that decoding yields. Whether it is valid is seen by reading it. */
export function writeEdi(value: unknown, writer: EdiWriter): string {
  if (!isRecord(value) || !Array.isArray(value["interchanges"])) {
    throw formatInvalid(`${writer.title} is written of { interchanges: […] }, found ${describeValue(value)}`);
  }
  // The shape that matters is checked where it is used: by segments and blanks.
  const document = value as unknown as EdiDocument;
  return document.interchanges.map((one) => interchangeText(one, writer)).join("") + blanks(document.after);
}

function interchangeText(interchange: EdiInterchange, writer: EdiWriter): string {
  if (!isRecord(interchange) || !isRecord(interchange.delimiters) || !isRecord(interchange.header)) {
    throw formatInvalid(`an interchange is { delimiters, header, …, trailer }, found ${describeValue(interchange)}`);
  }
  const { delimiters } = interchange;
  for (const name of ["element", "component", "segment"] as const) {
    if (typeof delimiters[name] !== "string" || delimiters[name].length !== 1) {
      throw formatInvalid(`the delimiter "${name}" is one character, found ${describeValue(delimiters[name])}`);
    }
  }
  const newline = blanks(interchange.newline);
  const rest = [...segmentsAfterHeader(interchange)].map((segment) => {
    const before = isRecord(segment) && segment.before !== undefined ? blanks(segment.before) : newline;
    return before + textOfSegment(segment, delimiters) + delimiters.segment;
  });
  const header = textOfSegment(interchange.header, writer.header?.(delimiters) ?? delimiters) + delimiters.segment;
  const una = interchange.una === true && writer.una ? writer.una(delimiters) + newline : "";
  return blanks(interchange.before) + una + header + rest.join("");
}

function* segmentsAfterHeader({ segments = [], groups = [], messages = [], trailer }: EdiInterchange): Generator<EdiSegment> {
  yield* segments;
  for (const group of groups) {
    yield group.header;
    for (const message of group.messages) yield* [message.header, ...message.segments, message.trailer];
    yield group.trailer;
  }
  for (const message of messages) yield* [message.header, ...message.segments, message.trailer];
  yield trailer;
}

function blanks(given: string | undefined): string {
  if (given === undefined) return "";
  if (typeof given === "string" && /^[ \t\r\n]*$/.test(given)) return given;
  throw formatInvalid(`between segments stand blanks and line ends only, found ${describeValue(given)}`);
}
