import { isRecord, describeValue } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { EdiDelimiters, EdiElement, EdiItem, EdiSegment } from "./document.ts";

/** A segment as it stands in a text, with the offsets of its first character and of what follows its terminator. */
export interface PlacedSegment {
  readonly segment: EdiSegment;
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** The segment that begins at `start`, or what is wrong with it as a text. */
export function readSegment(text: string, start: number, delimiters: EdiDelimiters): { segment: EdiSegment; end: number } | string {
  const { element, component, segment, repetition, release } = delimiters;
  const elements: EdiElement[] = [];
  let repeats: EdiItem[] = [];
  let components: string[] = [];
  let value = "";
  const endItem = (): EdiItem => {
    const item = components.length === 0 ? value : [...components, value];
    components = [];
    value = "";
    return item;
  };
  const endElement = (): void => {
    const item = endItem();
    elements.push(repeats.length === 0 ? item : { repeat: [...repeats, item] });
    repeats = [];
  };
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === release) {
      at += 1;
      if (at === text.length) return "expected a character after the release character, found the end of the text";
      value += text.charAt(at);
    } else if (character === segment) {
      endElement();
      const [tag, ...others] = elements;
      if (typeof tag !== "string" || !/^[A-Z][A-Z0-9]{1,2}$/.test(tag)) {
        return `expected the tag of a segment, two or three capital letters or digits, found ${JSON.stringify(text.slice(start, start + 10))}`;
      }
      return { segment: { tag, elements: others }, end: at + 1 };
    } else if (character === element) endElement();
    else if (character === component) {
      components.push(value);
      value = "";
    } else if (character === repetition) repeats.push(endItem());
    else value += character;
  }
  return `expected the segment terminator ${JSON.stringify(segment)}, found the end of the text`;
}

/** The text of a segment without its terminator. Delimiters in its values are released; where the syntax cannot do so they are refused. */
export function writeSegment(segment: EdiSegment, delimiters: EdiDelimiters): string {
  if (!isRecord(segment) || typeof segment.tag !== "string" || !Array.isArray(segment.elements)) {
    throw formatInvalid(`a segment is { tag, elements: […] }, found ${describeValue(segment)}`);
  }
  const special = new Set(
    [delimiters.element, delimiters.component, delimiters.segment, delimiters.repetition, delimiters.release].filter(
      (one) => one !== undefined,
    ),
  );
  const value = (given: unknown): string => {
    if (typeof given !== "string") {
      throw formatInvalid(`a value of segment ${segment.tag} is a text, found ${describeValue(given)}`, { hint: "map it to text first" });
    }
    let written = "";
    for (const character of given) {
      if (!special.has(character)) written += character;
      else if (delimiters.release !== undefined) written += delimiters.release + character;
      else {
        throw formatInvalid(`a value of segment ${segment.tag} holds the delimiter ${JSON.stringify(character)}, which X12 cannot write`, {
          hint: "replace it, or choose other delimiters for the interchange",
        });
      }
    }
    return written;
  };
  const item = (given: unknown): string => (Array.isArray(given) ? given.map(value).join(delimiters.component) : value(given));
  const element = (given: unknown): string => {
    if (!isRecord(given) || !Array.isArray(given["repeat"])) return item(given);
    if (delimiters.repetition !== undefined) return given["repeat"].map(item).join(delimiters.repetition);
    throw formatInvalid(`segment ${segment.tag} repeats an element, but the interchange has no repetition separator`);
  };
  return [value(segment.tag), ...segment.elements.map(element)].join(delimiters.element);
}

/** `raw` while it still says what the segment says. */
export function textOfSegment(segment: EdiSegment, delimiters: EdiDelimiters): string {
  const written = writeSegment(segment, delimiters);
  if (segment.raw === undefined) return written;
  const read = readSegment(segment.raw + delimiters.segment, 0, delimiters);
  const isSame = typeof read === "object" && read.end === segment.raw.length + 1 && writeSegment(read.segment, delimiters) === written;
  return isSame ? segment.raw : written;
}
