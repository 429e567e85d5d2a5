import { JsonataError } from "./errors.ts";

/** What an evaluation may use; a field left out has its default. */
export interface Limits {
  /** Functions called within one another, 1,000 by default. */
  readonly depth?: number;
  /** Calls of functions, and items that steps of paths and functions go through; endless by default. */
  readonly steps?: number;
  /** Milliseconds, 10,000 by default. */
  readonly timeMs?: number;
  /** Items of one sequence, 10,000,000 by default. */
  readonly sequence?: number;
}

/** One evaluation: its instant, its limits, and how much of them is used. */
export interface Run {
  readonly now: () => number;
  instant: number | undefined;
  readonly random: () => number;
  readonly limits: Required<Limits>;
  /** The functions that an expression can call where no variable has their name. */
  readonly functions: ReadonlyMap<string, unknown>;
  /** Lists that stand for several results, of which a function leaves one alone: only where an expression has such a function. */
  readonly sequences: WeakSet<object> | undefined;
  deadline: number | undefined;
  depth: number;
  /** Steps until the limits are looked at again. */
  fuel: number;
  /** Steps taken when they were looked at. */
  steps: number;
}

/** The variables that are visible at a place of an expression: few, so that looking through them is quicker than a map. */
export interface Frame {
  names: readonly string[];
  readonly values: unknown[];
  readonly parent: Frame | undefined;
  readonly run: Run;
}

const NO_NAMES: readonly string[] = [];

export function childFrame(parent: Frame): Frame {
  return { names: NO_NAMES, values: [], parent, run: parent.run };
}

export function readVariable(from: Frame, name: string): unknown {
  let frame: Frame | undefined = from;
  while (frame !== undefined) {
    const index = frame.names.lastIndexOf(name);
    if (index >= 0) return frame.values[index];
    frame = frame.parent;
  }
  return from.run.functions.get(name);
}

export function bindVariable(frame: Frame, name: string, value: unknown): void {
  const index = frame.names.lastIndexOf(name);
  if (index >= 0) {
    frame.values[index] = value;
    return;
  }
  frame.values[frame.names.length] = value;
  // The names may be those of a function's parameters, which all of its calls share.
  frame.names = [...frame.names, name];
}

/** The instant of an evaluation, read when it is first asked for. */
export function instantOf(run: Run): number {
  run.instant ??= run.now();
  return run.instant;
}

/** Steps between two looks at the clock, which costs more than a step. */
export const STRETCH = 256;

/** Counts steps, and ends an evaluation that takes too many or too long. */
export function spend(run: Run, steps: number): void {
  run.fuel -= steps;
  if (run.fuel < 0) refuel(run);
}

function refuel(run: Run): void {
  const { limits } = run;
  const now = performance.now();
  run.steps -= run.fuel;
  run.deadline ??= now + limits.timeMs;
  if (run.steps > limits.steps) throw new JsonataError("D1012", { value: limits.steps });
  if (now > run.deadline) throw new JsonataError("D1012", { value: limits.timeMs });
  run.fuel = Math.min(STRETCH, limits.steps - run.steps);
  run.steps += run.fuel;
}

export function checkLength(run: Run, length: number): void {
  if (length > run.limits.sequence) throw new JsonataError("D2015", { value: run.limits.sequence });
}
