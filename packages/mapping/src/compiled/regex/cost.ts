import type { Pattern, Repeat } from "./parse.ts";

/** Steps for each character up to which a search by backtracking counts as cheap. */
const CHEAP = 500;

/**
 * Whether a search by backtracking, such as RegExp makes, takes at most so many steps for each character of the text: there is
 * nothing without bounds in it, or only the characters that it ends with, after which nothing can fail, or only one such run in an
 * expression that begins at the start of the text.
 */
export function isCheap(pattern: Pattern): boolean {
  const parts = flat(pattern);
  const [first] = parts;
  const last = parts.at(-1);
  if (costOf(parts) <= CHEAP) return true;
  // What a backreference repeats could be as long as the text.
  if (backreferences(pattern) > 0) return false;
  if (last !== undefined && isRun(last)) return costOf([...parts.slice(0, -1), { ...last, most: last.least }]) <= CHEAP;
  if (first?.kind !== "assertion" || first.at !== "start") return false;
  const runs = parts.filter(isRun);
  return runs.length === 1 && costOf(parts.map((part) => (isRun(part) ? { ...part, most: part.least } : part))) <= CHEAP;
}

/** The parts one after the other, without the parentheses around some. */
function flat(pattern: Pattern): readonly Pattern[] {
  if (pattern.kind === "sequence") return pattern.parts.flatMap(flat);
  return pattern.kind === "group" ? flat(pattern.body) : [pattern];
}

/** One class of characters, again and again. */
function isRun(part: Pattern): part is Repeat {
  return part.kind === "repeat" && part.most === Number.POSITIVE_INFINITY && part.body.kind === "char";
}

/** All ways to match, each as long as it can be. */
function costOf(parts: readonly Pattern[]): number {
  const whole: Pattern = { kind: "sequence", parts };
  // One backreference repeats no more than all else; several could double each other again and again.
  const repeated = length(whole, backreferences(whole) > 1 ? Number.POSITIVE_INFINITY : 0);
  return ways(whole) * length(whole, repeated);
}

function backreferences(pattern: Pattern): number {
  if (pattern.kind === "backreference") return 1;
  if ("parts" in pattern) return pattern.parts.reduce((sum, part) => sum + backreferences(part), 0);
  return "body" in pattern ? backreferences(pattern.body) : 0;
}

function ways(pattern: Pattern): number {
  switch (pattern.kind) {
    case "char":
    case "assertion":
    case "backreference":
      return 1;
    case "group":
    case "look":
      return ways(pattern.body);
    case "sequence":
      return pattern.parts.reduce((product, part) => product * ways(part), 1);
    case "choice":
      return pattern.parts.reduce((sum, part) => sum + ways(part), 0);
    case "repeat": {
      if (pattern.most > CHEAP) return Number.POSITIVE_INFINITY;
      const each = ways(pattern.body);
      let sum = 0;
      for (let count = pattern.least; count <= pattern.most; count += 1) sum += each ** count;
      return sum;
    }
    default:
      throw pattern satisfies never;
  }
}

function length(pattern: Pattern, repeated: number): number {
  switch (pattern.kind) {
    case "char":
    case "assertion":
      return 1;
    case "backreference":
      return repeated;
    case "group":
    case "look":
      return length(pattern.body, repeated);
    case "sequence":
      return pattern.parts.reduce((sum, part) => sum + length(part, repeated), 1);
    case "choice":
      return Math.max(...pattern.parts.map((part) => length(part, repeated)));
    case "repeat":
      return pattern.most * length(pattern.body, repeated);
    default:
      throw pattern satisfies never;
  }
}
