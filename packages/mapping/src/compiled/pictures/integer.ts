import { JsonataError } from "../errors.ts";
import { fromWords, toWords, WORDS_SOURCE } from "./words.ts";

/** A picture of whole numbers, taken apart. */
export interface IntegerPicture {
  readonly kind: "letters" | "roman" | "words" | "decimal" | "sequence";
  readonly text: string;
  readonly spelling: "upper" | "lower" | "title";
  readonly ordinal: boolean;
  readonly zero: number;
  readonly mandatory: number;
  readonly optional: number;
  /** Places of separators, counted from the right; a regular one repeats for ever. */
  readonly separators: readonly { readonly place: number; readonly char: string }[];
  readonly regular: number;
}

const ASCII_ZERO = 0x30;
const ZEROS = [
  0x30, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0,
  0xaa50, 0xabf0, 0xff10,
];

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

/** Reads a picture such as `#,##0;o`, `Ww` or `i`. */
export function readIntegerPicture(picture: string): IntegerPicture {
  const at = picture.lastIndexOf(";");
  const text = at < 0 ? picture : picture.slice(0, at);
  const ordinal = at >= 0 && picture[at + 1] === "o";
  const plain = { text, ordinal, zero: 0x30, mandatory: 0, optional: 0, separators: [], regular: 0 };
  switch (text) {
    case "A":
    case "a":
      return { ...plain, kind: "letters", spelling: text === "A" ? "upper" : "lower" };
    case "I":
    case "i":
      return { ...plain, kind: "roman", spelling: text === "I" ? "upper" : "lower" };
    case "W":
    case "w":
    case "Ww":
      return { ...plain, kind: "words", spelling: text === "W" ? "upper" : text === "w" ? "lower" : "title" };
    default:
      return readDigits(text, ordinal);
  }
}

function readDigits(text: string, ordinal: boolean): IntegerPicture {
  let zero: number | undefined;
  let [mandatory, optional] = [0, 0];
  const separators: { place: number; char: string }[] = [];
  for (const char of Array.from(text).toReversed()) {
    const code = char.codePointAt(0) ?? 0;
    const family = ZEROS.find((start) => code >= start && code <= start + 9);
    if (family !== undefined) {
      if (zero !== undefined && zero !== family) throw new JsonataError("D3131");
      zero = family;
      mandatory += 1;
    } else if (char === "#") optional += 1;
    else separators.push({ place: mandatory + optional, char });
  }
  const common = {
    text,
    ordinal,
    spelling: "lower" as const,
    zero: zero ?? 0x30,
    mandatory,
    optional,
    separators,
    regular: regularity(separators),
  };
  return { ...common, kind: mandatory > 0 ? "decimal" : "sequence" };
}

function regularity(separators: readonly { place: number; char: string }[]): number {
  const [first] = separators;
  if (first === undefined || separators.some(({ char }) => char !== first.char)) return 0;
  const step = separators.reduce((common, { place }) => divisor(common, place), first.place);
  const places = new Set(separators.map(({ place }) => place));
  return separators.every((_, index) => places.has((index + 1) * step)) ? step : 0;
}

function divisor(left: number, right: number): number {
  return right === 0 ? left : divisor(right, left % right);
}

export function formatInteger(value: number, picture: IntegerPicture): string {
  const whole = Math.floor(value);
  const text = formatMagnitude(Math.abs(whole), picture);
  return whole < 0 ? `-${text}` : text;
}

function formatMagnitude(value: number, picture: IntegerPicture): string {
  switch (picture.kind) {
    case "letters":
      return spelled(toLetters(value), picture);
    case "roman":
      return spelled(toRoman(value), picture);
    case "words":
      return spelled(toWords(value, picture.ordinal), picture);
    case "decimal":
      return formatDigits(value, picture);
    case "sequence":
      throw new JsonataError("D3130", { value: picture.text });
    default:
      throw picture.kind satisfies never;
  }
}

function spelled(text: string, { spelling }: IntegerPicture): string {
  return spelling === "upper" ? text.toUpperCase() : spelling === "lower" ? text.toLowerCase() : text;
}

function formatDigits(value: number, picture: IntegerPicture): string {
  const plain = String(value).padStart(picture.mandatory, "0");
  if (picture.zero === ASCII_ZERO && picture.separators.length === 0) return picture.ordinal ? plain + ordinalEnding(plain) : plain;
  let text = "";
  const digits = Array.from(plain, (digit) => String.fromCodePoint(picture.zero + Number(digit))).toReversed();
  for (const [index, digit] of digits.entries()) {
    if (index > 0) text = separatorAt(index, picture) + text;
    text = digit + text;
  }
  return picture.ordinal ? text + ordinalEnding(plain) : text;
}

function separatorAt(place: number, { separators, regular }: IntegerPicture): string {
  if (regular > 0) return place % regular === 0 ? (separators[0]?.char ?? "") : "";
  return separators.find((separator) => separator.place === place)?.char ?? "";
}

function ordinalEnding(digits: string): string {
  if (digits.at(-2) === "1") return "th";
  return { "1": "st", "2": "nd", "3": "rd" }[digits.at(-1) ?? ""] ?? "th";
}

function toLetters(value: number): string {
  let letters = "";
  for (let rest = value; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCodePoint(97 + ((rest - 1) % 26)) + letters;
  return letters;
}

function toRoman(value: number): string {
  let text = "";
  let rest = value;
  for (const [worth, letters] of ROMAN) {
    text += letters.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return text;
}

/** What a number of this picture looks like, as the source of a regular expression. */
export function integerSource(picture: IntegerPicture, width?: number): string {
  switch (picture.kind) {
    case "letters":
      return picture.spelling === "upper" ? "[A-Z]+" : "[a-z]+";
    case "roman":
      return picture.spelling === "upper" ? "[MDCLXVI]+" : "[mdclxvi]+";
    case "words":
      return WORDS_SOURCE;
    case "decimal":
      return `[0-9${String.fromCodePoint(picture.zero)}-${String.fromCodePoint(picture.zero + 9)}${picture.separators.map(({ char }) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}]${width === undefined ? "+" : `{${width}}`}${picture.ordinal ? "(?:th|st|nd|rd)" : ""}`;
    case "sequence":
      throw new JsonataError("D3130", { value: picture.text });
    default:
      throw picture.kind satisfies never;
  }
}

/** The number that a text of this picture stands for. */
export function parseInteger(text: string, picture: IntegerPicture): number {
  switch (picture.kind) {
    case "letters":
      return Array.from(text.toLowerCase()).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0);
    case "roman":
      return fromRoman(text.toLowerCase());
    case "words":
      return fromWords(text);
    case "decimal": {
      const digits = Array.from(text, (char) => {
        const digit = (char.codePointAt(0) ?? 0) - picture.zero;
        return digit >= 0 && digit <= 9 ? String(digit) : "";
      });
      const plain = digits.join("");
      return plain === "" ? Number.NaN : Number(plain);
    }
    case "sequence":
      throw new JsonataError("D3130", { value: picture.text });
    default:
      throw picture.kind satisfies never;
  }
}

function fromRoman(text: string): number {
  const worths = Array.from(text, (letter) => ROMAN.find(([, letters]) => letters === letter)?.[0] ?? Number.NaN);
  return worths.reduce((sum, worth, index) => (worth < (worths[index + 1] ?? 0) ? sum - worth : sum + worth), 0);
}
