/** From one code point to another, both included. */
export type CharacterRange = readonly [number, number];

/** XML 1.0, production 2. */
const XML_CHARACTERS: readonly CharacterRange[] = [
  [9, 10],
  [13, 13],
  [0x20, 0xd7ff],
  [0xe000, 0xfffd],
  [0x1_00_00, 0x10_ff_ff],
];

/** What `\d`, `\w`, `\s` and the end of a line are in JavaScript; in XML Schema they are something else. */
const DIGITS: readonly CharacterRange[] = [[0x30, 0x39]];
const WORD: readonly CharacterRange[] = [...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const BLANKS: readonly CharacterRange[] = [
  [9, 13],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x16_80, 0x16_80],
  [0x20_00, 0x20_0a],
  [0x20_28, 0x20_29],
  [0x20_2f, 0x20_2f],
  [0x20_5f, 0x20_5f],
  [0x30_00, 0x30_00],
  [0xfe_ff, 0xfe_ff],
];
const LINE_ENDS: readonly CharacterRange[] = [
  [10, 10],
  [13, 13],
  [0x20_28, 0x20_29],
];

/** The characters that `\d`, `\W` and so on stand for, and `.`. */
export const CHARACTER_SETS: Readonly<Record<string, readonly CharacterRange[]>> = {
  d: DIGITS,
  D: othersThan(DIGITS),
  w: WORD,
  W: othersThan(WORD),
  s: BLANKS,
  S: othersThan(BLANKS),
  ".": othersThan(LINE_ENDS),
};

/** The characters of XML that are not in a set. */
export function othersThan(ranges: readonly CharacterRange[]): readonly CharacterRange[] {
  return XML_CHARACTERS.flatMap(([first, last]) => {
    const rest: CharacterRange[] = [];
    let from = first;
    for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
      if (high < from || low > last) continue;
      if (low > from) rest.push([from, low - 1]);
      from = Math.max(from, high + 1);
    }
    return from <= last ? [...rest, [from, last] as const] : rest;
  });
}

const SPECIAL = "\\|.?*+(){}[]^-";

/**
 * A class of XML Schema. Always the characters that are in it, never those that are not, and no range with an escape at its ends: libxml2 takes two classes that
 * say what is not in them for two without a character in common, and misreads such a range.
 */
export function classText(ranges: readonly CharacterRange[], categories: readonly string[] = []): string {
  // A range may begin or end with characters that XML does not have.
  const written = othersThan(othersThan(ranges)).map(([first, last]) => rangeText(first, last));
  return `[${written.join("")}${categories.join("")}]`;
}

function rangeText(first: number, last: number): string {
  if (first > last) return "";
  if (isSpecial(first) || first < 0x20) return characterText(first) + rangeText(first + 1, last);
  if (isSpecial(last)) return rangeText(first, last - 1) + characterText(last);
  return first === last ? characterText(first) : `${characterText(first)}-${characterText(last)}`;
}

function isSpecial(codePoint: number): boolean {
  return SPECIAL.includes(String.fromCodePoint(codePoint));
}

/** A character, escaped if it has a meaning in patterns. */
export function characterText(codePoint: number): string {
  return (isSpecial(codePoint) ? "\\" : "") + String.fromCodePoint(codePoint);
}
