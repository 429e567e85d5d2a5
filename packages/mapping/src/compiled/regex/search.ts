import { JsonataError } from "../errors.ts";
import { holds } from "./assertion.ts";
import type { Instruction, Program } from "./program.ts";
import { createLooks } from "./looks.ts";

/** A match: where it is, and what its groups matched. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** Searches a text from a position on. Each search begins at the end of the match before, or after it. */
export type Search = (from: number) => Found | undefined;

/** Of what a search remembers; a quarter of a gigabyte. */
const MOST_BITS = 2 ** 31;

/**
 * A search that tries in the order in which JavaScript tries, but never twice from the same step at the same position: what failed
 * there before fails again. So it takes at most as many steps as the program has, times the characters, for all matches of a text.
 */
export function createSearch(program: Program, text: string): Search {
  const { instructions, rows } = program;
  if (rows * text.length > MOST_BITS) throw new JsonataError("D1014", { value: text.length });
  // A bit for each place to remember at each position.
  const tried = new Uint32Array(Math.ceil((rows * (text.length + 1)) / 32));
  const slots: number[] = [];
  /** Pairs of a step and a position to go on from, or of a slot, negative, and the value to put back. */
  const stack: number[] = [];
  const looks = createLooks(program, text);

  return function search(from) {
    for (let start = from; start <= text.length; start += 1) {
      const end = matchAt(start);
      if (end === undefined) continue;
      forgetTries(end);
      return { start, end, groups: groups() };
    }
    return undefined;
  };

  function matchAt(start: number): number | undefined {
    slots.length = 0;
    for (let slot = 0; slot < program.slots; slot += 1) slots.push(-1);
    stack.length = 0;
    let step = 0;
    let at = start;
    for (;;) {
      const instruction = instructions[step];
      if (instruction === undefined || instruction.op === "accept") return at;
      const next = take(instruction, step, at);
      if (next >= 0) {
        if (instruction.op === "char") at += 1;
        step = next;
        continue;
      }
      const back = goBack();
      if (back === undefined) return undefined;
      [step, at] = back;
    }
  }

  /** The step after one, or -1 if it fails. */
  function take(instruction: Instruction, step: number, at: number): number {
    switch (instruction.op) {
      case "char":
        return at < text.length && instruction.accepts(text.charCodeAt(at)) ? step + 1 : -1;
      case "split": {
        let place = at * rows + instruction.row;
        for (const mark of instruction.marks) if (slots[mark] === at) place += 1;
        const word = place >>> 5;
        const bit = 1 << (place & 31);
        const before = tried[word] ?? 0;
        if ((before & bit) !== 0) return -1;
        tried[word] = before | bit;
        stack.push(instruction.second, at);
        return instruction.first;
      }
      case "jump":
        return instruction.to;
      case "save":
        put(instruction.slot, at);
        return step + 1;
      case "forget":
        for (let slot = instruction.from; slot < instruction.to; slot += 1) put(slot, -1);
        return step + 1;
      case "progress":
        return slots[instruction.slot] === at ? -1 : step + 1;
      case "assert":
        return holds(instruction.at, text, at) ? step + 1 : -1;
      case "look":
        return looks(instruction.look, at) ? step + 1 : -1;
      case "accept":
        return step;
      default:
        throw instruction satisfies never;
    }
  }

  function put(slot: number, value: number): void {
    stack.push(-1 - slot, slots[slot] ?? -1);
    slots[slot] = value;
  }

  function goBack(): readonly [number, number] | undefined {
    for (;;) {
      const value = stack.pop();
      const where = stack.pop();
      if (value === undefined || where === undefined) return undefined;
      if (where >= 0) return [where, value];
      slots[-1 - where] = value;
    }
  }

  function groups(): readonly (string | undefined)[] {
    return Array.from({ length: program.groups }, (_, group) => {
      const [start, end] = [slots[2 * group + 2] ?? -1, slots[2 * group + 3] ?? -1];
      return start < 0 || end < 0 ? undefined : text.slice(start, end);
    });
  }

  /** What was tried at the end of a match may have led to it; all that was tried after it failed. */
  function forgetTries(at: number): void {
    for (let place = at * rows; place < (at + 1) * rows; place += 1) {
      const word = place >>> 5;
      tried[word] = (tried[word] ?? 0) & ~(1 << (place & 31));
    }
  }
}
