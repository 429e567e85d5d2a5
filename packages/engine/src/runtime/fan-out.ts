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

/** What runs parts and knows how they have ended. */
interface Run {
  readonly state: State;
  /** Runs one part; a promise only if it has to wait. Never throws what the part throws. */
  one(part: Part): void | Promise<void>;
}

/**
 * Runs the parts, one after another or side by side: flow-format section 5, Failed parts. Parts that run one after another and
 * never wait make no promise.
 */
export function fanOut(
  parts: Iterable<Part> | AsyncIterable<Part>,
  options: FanOutOptions,
  context: FanOutContext,
): FanOutResult | Promise<FanOutResult> {
  if (options.parallel || !(Symbol.iterator in parts)) return fanOutLater(parts, options, context);
  const run = createRun(options, context, undefined);
  const ran = runInTurn(parts[Symbol.iterator](), run);
  return ran instanceof Promise ? ran.then(() => resultOf(run.state, options)) : resultOf(run.state, options);
}

async function fanOutLater(
  parts: Iterable<Part> | AsyncIterable<Part>,
  options: FanOutOptions,
  context: FanOutContext,
): Promise<FanOutResult> {
  const cancel = new AbortController();
  const run = createRun(options, context, cancel.signal);
  const { state } = run;
  const cut = options.timeoutMs === undefined ? undefined : timeoutOf(context.clock, options.timeoutMs);
  const all = options.parallel ? runParallel(parts, options.concurrency, run) : runSerial(parts, run);
  const inTime = cut === undefined ? (await all, true) : await Promise.race([all.then(() => true), cut.reached.then(() => false)]);
  cut?.cancel();
  state.over = true;
  if (!inTime || state.broken !== undefined) cancel.abort(new PortolanError("PORTOLAN_TIMEOUT", "the part was cancelled"));
  if (!inTime) all.catch(() => undefined);
  return resultOf(state, options);
}

function resultOf(state: State, options: FanOutOptions): FanOutResult {
  if (state.broken !== undefined) throw state.broken.thrown;
  if (state.first !== undefined && options.onPartFailure === "fail") throw failureOf(state, state.first.failure, options.what);
  if (!options.parallel) return state;
  if (options.order === "definition") state.results.sort((a, b) => a.index - b.index);
  return { results: state.results, failed: state.failed.toSorted((a, b) => a.index - b.index) };
}

/** `cancel` undoes the parts that are still running then. */
function createRun(options: FanOutOptions, context: FanOutContext, cancel: AbortSignal | undefined): Run {
  const state: State = { results: [], failed: [], first: undefined, ended: 0, over: false, broken: undefined };
  const whole = context.execution;
  const signals = [whole.signal, cancel].filter((one) => one !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];

  const oneLater = async (part: Part, execution: Execution, running: Message | Promise<Message>): Promise<void> => {
    let result: Message;
    try {
      result = await running;
      if (cancel?.aborted !== true) await context.ended?.(part, execution);
    } catch (thrown) {
      failed(part, execution, thrown);
      return;
    }
    ended(part, execution, result);
  };

  const ended = (part: Part, execution: Execution, result: Message): void => {
    if (cancel?.aborted === true) {
      execution.list.rollback(0);
      return;
    }
    state.ended += 1;
    context.settled?.(part);
    if (execution.hasEffects) whole.list.absorb(execution.list);
    if (options.keepResults && execution.end !== DROPPED) state.results.push({ index: part.index, name: part.name, message: result });
  };

  const failed = (part: Part, execution: Execution, thrown: unknown): void => {
    execution.list.rollback(0);
    if (cancel?.aborted === true) return;
    if (isControl(thrown)) {
      state.broken = { thrown };
      return;
    }
    whole.list.absorb(execution.list);
    partFailed(part, thrown);
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

  return {
    state,
    one(part) {
      const execution = whole.part(signal);
      let result: Message | Promise<Message>;
      try {
        result = part.run(part.message, execution);
      } catch (thrown) {
        failed(part, execution, thrown);
        return;
      }
      if (result instanceof Promise || context.ended !== undefined) return oneLater(part, execution, result);
      ended(part, execution, result);
    },
  };
}

/** One after another, without a promise until the first part waits. */
function runInTurn(parts: Iterator<Part>, run: Run): void | Promise<void> {
  for (let next = parts.next(); next.done !== true; next = parts.next()) {
    const ran = run.one(next.value);
    if (ran instanceof Promise) return goOnInTurn(ran, parts, run);
    if (isOver(run.state)) return;
  }
}

async function goOnInTurn(running: Promise<void>, parts: Iterator<Part>, run: Run): Promise<void> {
  await running;
  while (!isOver(run.state)) {
    const next = parts.next();
    if (next.done === true) return;
    const ran = run.one(next.value);
    if (ran instanceof Promise) await ran;
  }
}

async function runSerial(parts: Iterable<Part> | AsyncIterable<Part>, run: Run): Promise<void> {
  for await (const part of parts) {
    await run.one(part);
    if (isOver(run.state)) return;
  }
}

/** At most `limit` at once; takes the next part only when there is room for it. Ends early when the whole is broken. */
async function runParallel(parts: Iterable<Part> | AsyncIterable<Part>, limit: number, { one, state }: Run): Promise<void> {
  let running = 0;
  let wake: () => void = () => undefined;
  // A promise for each wait: what races against one that lives as long as the parts do would never be freed.
  const change = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const start = async (part: Part): Promise<void> => {
    try {
      await one(part);
    } catch (thrown) {
      state.broken ??= { thrown };
    }
    running -= 1;
    wake();
  };
  for await (const part of parts) {
    if (isOver(state)) return;
    running += 1;
    void start(part);
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
