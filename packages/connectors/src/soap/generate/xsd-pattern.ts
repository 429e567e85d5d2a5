import { CHARACTER_SETS, characterText, classText, othersThan, type CharacterRange } from "./character-set.ts";

/** What any text matches. */
const ANY_TEXT = `${classText(othersThan([]))}*`;
const CATEGORY = /^\{(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfo]?)\}/;

class Unsayable extends Error {}

/**
 * The pattern of XML Schema that allows the same texts as a regular expression of JavaScript, or undefined if it has something that XML Schema
 * cannot say, such as looking ahead.
 */
export function xsdPatternOf(pattern: string): string | undefined {
  try {
    return translate(pattern);
  } catch (error) {
    if (error instanceof Unsayable) return undefined;
    throw error;
  }
}

function translate(pattern: string): string {
  const characters = [...pattern];
  let at = 0;
  const whole = alternatives(true);
  if (at < characters.length) throw new Unsayable();
  return whole;

  /** An expression finds a text anywhere; a pattern is the whole text. So each alternative says what may stand before and behind it. */
  function alternatives(isOutermost: boolean): string {
    const ways = [sequence(isOutermost)];
    while (characters[at] === "|") {
      at += 1;
      ways.push(sequence(isOutermost));
    }
    return ways.join("|");
  }

  function sequence(isOutermost: boolean): string {
    const isStart = isOutermost && characters[at] === "^";
    if (isStart) at += 1;
    let written = isStart || !isOutermost ? "" : ANY_TEXT;
    while (at < characters.length && characters[at] !== "|" && characters[at] !== ")") {
      if (characters[at] === "$" && isOutermost && (at + 1 === characters.length || characters[at + 1] === "|")) {
        at += 1;
        return written;
      }
      written += quantified(atom());
    }
    return isOutermost ? written + ANY_TEXT : written;
  }

  function atom(): string {
    const character = next();
    switch (character) {
      case "(":
        return group();
      case "[":
        return characterClass();
      case ".":
        return classText(CHARACTER_SETS["."] ?? []);
      case "\\":
        return escape();
      case "^":
      case "$":
      case "*":
      case "+":
      case "?":
      case "{":
        throw new Unsayable();
      default:
        return literal(character);
    }
  }

  function group(): string {
    if (characters[at] === "?") {
      if (characters[at + 1] !== ":") throw new Unsayable();
      at += 2;
    }
    const inner = alternatives(false);
    if (next() !== ")") throw new Unsayable();
    return `(${inner})`;
  }

  function quantified(written: string): string {
    const [quantifier = ""] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(ahead(24)) ?? [];
    at += quantifier.length;
    // Lazy or not, the same texts are allowed.
    if (quantifier !== "" && characters[at] === "?") at += 1;
    return written + quantifier;
  }

  function escape(): string {
    const set = CHARACTER_SETS[characters[at] ?? ""];
    if (set !== undefined && characters[at] !== ".") {
      at += 1;
      return classText(set);
    }
    return category() ?? literal(escapedCharacter());
  }

  function characterClass(): string {
    const isNegated = characters[at] === "^";
    if (isNegated) at += 1;
    const ranges: CharacterRange[] = [];
    const categories: string[] = [];
    while (characters[at] !== "]") {
      const set = characters[at] === "\\" && characters[at + 1] !== "." ? CHARACTER_SETS[characters[at + 1] ?? ""] : undefined;
      if (set === undefined) ranges.push(...range(categories));
      else {
        at += 2;
        ranges.push(...set);
      }
    }
    at += 1;
    // One that holds nothing, or everything but letters and the like.
    if ((ranges.length === 0 && categories.length === 0) || (isNegated && categories.length > 0)) throw new Unsayable();
    return classText(isNegated ? othersThan(ranges) : ranges, categories);
  }

  /** One character of a class, or a range of them. A category is put into the list. */
  function range(categories: string[]): readonly CharacterRange[] {
    const first = classCharacter(categories);
    if (first === undefined) return [];
    if (characters[at] !== "-" || characters[at + 1] === "]") return [[first, first]];
    const dash = at;
    at += 1;
    const isSet = characters[at] === "\\" && /[dDwWsSpP]/.test(characters[at + 1] ?? "");
    const last = isSet ? undefined : classCharacter(categories);
    if (last !== undefined) return [[first, last]];
    at = dash;
    return [[first, first]];
  }

  function classCharacter(categories: string[]): number | undefined {
    const character = next();
    if (character !== "\\") return codeOf(character);
    const named = category();
    if (named === undefined) return codeOf(escapedCharacter());
    categories.push(named);
    return undefined;
  }

  function category(): string | undefined {
    const letter = characters[at];
    if (letter !== "p" && letter !== "P") return undefined;
    at += 1;
    const [name] = CATEGORY.exec(ahead(5)) ?? [];
    if (name === undefined) throw new Unsayable();
    at += name.length;
    return `\\${letter}${name}`;
  }

  /** The character that stands behind a backslash, or that is named there. */
  function escapedCharacter(): string {
    const character = next();
    if (character === "u" || character === "x") return namedCharacter(character);
    const control = { n: "\n", r: "\r", t: "\t" }[character];
    if (control !== undefined) return control;
    if (/[\p{L}\p{N}]/u.test(character)) throw new Unsayable();
    return character;
  }

  function namedCharacter(letter: string): string {
    const digits = letter === "x" ? /^([\dA-Fa-f]{2})/ : /^(?:([\dA-Fa-f]{4})|\{([\dA-Fa-f]{1,6})\})/;
    const [text = "", bare, braced] = digits.exec(ahead(10)) ?? [];
    const code = Number.parseInt(bare ?? braced ?? "", 16);
    if (Number.isNaN(code) || code > 0x10_ff_ff) throw new Unsayable();
    at += text.length;
    return String.fromCodePoint(code);
  }

  function next(): string {
    const character = characters[at];
    if (character === undefined) throw new Unsayable();
    at += 1;
    return character;
  }

  function ahead(count: number): string {
    return characters.slice(at, at + count).join("");
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function literal(character: string): string {
  // Halves of characters, and what XML cannot hold.
  if (!/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u.test(character)) throw new Unsayable();
  return characterText(codeOf(character));
}
