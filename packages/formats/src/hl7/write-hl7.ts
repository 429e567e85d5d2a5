import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { Hl7Document, Hl7Message, Hl7Segment } from "./document.ts";
import { HEADERS, readSeparators, textOfSegment, type Hl7Separators } from "./segment.ts";

/** The text of a document of the shape that decoding yields. Whether it is valid is seen by reading it. */
export function writeHl7(value: unknown, isFramed: boolean): string {
  if (!isRecord(value) || (!Array.isArray(value["messages"]) && !Array.isArray(value["batches"]))) {
    throw formatInvalid(`HL7 is written of { messages: […] } or { batches: […] }, found ${describeValue(value)}`);
  }
  // The shape that matters is checked where it is used.
  const { newline = "\r", file, batches = [], messages = [] } = value as unknown as Hl7Document;
  let separators: Hl7Separators | undefined;
  const segment = (one: Hl7Segment): string => {
    if (isRecord(one) && HEADERS.has(one.tag)) separators = separatorsOf(one);
    if (separators === undefined) throw formatInvalid(`a message begins with MSH, found ${describeValue(one)}`);
    return textOfSegment(one, separators) + lineEnd(one.end ?? newline);
  };
  const message = ({ segments }: Hl7Message): string => {
    const text = segments.map(segment).join("");
    return isFramed ? `\x0B${text}\x1C\r` : text;
  };
  // In this order: a segment has the separators of the last header before it.
  return [
    file === undefined ? "" : segment(file.header),
    ...batches.map(({ header, messages: inner, trailer }) => [segment(header), ...inner.map(message), segment(trailer)].join("")),
    ...messages.map(message),
    file === undefined ? "" : segment(file.trailer),
  ].join("");
}

function separatorsOf({ tag, fields }: Hl7Segment): Hl7Separators {
  const [field, others] = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
  const separators = typeof field === "string" && typeof others === "string" ? readSeparators(tag + field + others) : undefined;
  if (typeof separators === "object") return separators;
  throw formatInvalid(`the first two fields of ${tag} are its separators, such as "|" and "^~\\\\&", found ${describeValue(field)}`);
}

function lineEnd(given: string): string {
  if (typeof given === "string" && /^[\r\n]*$/.test(given)) return given;
  throw formatInvalid(`segments end with line ends, found ${describeValue(given)}`);
}
