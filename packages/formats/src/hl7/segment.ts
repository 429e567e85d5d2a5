import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { Hl7Component, Hl7Field, Hl7Item, Hl7Segment } from "./document.ts";

export interface Hl7Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition?: string | undefined;
  readonly escape?: string | undefined;
  readonly subcomponent?: string | undefined;
}

/** The segments that say how those after them are separated. */
export const HEADERS: ReadonlySet<string> = new Set(["MSH", "BHS", "FHS"]);

const TAG = /^[A-Z][A-Z0-9]{2}/;

/** The separators that a header declares, or what is wrong with them. */
export function readSeparators(text: string): Hl7Separators | string {
  const field = text.charAt(3);
  const others = text.slice(4).split(field === "" ? "|" : field, 1)[0] ?? "";
  const [component = "", repetition, escape, subcomponent] = others;
  const all = [field, ...others];
  const areUsable =
    field !== "" &&
    others.length >= 1 &&
    others.length <= 5 &&
    new Set(all).size === all.length &&
    !all.some((one) => /[A-Za-z0-9\s"]/.test(one));
  if (areUsable) return { field, component, repetition, escape, subcomponent };
  return `expected a field separator and one to five other separators, such as |^~\\&, found ${JSON.stringify(text.slice(3, 9))}`;
}

/** The segment of a line, or what is wrong with it. */
export function readSegment(text: string, separators: Hl7Separators): Hl7Segment | string {
  const tag = TAG.exec(text)?.[0];
  const next = text.charAt(3);
  if (tag === undefined || (next !== "" && next !== separators.field)) {
    return `expected a segment, three capital letters or digits and ${JSON.stringify(separators.field)}, found ${JSON.stringify(text.slice(0, 10))}`;
  }
  if (next === "") return { tag, fields: [] };
  const isHeader = HEADERS.has(tag);
  const fields = text
    .slice(4)
    .split(separators.field)
    .map((field, index) => (isHeader && index === 0 ? field : readField(field, separators)));
  const segment = { tag, fields: isHeader ? [separators.field, ...fields] : fields };
  return text.includes(separators.escape ?? "\0") && writeSegment(segment, separators) !== text ? { ...segment, raw: text } : segment;
}

function readField(text: string, separators: Hl7Separators): Hl7Field {
  const items = splitBy(text, separators.repetition).map((item) => readItem(item, separators));
  return items.length === 1 ? (items[0] ?? "") : { repeat: items };
}

function readItem(text: string, separators: Hl7Separators): Hl7Item {
  const components = splitBy(text, separators.component).map((component): Hl7Component => {
    const values = splitBy(component, separators.subcomponent).map((value) => unescape(value, separators));
    return values.length === 1 ? (values[0] ?? "") : values;
  });
  const [only] = components;
  return components.length === 1 && typeof only === "string" ? only : components;
}

function splitBy(text: string, separator: string | undefined): string[] {
  return separator === undefined ? [text] : text.split(separator);
}

const LETTERS = { field: "F", component: "S", subcomponent: "T", repetition: "R", escape: "E" } as const;

/** Separators that were escaped are read; what formats a text, such as \.br\, or is hexadecimal stays as it is. */
function unescape(text: string, separators: Hl7Separators): string {
  const { escape } = separators;
  if (escape === undefined || !text.includes(escape)) return text;
  let value = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(escape, at);
    const end = start < 0 ? -1 : text.indexOf(escape, start + 1);
    if (end < 0) return value + text.slice(at);
    const inner = text.slice(start + 1, end);
    const name = Object.entries(LETTERS).find(([, letter]) => letter === inner)?.[0];
    // The names of the letters are those of the separators.
    const character = name === undefined ? undefined : separators[name as keyof typeof LETTERS];
    value += text.slice(at, start) + (character ?? text.slice(start, end + 1));
    at = end + 1;
  }
}

const KEPT = /^(?:[HN]|\.[a-z]{2}[+-]?\d*|X(?:[0-9A-Fa-f]{2})+|[CM][0-9A-Fa-f]+|Z[A-Za-z0-9]*)$/;

/** The text of a segment, without its line end. */
function writeSegment(segment: Hl7Segment, separators: Hl7Separators): string {
  if (!isRecord(segment) || typeof segment.tag !== "string" || !Array.isArray(segment.fields)) {
    throw formatInvalid(`a segment is { tag, fields: […] }, found ${describeValue(segment)}`);
  }
  const { field: between, component, repetition, subcomponent } = separators;
  const value = (given: unknown): string => {
    if (typeof given !== "string") {
      throw formatInvalid(`a value of segment ${segment.tag} is a text, found ${describeValue(given)}`, { hint: "map it to text first" });
    }
    return escaped(given, separators, segment.tag);
  };
  const joined = (given: readonly unknown[], separator: string | undefined, write: (one: unknown) => string): string => {
    if (separator === undefined && given.length > 1)
      throw formatInvalid(`segment ${segment.tag} needs a separator that its message does not have`);
    return given.map(write).join(separator ?? "");
  };
  const values = (given: unknown): string => (Array.isArray(given) ? joined(given, subcomponent, value) : value(given));
  const item = (given: unknown): string => (Array.isArray(given) ? joined(given, component, values) : value(given));
  const field = (given: unknown): string =>
    isRecord(given) && Array.isArray(given["repeat"]) ? joined(given["repeat"], repetition, item) : item(given);
  if (!HEADERS.has(segment.tag)) return [segment.tag, ...segment.fields.map(field)].join(between);
  const [first, second, ...rest] = segment.fields;
  if (first !== between || typeof second !== "string") throw formatInvalid(`the first two fields of ${segment.tag} are its separators`);
  return segment.tag + between + [second, ...rest.map(field)].join(between);
}

function escaped(text: string, separators: Hl7Separators, tag: string): string {
  const { escape } = separators;
  let written = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const name = Object.keys(LETTERS).find((one) => separators[one as keyof typeof LETTERS] === character);
    if (character === "\r" || character === "\n") {
      throw formatInvalid(`a value of segment ${tag} holds a line end, which HL7 cannot write`, { hint: "map it to \\.br\\" });
    }
    if (name === undefined) {
      written += character;
      continue;
    }
    if (escape === undefined)
      throw formatInvalid(`a value of segment ${tag} holds the separator ${JSON.stringify(character)}, and the message has no escape`);
    const end = character === escape ? text.indexOf(escape, at + 1) : -1;
    if (end >= 0 && KEPT.test(text.slice(at + 1, end))) {
      written += text.slice(at, end + 1);
      at = end;
    } else written += escape + LETTERS[name as keyof typeof LETTERS] + escape;
  }
  return written;
}

/** `raw` while it still says what the segment says. */
export function textOfSegment(segment: Hl7Segment, separators: Hl7Separators): string {
  const written = writeSegment(segment, separators);
  if (segment.raw === undefined) return written;
  const read = readSegment(segment.raw, separators);
  return typeof read === "object" && !/[\r\n]/.test(segment.raw) && writeSegment(read, separators) === written ? segment.raw : written;
}

/** The first value of a field, which counts from 1. */
export function valueAt({ fields }: Hl7Segment, field: number): string {
  const found = fields[field - 1] ?? "";
  const item = typeof found === "object" && "repeat" in found ? (found.repeat[0] ?? "") : found;
  const component = typeof item === "string" ? item : (item[0] ?? "");
  return typeof component === "string" ? component : (component[0] ?? "");
}
