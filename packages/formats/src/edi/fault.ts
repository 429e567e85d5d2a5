import type { PortolanError } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

/** What is wrong, in the kinds that acknowledgements tell apart. */
export type EdiFaultKind =
  | "syntax"
  | "envelope"
  | "count"
  | "control"
  | "missingElement"
  | "tooManyElements"
  | "tooManyComponents"
  | "tooManyRepetitions"
  | "tooShort"
  | "tooLong"
  | "wrongCharacters"
  | "wrongCode"
  | "wrongDate"
  | "wrongTime"
  | "unknownSegment"
  | "unexpectedSegment"
  | "missingSegment"
  | "tooManySegments"
  | "tooManyLoops"
  | "unknownMessage";

/** What breaks a rule, before it is known where. */
export interface EdiBreach {
  readonly kind: EdiFaultKind;
  readonly reason: string;
  readonly element?: number;
  readonly component?: number;
  readonly value?: string;
}

/** Where in a document something is wrong; lines, segments and characters count from 1 over the whole document. */
export interface EdiPlace {
  readonly line: number;
  readonly segment: number;
  readonly tag?: string | undefined;
  readonly character: number;
}

/** A fault as plain data; `position` counts the segments of its message, whose header is 1. */
export interface EdiError extends EdiBreach, EdiPlace {
  readonly position?: number;
}

export function ediFault(title: string, { line, segment, tag, character, element, component, reason }: EdiError): PortolanError {
  const name = tag === undefined || tag === "" ? "" : ` (${tag})`;
  const within = `${element === undefined ? "" : `, element ${element}`}${component === undefined ? "" : `, component ${component}`}`;
  return formatInvalid(`${title} is not valid at line ${line}, segment ${segment}${name}${within}, character ${character}: ${reason}`);
}
