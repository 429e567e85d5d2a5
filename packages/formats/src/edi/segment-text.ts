import { isRecord, describeValue } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { EdiDelimiters, EdiElement, EdiItem, EdiSegment } from "./document.ts";

export interface SegmentSyntax extends EdiDelimiters {
  /** Segments whose data may hold anything: which element says how many bytes the next one has. */
  readonly binary?: Readonly<Record<string, number>>;
  /** Whether each character was one byte; otherwise the text was UTF-8. */
  readonly isSingleByte?: boolean;
}

export type ReadSegment =
  | { readonly segment: EdiSegment; readonly end: number }
  /** What is wrong, and whether it may be only that the text goes on. */
  | { readonly reason: string; readonly isCut: boolean };

const TAG = /[A-Z][A-Z0-9]{1,2}/y;

/** The segment that begins at `start`, or what is wrong with it as a text. */
export function readSegment(text: string, start: number, syntax: SegmentSyntax): ReadSegment {
  const { element, segment, tag: tagEnd = element, binary = {} } = syntax;
  TAG.lastIndex = start;
  const tag = TAG.exec(text)?.[0] ?? "";
  const first = text.charAt(start + tag.length);
  if (/^(?:[A-Z][A-Z0-9]{0,2})?$/.test(text.slice(start, start + 4))) return cut(segment);
  if (tag === "" || (first !== tagEnd && first !== segment)) {
    const end = tagEnd === element ? "" : ` and ${JSON.stringify(tagEnd)}`;
    const found = JSON.stringify(text.slice(start, start + 10));
    return { reason: `expected the tag of a segment, two or three capital letters or digits${end}, found ${found}`, isCut: false };
  }
  if (first === segment) return { segment: { tag, elements: [] }, end: start + tag.length + 1 };
  const lengthAt = Object.hasOwn(binary, tag) ? binary[tag] : undefined;
  const codes = codesOf(syntax);
  const elements: EdiElement[] = [];
  let repeats: EdiItem[] | undefined;
  let components: string[] | undefined;
  /** What stands before a release character. */
  let value = "";
  let from = start + tag.length + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === codes.release) {
      value += text.slice(from, at);
      at += 1;
      if (at === text.length) {
        return { reason: "expected a character after the release character, found the end of the text", isCut: true };
      }
      from = at;
      continue;
    }
    const isEnd = code === codes.segment;
    const isElement = isEnd || code === codes.element;
    if (!isElement && code !== codes.component && code !== codes.repetition) continue;
    const found = value === "" ? text.slice(from, at) : value + text.slice(from, at);
    value = "";
    from = at + 1;
    if (code === codes.component) {
      (components ??= []).push(found);
      continue;
    }
    const item = components === undefined ? found : [...components, found];
    components = undefined;
    if (!isElement) {
      (repeats ??= []).push(item);
      continue;
    }
    elements.push(repeats === undefined ? item : { repeat: [...repeats, item] });
    repeats = undefined;
    if (isEnd) return { segment: { tag, elements }, end: from };
    if (elements.length === lengthAt) return readBinary(text, from, { tag, elements, syntax });
  }
  return cut(segment);
}

interface Codes {
  readonly element: number;
  readonly component: number;
  readonly segment: number;
  readonly repetition: number;
  readonly release: number;
}

const known = new WeakMap<SegmentSyntax, Codes>();

/** The delimiters as numbers, which compare faster; NaN, which nothing equals, for those that the syntax does not have. */
function codesOf(syntax: SegmentSyntax): Codes {
  const found = known.get(syntax);
  if (found !== undefined) return found;
  const { element, component, segment, repetition = "", release = "" } = syntax;
  const codes = {
    element: element.charCodeAt(0),
    component: component.charCodeAt(0),
    segment: segment.charCodeAt(0),
    repetition: repetition.charCodeAt(0),
    release: release.charCodeAt(0),
  };
  known.set(syntax, codes);
  return codes;
}

interface BinaryStart {
  readonly tag: string;
  readonly elements: readonly EdiElement[];
  readonly syntax: SegmentSyntax;
}

