import { JsonataError } from "./errors.ts";

/** What an evaluation may use; a field left out has its default. */
export interface Limits {
  /** Functions called within one another, 1,000 by default. */
  readonly depth?: number;
  /** Function calls and steps, endless by default. */
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
  deadline: number | undefined;
  depth: number;
  steps: number;
}

/** The inputs that a value was reached from, the nearest first. */
export interface Ancestors {
  readonly value: unknown;
  readonly next: Ancestors | undefined;
}

/** The variables that are visible at a place of an expression. */
export interface Frame {
  readonly variables: Map<string, unknown>;
  readonly parent: Frame | undefined;
  readonly run: Run;
  readonly ancestors: Ancestors | undefined;
}

export function childFrame(parent: Frame, ancestors = parent.ancestors): Frame {
  return { variables: new Map(), parent, run: parent.run, ancestors };
}

export function readVariable(from: Frame, name: string): unknown {
  let frame: Frame | undefined = from;
  while (frame !== undefined) {
    const value = frame.variables.get(name);
    if (value !== undefined || frame.variables.has(name)) return value;
    frame = frame.parent;
  }
  return undefined;
}

/** The instant of an evaluation, read when it is first asked for. */
export function instantOf(run: Run): number {
  run.instant ??= run.now();
  return run.instant;
}

/** Counts a step, and ends an evaluation that takes too many or too long. */
export function countStep(run: Run): void {
  run.steps += 1;
  if (run.steps > run.limits.steps) throw new JsonataError("D1012", { value: run.limits.steps });
  // Reading the clock costs more than a step.
  if (run.steps % 64 !== 0) return;
  const now = performance.now();
  run.deadline ??= now + run.limits.timeMs;
  if (now > run.deadline) throw new JsonataError("D1012", { value: run.limits.timeMs });
}

export function checkLength(run: Run, length: number): void {
  if (length > run.limits.sequence) throw new JsonataError("D2015", { value: run.limits.sequence });
}
