import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { EdiDelimiters, EdiDocument, EdiInterchange, EdiMessage, EdiPart, EdiSegment } from "./document.ts";
import type { TextDialect } from "./segment-reader.ts";
import { textOfSegment } from "./segment-text.ts";
import { wrap } from "./wrapping.ts";

export interface EdiWriter extends Pick<TextDialect, "title" | "header" | "binary"> {
  una?(delimiters: EdiDelimiters): string;
}

/** The text of a document of the shape that decoding yields. Whether it is valid is seen by reading it. */
export function writeEdi(value: unknown, writer: EdiWriter): string {
  if (!isRecord(value) || !Array.isArray(value["interchanges"])) {
    throw formatInvalid(`${writer.title} is written of { interchanges: […] }, found ${describeValue(value)}`);
  }
  // The shape that matters is checked where it is used: by segments and blanks.
  const { interchanges, wrapped, unterminated, after } = value as unknown as EdiDocument;
  const text =
    interchanges
      .map((one) => interchangeText(one, writer))
      .join("")
      .slice(0, unterminated === true ? -1 : undefined) + blanks(after);
  if (wrapped === undefined) return text;
  if (Number.isInteger(wrapped.columns) && wrapped.columns > 0 && wrapped.columns <= 10_000)
    return wrap(text, { ...wrapped, newline: blanks(wrapped.newline) });
  throw formatInvalid(`wrapped is { columns, newline } with a number of columns, found ${describeValue(wrapped.columns)}`);
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
  const syntax = { ...delimiters, binary: writer.binary ?? {} };
  const rest = [...segmentsAfterHeader(interchange)].map((segment) => {
    const before = isRecord(segment) && segment.before !== undefined ? blanks(segment.before) : newline;
    return before + textOfSegment(segment, syntax) + delimiters.segment;
  });
  const header = textOfSegment(interchange.header, writer.header?.(delimiters) ?? delimiters) + delimiters.segment;
  const una = interchange.una === true && writer.una ? writer.una(delimiters) + blanks(interchange.afterUna ?? newline) : "";
  return blanks(interchange.before) + una + header + rest.join("");
}

function* segmentsAfterHeader({ segments = [], groups = [], messages = [], trailer }: EdiInterchange): Generator<EdiSegment> {
  yield* segments;
  for (const group of groups) {
    yield group.header;
    for (const message of group.messages) yield* segmentsOf(message);
    yield group.trailer;
  }
  for (const message of messages) yield* segmentsOf(message);
  yield trailer;
}

function* segmentsOf({ header, segments, trailer }: EdiMessage): Generator<EdiSegment> {
  yield header;
  yield* flat(segments);
  yield trailer;
}

/** The segments of loops, in their order. */
export function* flat(parts: readonly EdiPart[]): Generator<EdiSegment> {
  for (const part of parts) {
    // What is neither is refused when it is written.
    if (typeof part === "object" && part !== null && "loop" in part) yield* flat(part.segments);
    else yield part;
  }
}

function blanks(given: string | undefined): string {
  if (given === undefined) return "";
  if (typeof given === "string" && /^[ \t\r\n\f\v\0\x1A]*$/.test(given)) return given;
  throw formatInvalid(`between segments stand blanks and line ends only, found ${describeValue(given)}`);
}
