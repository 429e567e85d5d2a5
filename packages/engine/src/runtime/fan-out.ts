import { PortolanError, type Clock, type Message } from "@portolan/core";
import { DROPPED, type Execution } from "./execution.ts";
import { FanOutFailure, StepFailure, errorOf, isControl } from "./failure.ts";
import type { Step } from "./step.ts";

/** One copy that goes through a block of its own. */
export interface Part {
  readonly index: number;
  readonly name: string;
  readonly message: Message;
  readonly run: Step;
}

export interface FanOutOptions {
  readonly parallel: boolean;
  readonly concurrency: number;
  readonly order: "definition" | "arrival";
  readonly timeoutMs: number | undefined;
  readonly onPartFailure: "fail" | "stop" | "skip" | "deadLetter";
  readonly maxFailed: number | undefined;
  readonly maxFailedRatio: number | undefined;
  /** false: results are not combined, so they are not kept. */
  readonly keepResults: boolean;
  /** What failed, for the error's message. */
  readonly what: string;
}

export interface FanOutContext {
  readonly execution: Execution;
  readonly clock: Clock;
  /** Puts a failed part into the dead letter. */
  deadLetter(part: Message, failure: StepFailure): void;
  /** A part has ended well; called before its effects join the unit of work. */
  ended?(part: Part, execution: Execution): void | Promise<void>;
  /** A part has ended in time, well or not. */
  settled?(part: Part): void;
}

export interface FanOutResult {
  /** In the order asked for; dropped parts are left out. */
  readonly results: readonly { readonly name: string; readonly message: Message }[];
  readonly failed: readonly FailedPart[];
}

interface FailedPart {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Of parts that have ended well nothing is kept but their results, where they are wanted: there may be any number of parts. */
interface State {
  readonly results: { readonly index: number; readonly name: string; readonly message: Message }[];
  readonly failed: FailedPart[];
  /** Of the failed parts the one with the lowest index. */
  first: { readonly index: number; readonly failure: StepFailure } | undefined;
  ended: number;
  /** The timeout was reached, or the whole is broken: no further part starts. */
  over: boolean;
  /** What ends the whole at once. */
  broken: { readonly thrown: unknown } | undefined;
}

/** Runs the parts, one after another or side by side: flow-format section 5, Failed parts. */
export async function fanOut(
  parts: Iterable<Part> | AsyncIterable<Part>,
  options: FanOutOptions,
  context: FanOutContext,
): Promise<FanOutResult> {
  const cancel = new AbortController();
  const outer = context.execution.signal;
  const signal = outer === undefined ? cancel.signal : AbortSignal.any([outer, cancel.signal]);
  const state: State = { results: [], failed: [], first: undefined, ended: 0, over: false, broken: undefined };
  const cancelled = new PortolanError("PORTOLAN_TIMEOUT", "the part was cancelled");
  const cut = options.timeoutMs === undefined ? undefined : timeoutOf(context.clock, options.timeoutMs);

  const runOne = async (part: Part): Promise<void> => {
    const execution = context.execution.part(signal);
    let result: Message;
    try {
      result = await part.run(part.message, execution);
      if (!cancel.signal.aborted) await context.ended?.(part, execution);
    } catch (thrown) {
      execution.list.rollback(0);
      if (cancel.signal.aborted) return;
      if (isControl(thrown)) {
        state.broken = { thrown };
        return;
      }
      context.execution.list.absorb(execution.list);
      partFailed(part, thrown);
      return;
    }
    if (cancel.signal.aborted) {
      execution.list.rollback(0);
      return;
    }
    state.ended += 1;
    context.settled?.(part);
    context.execution.list.absorb(execution.list);
    if (options.keepResults && execution.end !== DROPPED) state.results.push({ index: part.index, name: part.name, message: result });
  };

  const partFailed = (part: Part, thrown: unknown): void => {
    const failure =
      thrown instanceof StepFailure ? thrown : new StepFailure(errorOf(thrown), { step: "", message: part.message, attempts: 1 });
    const { index } = part;
    state.failed.push({ index, code: failure.error.code, message: failure.error.message });
    if (state.first === undefined || index < state.first.index) state.first = { index, failure };
    state.ended += 1;
    context.settled?.(part);
    const { maxFailed, maxFailedRatio, onPartFailure } = options;
    const tooMany =
      (maxFailed !== undefined && state.failed.length > maxFailed) ||
      (maxFailedRatio !== undefined && state.failed.length / state.ended > maxFailedRatio);
    if (onPartFailure === "stop" || tooMany) state.broken = { thrown: failureOf(state, state.first.failure, options.what) };
    else if (onPartFailure === "deadLetter") context.deadLetter(part.message, failure);
  };

  const all = options.parallel ? runParallel(parts, options.concurrency, { runOne, state }) : runSerial(parts, { runOne, state });
  const inTime = cut === undefined ? (await all, true) : await Promise.race([all.then(() => true), cut.reached.then(() => false)]);
  cut?.cancel();
  state.over = true;
  if (!inTime || state.broken !== undefined) cancel.abort(cancelled);
  if (!inTime) all.catch(() => undefined);
  if (state.broken !== undefined) throw state.broken.thrown;
  if (state.first !== undefined && options.onPartFailure === "fail") throw failureOf(state, state.first.failure, options.what);
  if (options.order === "definition") state.results.sort((a, b) => a.index - b.index);
  return { results: state.results, failed: state.failed.toSorted((a, b) => a.index - b.index) };
}

interface Running {
  runOne(part: Part): Promise<void>;
  readonly state: State;
}

async function runSerial(parts: Iterable<Part> | AsyncIterable<Part>, { runOne, state }: Running): Promise<void> {
  for await (const part of parts) {
    await runOne(part);
    if (isOver(state)) return;
  }
}

/** At most `limit` at once; takes the next part only when there is room for it. Ends early when the whole is broken. */
async function runParallel(parts: Iterable<Part> | AsyncIterable<Part>, limit: number, { runOne, state }: Running): Promise<void> {
  let running = 0;
  let wake: () => void = () => undefined;
  // A promise for each wait: what races against one that lives as long as the parts do would never be freed.
  const change = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const run = async (part: Part): Promise<void> => {
    try {
      await runOne(part);
    } catch (thrown) {
      state.broken ??= { thrown };
    }
    running -= 1;
    wake();
  };
  for await (const part of parts) {
    if (isOver(state)) return;
    running += 1;
    void run(part);
    while (running >= limit && state.broken === undefined) await change();
    if (isOver(state)) return;
  }
  while (running > 0 && state.broken === undefined) await change();
}

function isOver(state: State): boolean {
  return state.over || state.broken !== undefined;
}

function failureOf({ failed }: State, first: StepFailure, what: string): FanOutFailure {
  const indexes = failed.map(({ index }) => index).sort((a, b) => a - b);
  const text =
    indexes.length === 1
      ? `${what} ${indexes[0]} failed`
      : `${what}s ${indexes.slice(0, 10).join(", ")}${indexes.length > 10 ? ", …" : ""} failed`;
  return new FanOutFailure(first, indexes, text);
}

function timeoutOf(clock: Clock, delayMs: number): { readonly reached: Promise<void>; cancel(): void } {
  let timer: { cancel(): void } | undefined;
  const reached = new Promise<void>((resolve) => {
    timer = clock.after(delayMs, resolve);
  });
  return { reached, cancel: () => timer?.cancel() };
}
