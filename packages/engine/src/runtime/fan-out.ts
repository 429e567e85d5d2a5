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
}

export interface FanOutResult {
  /** In the order asked for; dropped parts are left out. */
  readonly results: readonly { readonly name: string; readonly message: Message }[];
  readonly failed: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  /** The indexes of the parts that ended in time, well or not. */
  readonly ended: ReadonlySet<number>;
}

interface State {
  readonly results: { readonly index: number; readonly name: string; readonly message: Message }[];
  readonly failures: { readonly index: number; readonly failure: StepFailure }[];
  readonly ended: Set<number>;
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
  const state: State = { results: [], failures: [], ended: new Set(), over: false, broken: undefined };
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
    state.ended.add(part.index);
    context.execution.list.absorb(execution.list);
    if (options.keepResults && execution.end !== DROPPED) state.results.push({ index: part.index, name: part.name, message: result });
  };

  const partFailed = (part: Part, thrown: unknown): void => {
    const failure =
      thrown instanceof StepFailure ? thrown : new StepFailure(errorOf(thrown), { step: "", message: part.message, attempts: 1 });
    state.failures.push({ index: part.index, failure });
    state.ended.add(part.index);
    const { maxFailed, maxFailedRatio, onPartFailure } = options;
    const tooMany =
      (maxFailed !== undefined && state.failures.length > maxFailed) ||
      (maxFailedRatio !== undefined && state.failures.length / state.ended.size > maxFailedRatio);
    if (onPartFailure === "stop" || tooMany) state.broken = { thrown: failureOf(state, options) };
    else if (onPartFailure === "deadLetter") context.deadLetter(part.message, failure);
  };

  const all = options.parallel ? runParallel(parts, options.concurrency, { runOne, state }) : runSerial(parts, { runOne, state });
  const inTime = cut === undefined ? (await all, true) : await Promise.race([all.then(() => true), cut.reached.then(() => false)]);
  cut?.cancel();
  state.over = true;
  if (!inTime || state.broken !== undefined) cancel.abort(cancelled);
  if (!inTime) all.catch(() => undefined);
  if (state.broken !== undefined) throw state.broken.thrown;
  if (state.failures.length > 0 && options.onPartFailure === "fail") throw failureOf(state, options);
  if (options.order === "definition") state.results.sort((a, b) => a.index - b.index);
  const failed = state.failures.map(({ index, failure }) => ({ index, code: failure.error.code, message: failure.error.message }));
  return { results: state.results, failed: failed.sort((a, b) => a.index - b.index), ended: new Set(state.ended) };
}

interface Running {
  runOne(part: Part): Promise<void>;
  readonly state: State;
}

async function runSerial(parts: Iterable<Part> | AsyncIterable<Part>, { runOne, state }: Running): Promise<void> {
  for await (const part of parts) {
    await runOne(part);
    if (state.over || state.broken !== undefined) return;
  }
}

/** At most `limit` at once; takes the next part only when there is room for it. Ends early when the whole is broken. */
async function runParallel(parts: Iterable<Part> | AsyncIterable<Part>, limit: number, { runOne, state }: Running): Promise<void> {
  const running = new Set<Promise<void>>();
  let broken: () => void = () => undefined;
  const breaks = new Promise<void>((resolve) => (broken = resolve));
  for await (const part of parts) {
    if (state.over || state.broken !== undefined) return;
    const run: Promise<void> = runOne(part).finally(() => {
      running.delete(run);
      if (state.broken !== undefined) broken();
    });
    running.add(run);
    if (running.size >= limit) await Promise.race([...running, breaks]);
  }
  await Promise.race([Promise.all(running), breaks]);
}

function failureOf(state: State, options: FanOutOptions): FanOutFailure {
  const sorted = [...state.failures].sort((a, b) => a.index - b.index);
  const indexes = sorted.map(({ index }) => index);
  // Only called with at least one failure.
  const first = sorted[0] as (typeof sorted)[number];
  const what =
    indexes.length === 1
      ? `${options.what} ${indexes[0]} failed`
      : `${options.what}s ${indexes.slice(0, 10).join(", ")}${indexes.length > 10 ? ", …" : ""} failed`;
  return new FanOutFailure(first.failure, indexes, what);
}

function timeoutOf(clock: Clock, delayMs: number): { readonly reached: Promise<void>; cancel(): void } {
  let timer: { cancel(): void } | undefined;
  const reached = new Promise<void>((resolve) => {
    timer = clock.after(delayMs, resolve);
  });
  return { reached, cancel: () => timer?.cancel() };
}
