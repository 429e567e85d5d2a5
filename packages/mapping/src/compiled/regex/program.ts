import type { Assertion } from "./assertion.ts";
import type { CharClass } from "./char-class.ts";
import type { Pattern, Repeat } from "./parse.ts";

/** One step of a matcher; without a `next` it goes on with the following one. */
export type Instruction =
  | { readonly op: "char"; readonly accepts: CharClass }
  | { readonly op: "assert"; readonly at: Assertion }
  /**
   * Goes on at `first`, and if that fails at `second`. `row` is where it is remembered, one further for each of the `marks`, the slots
   * of the rounds that it stands in, without progress: such a round may fail where another would not.
   */
  | { readonly op: "split"; first: number; second: number; readonly row: number; readonly marks: readonly number[] }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "forget"; readonly from: number; readonly to: number }
  /** Fails if nothing was matched since the position was saved in the slot. */
  | { readonly op: "progress"; readonly slot: number }
  | { readonly op: "look"; readonly look: Look }
  | { readonly op: "accept" };

export interface Look {
  readonly program: readonly Instruction[];
  readonly ahead: boolean;
  readonly negative: boolean;
  readonly index: number;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Two slots for each group, the whole being the first, then the marks of progress. */
  readonly slots: number;
  readonly groups: number;
  /** Places to remember for each position of the text. */
  readonly rows: number;
  readonly looks: number;
}

const LARGEST = 2_000;

/** The steps of a pattern; undefined if it cannot be matched in linear time, or has too many of them. */
export function createProgram(pattern: Pattern): Program | undefined {
  const groups = countGroups(pattern);
  const counts = { slots: 2 * (groups + 1), rows: 0, looks: 0, size: 0 };
  const code: Instruction[] = [];
  const isPossible = emit({ kind: "group", index: -1, body: pattern }, { code, marks: [], ahead: true });
  code.push({ op: "accept" });
  return isPossible ? { instructions: code, slots: counts.slots, groups, rows: counts.rows, looks: counts.looks } : undefined;

  interface Place {
    readonly code: Instruction[];
    readonly marks: readonly number[];
    /** False within what looks behind, whose parts are matched from the last to the first. */
    readonly ahead: boolean;
  }

  function emit(part: Pattern, place: Place): boolean {
    counts.size += 1;
    if (counts.size > LARGEST) return false;
    const { code: into } = place;
    switch (part.kind) {
      case "char":
        into.push({ op: "char", accepts: part.accepts });
        return true;
      case "assertion":
        into.push({ op: "assert", at: part.at });
        return true;
      case "group": {
        into.push({ op: "save", slot: 2 * (part.index + 1) });
        const isDone = emit(part.body, place);
        into.push({ op: "save", slot: 2 * (part.index + 1) + 1 });
        return isDone;
      }
      case "sequence":
        return (place.ahead ? part.parts : part.parts.toReversed()).every((one) => emit(one, place));
      case "choice":
        return emitChoice(part.parts, place);
      case "repeat":
        return emitRepeat(part, place);
      case "look":
        return emitLook(part, place);
      case "backreference":
        return false;
      default:
        throw part satisfies never;
    }
  }

  function emitChoice(options: readonly Pattern[], place: Place): boolean {
    const [option, ...others] = options;
    if (option === undefined) return true;
    if (others.length === 0) return emit(option, place);
    const split = splitOf(place);
    split.first = place.code.length;
    if (!emit(option, place)) return false;
    const jump = { op: "jump" as const, to: 0 };
    place.code.push(jump);
    split.second = place.code.length;
    const isDone = emitChoice(others, place);
    jump.to = place.code.length;
    return isDone;
  }

  function emitRepeat(part: Repeat, place: Place): boolean {
    const { least, most } = part;
    const copies = most === Number.POSITIVE_INFINITY && least > 0 && !isEmptyPossible(part.body) ? least - 1 : least;
    for (let copy = 0; copy < copies; copy += 1) if (!emitBody(part, place)) return false;
    if (most === Number.POSITIVE_INFINITY) return copies < least ? emitOnceOrMore(part, place) : emitLoop(part, place);
    return emitOptional(part, most - least, place);
  }

  function emitBody({ body, groups: [from, to] }: Repeat, place: Place): boolean {
    if (to > from) place.code.push({ op: "forget", from: 2 * (from + 1), to: 2 * (to + 1) });
    return emit(body, place);
  }

  function emitOnceOrMore(part: Repeat, place: Place): boolean {
    const start = place.code.length;
    if (!emitBody(part, place)) return false;
    leave(splitOf(place), start, { part, place });
    return true;
  }

  function emitLoop(part: Repeat, place: Place): boolean {
    const start = place.code.length;
    const split = splitOf(place);
    const body = place.code.length;
    const isDone = emitProgress(part, place);
    place.code.push({ op: "jump", to: start });
    leave(split, body, { part, place });
    return isDone;
  }

  function emitOptional(part: Repeat, times: number, place: Place): boolean {
    if (times === 0) return true;
    const split = splitOf(place);
    const body = place.code.length;
    const isDone = emitProgress(part, place) && emitOptional(part, times - 1, place);
    leave(split, body, { part, place });
    return isDone;
  }

  /** A round beyond those that have to be fails if it matches nothing. */
  function emitProgress(part: Repeat, place: Place): boolean {
    if (!isEmptyPossible(part.body)) return emitBody(part, place);
    const slot = counts.slots++;
    place.code.push({ op: "save", slot });
    const isDone = emitBody(part, { ...place, marks: [...place.marks, slot] });
    place.code.push({ op: "progress", slot });
    return isDone;
  }

  function leave(split: Split, body: number, { part, place }: { readonly part: Repeat; readonly place: Place }): void {
    const after = place.code.length;
    [split.first, split.second] = part.greedy ? [body, after] : [after, body];
  }

  function splitOf({ code: into, marks }: Place): Split {
    const split: Split = { op: "split", first: 0, second: 0, row: counts.rows, marks };
    counts.rows += marks.length + 1;
    into.push(split);
    return split;
  }

  function emitLook(part: Extract<Pattern, { kind: "look" }>, place: Place): boolean {
    // Whether it holds is found out for all positions at once, without what its groups match.
    if (!part.negative && countGroups(part.body) > 0) return false;
    const inner: Instruction[] = [];
    const isDone = emit(part.body, { code: inner, marks: [], ahead: part.ahead });
    inner.push({ op: "accept" });
    place.code.push({ op: "look", look: { program: inner, ahead: part.ahead, negative: part.negative, index: counts.looks++ } });
    return isDone;
  }
}

type Split = Extract<Instruction, { op: "split" }>;

function countGroups(pattern: Pattern): number {
  const own = pattern.kind === "group" ? 1 : 0;
  if ("parts" in pattern) return pattern.parts.reduce((sum, part) => sum + countGroups(part), 0);
  return "body" in pattern ? own + countGroups(pattern.body) : own;
}

function isEmptyPossible(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case "char":
      return false;
    case "group":
      return isEmptyPossible(pattern.body);
    case "sequence":
      return pattern.parts.every(isEmptyPossible);
    case "choice":
      return pattern.parts.some(isEmptyPossible);
    case "repeat":
      return pattern.least === 0 || isEmptyPossible(pattern.body);
    case "assertion":
    case "look":
    case "backreference":
      return true;
    default:
      throw pattern satisfies never;
  }
}
