import { holds } from "./assertion.ts";
import type { Instruction, Look, Program } from "./program.ts";

/** Whether a look ahead or behind holds at a position. */
type Looks = (look: Look, at: number) => boolean;

/** Answers looks from a table of all positions, each of which is made when it is first asked for, in one pass over the text. */
export function createLooks(program: Program, text: string): Looks {
  const tables: (Uint8Array | undefined)[] = Array.from({ length: program.looks });

  function looks(look: Look, at: number): boolean {
    const table = (tables[look.index] ??= tableOf(look));
    return (table[at] === 1) !== look.negative;
  }

  function tableOf({ program: instructions, ahead }: Look): Uint8Array {
    const table = new Uint8Array(text.length + 1);
    const sources = sourcesOf(instructions);
    // Ahead the end of the text comes first, since a position follows from the one after it.
    let leading = new Uint8Array(instructions.length);
    for (let count = 0; count <= text.length; count += 1) {
      const at = ahead ? text.length - count : count;
      const unit = text.charCodeAt(ahead ? at : at - 1);
      leading = rowAt({ instructions, sources, at, unit, nearer: leading });
      table[at] = leading[0] ?? 0;
    }
    return table;
  }

  interface Row {
    readonly instructions: readonly Instruction[];
    readonly sources: readonly (readonly number[])[];
    readonly at: number;
    /** The character on the way, not a number at an end of the text. */
    readonly unit: number;
    /** The row of the position beyond that character. */
    readonly nearer: Uint8Array<ArrayBuffer>;
  }

  /** From which steps the end is reached at a position: from the end itself back to all that leads there. */
  function rowAt({ instructions, sources, at, unit, nearer }: Row): Uint8Array<ArrayBuffer> {
    const row = new Uint8Array(instructions.length);
    const open: number[] = [];
    for (const [step, instruction] of instructions.entries()) {
      const isReached =
        instruction.op === "accept" ||
        (instruction.op === "char" && nearer[step + 1] === 1 && !Number.isNaN(unit) && instruction.accepts(unit));
      if (isReached) open.push(step);
    }
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (row[step] === 1) continue;
      row[step] = 1;
      for (const source of sources[step] ?? []) if (row[source] !== 1 && passes(instructions[source], at)) open.push(source);
    }
    return row;
  }

  function passes(instruction: Instruction | undefined, at: number): boolean {
    if (instruction?.op === "assert") return holds(instruction.at, text, at);
    return instruction?.op !== "look" || looks(instruction.look, at);
  }

  return looks;
}

/** For each step those that lead to it without a character. */
function sourcesOf(instructions: readonly Instruction[]): readonly (readonly number[])[] {
  const sources: number[][] = instructions.map(() => []);
  for (const [step, instruction] of instructions.entries()) {
    if (instruction.op === "split") {
      sources[instruction.first]?.push(step);
      sources[instruction.second]?.push(step);
    } else if (instruction.op === "jump") sources[instruction.to]?.push(step);
    else if (instruction.op !== "char" && instruction.op !== "accept") sources[step + 1]?.push(step);
  }
  return sources;
}
