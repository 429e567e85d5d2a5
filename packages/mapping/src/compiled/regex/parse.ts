import type { Assertion } from "./assertion.ts";
import { type CharClass, charClass } from "./char-class.ts";

/** A regular expression taken apart, with JavaScript's meaning without the flags `u` and `v`. */
export type Pattern =
  | { readonly kind: "char"; readonly accepts: CharClass }
  | { readonly kind: "assertion"; readonly at: Assertion }
  | { readonly kind: "group"; readonly index: number; readonly body: Pattern }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | Repeat
  | { readonly kind: "look"; readonly ahead: boolean; readonly negative: boolean; readonly body: Pattern }
  | { readonly kind: "backreference" };

export interface Repeat {
  readonly kind: "repeat";
  readonly body: Pattern;
  readonly least: number;
  readonly most: number;
  readonly greedy: boolean;
  /** The capturing groups within: from the first to before the second. */
  readonly groups: readonly [number, number];
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/** Reads what `RegExp` has accepted. */
export function parsePattern(source: string, given: string): Pattern {
  const names = groupsOf(source);
  let at = 0;
  let group = 0;
  let flags: Flags = { i: given.includes("i"), m: given.includes("m"), s: given.includes("s") };

  function taken(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(source) ?? undefined;
    if (match !== undefined) at += match[0].length;
    return match;
  }

  function choice(): Pattern {
    const parts = [sequence()];
    while (source[at] === "|") {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }

  function sequence(): Pattern {
    const parts: Pattern[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const first = group;
      parts.push(quantified(term(), [first, group]));
    }
    return { kind: "sequence", parts };
  }

  function quantified(body: Pattern, groups: readonly [number, number]): Pattern {
    const quantifier = taken(/(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/y);
    if (quantifier === undefined) return body;
    const [sign, least, comma, most, lazy] = quantifier;
    const bounds = least === undefined ? (SIGNS[sign[0] ?? ""] ?? [1, 1]) : [Number(least), upper(Number(least), comma, most)];
    return { kind: "repeat", body, least: bounds[0] ?? 0, most: bounds[1] ?? 0, greedy: lazy === "", groups };
  }

  function term(): Pattern {
    const char = source[at] ?? "";
    if (char === "(") return parentheses();
    if (char === "^" || char === "$") {
      at += 1;
      return { kind: "assertion", at: char === "^" ? (flags.m ? "lineStart" : "start") : flags.m ? "lineEnd" : "end" };
    }
    if (char === "\\") return escape();
    const unit = taken(/\[(?:\\[^]|[^\]\\])*\]|[^]/y)?.[0] ?? "";
    return single(unit.length === 1 && "{}]/".includes(unit) ? `\\${unit}` : unit);
  }

  function escape(): Pattern {
    const boundary = taken(/\\[bB]/y);
    if (boundary !== undefined) return { kind: "assertion", at: boundary[0] === String.raw`\b` ? "boundary" : "noBoundary" };
    const number = /\\([1-9]\d*)/y;
    number.lastIndex = at;
    if (Number(number.exec(source)?.[1] ?? Number.POSITIVE_INFINITY) <= names.count) {
      taken(number);
      return { kind: "backreference" };
    }
    if (names.isNamed && taken(/\\k<[^>]*>/y) !== undefined) return { kind: "backreference" };
    const unit = taken(/\\(?:c[A-Za-z]|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|[0-3][0-7]{0,2}|[4-7][0-7]?|(?!c)[^])/y);
    if (unit !== undefined) return single(unit[0]);
    // A backslash before a `c` that names no control character stands for itself.
    at += 1;
    return single("\\\\");
  }

  function parentheses(): Pattern {
    const look = taken(/\(\?(<?)([=!])/y);
    if (look !== undefined) return { kind: "look", ahead: look[1] === "", negative: look[2] === "!", body: closed() };
    const modifiers = taken(/\(\?([ims]*)(?:-([ims]*))?:/y);
    if (modifiers !== undefined) return withFlags(modifiers[1] ?? "", modifiers[2] ?? "");
    taken(/\((?:\?<[^>]*>)?/y);
    const index = group++;
    return { kind: "group", index, body: closed() };
  }

  function withFlags(on: string, off: string): Pattern {
    const before = flags;
    const flag = (name: keyof Flags): boolean => (flags[name] || on.includes(name)) && !off.includes(name);
    flags = { i: flag("i"), m: flag("m"), s: flag("s") };
    const body = closed();
    flags = before;
    return body;
  }

  function closed(): Pattern {
    const body = choice();
    at += 1;
    return body;
  }

  function single(unit: string): Pattern {
    return { kind: "char", accepts: charClass(unit, (flags.i ? "i" : "") + (flags.s ? "s" : "")) };
  }

  return choice();
}

const SIGNS: Readonly<Record<string, readonly [number, number]>> = {
  "*": [0, Number.POSITIVE_INFINITY],
  "+": [1, Number.POSITIVE_INFINITY],
  "?": [0, 1],
};

function upper(least: number, comma: string | undefined, most: string | undefined): number {
  if (comma === undefined) return least;
  return most === undefined || most === "" ? Number.POSITIVE_INFINITY : Number(most);
}

/** How many capturing groups there are: a `\3` is a backreference only if there are three. */
function groupsOf(source: string): { readonly count: number; readonly isNamed: boolean } {
  const tokens: readonly string[] = source.match(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:<?[=!]|[^<]|<))?/g) ?? [];
  const isNamed = tokens.includes("(?<");
  return { count: tokens.filter((token) => token === "(" || token === "(?<").length, isNamed };
}
