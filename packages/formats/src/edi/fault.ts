import type { PortolanError } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

/** Where in a document something is wrong; segments count from 1 over the whole document, and so do characters. */
export interface EdiPlace {
  readonly title: string;
  readonly segment: number;
  readonly tag?: string | undefined;
  readonly element?: number;
  readonly offset: number;
}

export function ediFault(place: EdiPlace, reason: string): PortolanError {
  const tag = place.tag === undefined || place.tag === "" ? "" : ` (${place.tag})`;
  const element = place.element === undefined ? "" : `, element ${place.element}`;
  return formatInvalid(`${place.title} is not valid at segment ${place.segment}${tag}${element}, character ${place.offset + 1}: ${reason}`);
}