function readBinary(text: string, from: number, { tag, elements, syntax }: BinaryStart): ReadSegment {
  const count = elements.at(-1);
  if (typeof count !== "string" || !/^\d{1,15}$/.test(count)) {
    return { reason: `expected the number of bytes that follow, found ${JSON.stringify(count)}`, isCut: false };
  }
  const end = syntax.isSingleByte === true ? from + Number(count) : endOfBytes(text, from, Number(count));
  if (end === undefined || end >= text.length) return cut(syntax.segment);
  if (text.charAt(end) !== syntax.segment) {
    const found = JSON.stringify(text.slice(end, end + 10));
    return {
      reason: `expected the segment terminator ${JSON.stringify(syntax.segment)} after ${count} bytes of data, found ${found}`,
      isCut: false,
    };
  }
  return { segment: { tag, elements: [...elements, text.slice(from, end)] }, end: end + 1 };
}

/** Where so many bytes of UTF-8 end. */
function endOfBytes(text: string, from: number, count: number): number | undefined {
  let at = from;
  for (let bytes = 0; bytes < count;) {
    const code = text.codePointAt(at);
    if (code === undefined) return undefined;
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
    if (bytes > count) return undefined;
    at += code < 0x1_00_00 ? 1 : 2;
  }
  return at;
}

function cut(segment: string): ReadSegment {
  return { reason: `expected the segment terminator ${JSON.stringify(segment)}, found the end of the text`, isCut: true };
}

/** The text of a segment without its terminator. Delimiters in its values are released; where the syntax cannot do so they are refused. */
export function writeSegment(segment: EdiSegment, syntax: SegmentSyntax): string {
  if (!isRecord(segment) || typeof segment.tag !== "string" || !Array.isArray(segment.elements)) {
    throw formatInvalid(`a segment is { tag, elements: […] }, found ${describeValue(segment)}`);
  }
  const { element: between, component, repetition, release, tag: tagEnd = between, binary = {} } = syntax;
  const special = specialOf(syntax);
  const text = (given: unknown): string => {
    if (typeof given === "string") return given;
    throw formatInvalid(`a value of segment ${segment.tag} is a text, found ${describeValue(given)}`, { hint: "map it to text first" });
  };
  const value = (given: unknown): string => {
    const plain = text(given);
    if (plain.search(special) < 0) return plain;
    if (release !== undefined) return plain.replace(special, (character) => release + character);
    const character = JSON.stringify(plain.match(special)?.[0]);
    throw formatInvalid(`a value of segment ${segment.tag} holds the delimiter ${character}, which X12 cannot write`, {
      hint: "replace it, or choose other delimiters for the interchange",
    });
  };
  const item = (given: unknown): string => (Array.isArray(given) ? given.map(value).join(component) : value(given));
  const dataAt = Object.hasOwn(binary, segment.tag) ? binary[segment.tag] : undefined;
  const element = (given: unknown, index: number): string => {
    if (index === dataAt) return text(given);
    if (!isRecord(given) || !Array.isArray(given["repeat"])) return item(given);
    if (repetition !== undefined) return given["repeat"].map(item).join(repetition);
    throw formatInvalid(`segment ${segment.tag} repeats an element, but the interchange has no repetition separator`);
  };
  const tag = value(segment.tag);
  return segment.elements.length === 0 ? tag : tag + tagEnd + segment.elements.map(element).join(between);
}

const specials = new WeakMap<SegmentSyntax, RegExp>();

/** The delimiters, as a pattern that is made once for an interchange. */
function specialOf(syntax: SegmentSyntax): RegExp {
  const known = specials.get(syntax);
  if (known !== undefined) return known;
  const { element, component, segment, repetition = "", release = "" } = syntax;
  const pattern = new RegExp(
    `[${[...element, ...component, ...segment, ...repetition, ...release].map((one) => `\\u{${one.codePointAt(0)?.toString(16)}}`).join("")}]`,
    "gu",
  );
  specials.set(syntax, pattern);
  return pattern;
}

/** `raw` while it still says what the segment says. */
export function textOfSegment(segment: EdiSegment, syntax: SegmentSyntax): string {
  const written = writeSegment(segment, syntax);
  if (segment.raw === undefined) return written;
  const read = readSegment(segment.raw + syntax.segment, 0, syntax);
  const isSame = "segment" in read && read.end === segment.raw.length + 1 && writeSegment(read.segment, syntax) === written;
  return isSame ? segment.raw : written;
}
