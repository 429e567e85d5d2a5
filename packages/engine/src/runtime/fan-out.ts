import { PortolanError, type Clock, type Message } from "@portolan/core";
import { DROPPED, type Execution } from "./execution.ts";
import { FanOutFailure, StepFailure, errorOf, isControl } from "./failure.ts";
import type { Stage } from "./stage.ts";
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
  readonly ended?: ((part: Part, execution: Execution) => void | Promise<void>) | undefined;
  /** A part has ended in time, well or not. */
  settled?(part: Part): void;
  /** Keeps effects of parts that have ended out of memory. */
  readonly stage?: Stage | undefined;
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

/**
 * One fan-out at work. Of parts that have ended well nothing is kept but their results, where they are wanted: there may be any
 * number of parts.
 */
interface Run {
  readonly options: FanOutOptions;
  readonly context: FanOutContext;
  /** Undoes the parts that are still running then. */
  readonly cancel: AbortSignal | undefined;
  /** What parts see: `cancel`, or that of the whole. */
  readonly signal: AbortSignal | undefined;
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
  return ran instanceof Promise ? resultLater(ran, run) : resultOf(run);
}

async function resultLater(ran: Promise<void>, run: Run): Promise<FanOutResult> {
  await ran;
  return resultOf(run);
}

async function fanOutLater(
  parts: Iterable<Part> | AsyncIterable<Part>,
  options: FanOutOptions,
  context: FanOutContext,
): Promise<FanOutResult> {
  const cancel = new AbortController();
  const run = createRun(options, context, cancel.signal);
  const cut = options.timeoutMs === undefined ? undefined : timeoutOf(context.clock, options.timeoutMs);
  const all = options.parallel ? runParallel(parts, options.concurrency, run) : runSerial(parts, run);
  const inTime = cut === undefined ? (await all, true) : await Promise.race([all.then(() => true), cut.reached.then(() => false)]);
  cut?.cancel();
  run.over = true;
  if (!inTime || run.broken !== undefined) cancel.abort(new PortolanError("PORTOLAN_TIMEOUT", "the part was cancelled"));
  if (!inTime) all.catch(() => undefined);
  if (run.broken === undefined) await context.stage?.finish();
  return resultOf(run);
}

function resultOf(run: Run): FanOutResult {
  const { options } = run;
  if (run.broken !== undefined) throw run.broken.thrown;
  if (run.first !== undefined && options.onPartFailure === "fail") throw failureOf(run, run.first.failure);
  if (!options.parallel) return run;
  if (options.order === "definition") run.results.sort((a, b) => a.index - b.index);
  return { results: run.results, failed: run.failed.toSorted((a, b) => a.index - b.index) };
}

function createRun(options: FanOutOptions, context: FanOutContext, cancel: AbortSignal | undefined): Run {
  const own = context.execution.signal;
  const signal = own === undefined || cancel === undefined ? (own ?? cancel) : AbortSignal.any([own, cancel]);
  return { options, context, cancel, signal, results: [], failed: [], first: undefined, ended: 0, over: false, broken: undefined };
}

/** Runs one part; a promise only if it has to wait. Never throws what the part throws. */
function runPart(run: Run, part: Part): void | Promise<void> {
  const { context } = run;
  const execution = context.execution.part(run.signal);
  let result: Message | Promise<Message>;
  try {
    result = part.run(part.message, execution);
  } catch (thrown) {
    partThrew(run, { part, execution }, thrown);
    return context.stage?.relieve();
  }
  if (result instanceof Promise || context.ended !== undefined) return partLater(run, { part, execution }, result);
  partEnded(run, part, execution, result);
  return context.stage?.relieve();
}

interface Running {
  readonly part: Part;
  readonly execution: Execution;
}

async function partLater(run: Run, running: Running, result: Message | Promise<Message>): Promise<void> {
  const { part, execution } = running;
  try {
    const message = await result;
    if (run.cancel?.aborted !== true) await run.context.ended?.(part, execution);
    partEnded(run, part, execution, message);
  } catch (thrown) {
    partThrew(run, running, thrown);
  }
  await run.context.stage?.relieve();
}

// An object for its arguments would be made for every part.
// oxlint-disable-next-line max-params
function partEnded(run: Run, part: Part, execution: Execution, result: Message): void {
  if (run.cancel?.aborted === true) {
    execution.list.rollback(0);
    return;
  }
  const { context, options } = run;
  run.ended += 1;
  context.settled?.(part);
  if (execution.hasEffects) context.execution.list.absorb(execution.list);
  if (options.keepResults && execution.end !== DROPPED) run.results.push({ index: part.index, name: part.name, message: result });
}

function partThrew(run: Run, { part, execution }: Running, thrown: unknown): void {
  execution.list.rollback(0);
  if (run.cancel?.aborted === true) return;
  if (isControl(thrown)) {
    run.broken = { thrown };
    return;
  }
  run.context.execution.list.absorb(execution.list);
  partFailed(run, part, thrown);
}

function partFailed(run: Run, part: Part, thrown: unknown): void {
  const failure =
    thrown instanceof StepFailure ? thrown : new StepFailure(errorOf(thrown), { step: "", message: part.message, attempts: 1 });
  const { index } = part;
  run.failed.push({ index, code: failure.error.code, message: failure.error.message });
  if (run.first === undefined || index < run.first.index) run.first = { index, failure };
  run.ended += 1;
  run.context.settled?.(part);
  const { maxFailed, maxFailedRatio, onPartFailure } = run.options;
  const tooMany =
    (maxFailed !== undefined && run.failed.length > maxFailed) ||
    (maxFailedRatio !== undefined && run.failed.length / run.ended > maxFailedRatio);
  if (onPartFailure === "stop" || tooMany) run.broken = { thrown: failureOf(run, run.first.failure) };
  else if (onPartFailure === "deadLetter") run.context.deadLetter(part.message, failure);
}

/** One after another, without a promise until the first part waits. */
function runInTurn(parts: Iterator<Part>, run: Run): void | Promise<void> {
  for (let next = parts.next(); next.done !== true; next = parts.next()) {
    const ran = runPart(run, next.value);
    if (ran instanceof Promise) return goOnInTurn(ran, parts, run);
    if (isOver(run)) return;
  }
}

async function goOnInTurn(running: Promise<void>, parts: Iterator<Part>, run: Run): Promise<void> {
  await running;
  while (!isOver(run)) {
    const next = parts.next();
    if (next.done === true) return;
    const ran = runPart(run, next.value);
    if (ran instanceof Promise) await ran;
  }
}

async function runSerial(parts: Iterable<Part> | AsyncIterable<Part>, run: Run): Promise<void> {
  for await (const part of parts) {
    await runPart(run, part);
    if (isOver(run)) return;
  }
}

/** At most `limit` at once; takes the next part only when there is room for it. Ends early when the whole is broken. */
async function runParallel(parts: Iterable<Part> | AsyncIterable<Part>, limit: number, run: Run): Promise<void> {
  let running = 0;
  let wake: () => void = () => undefined;
  // A promise for each wait: what races against one that lives as long as the parts do would never be freed.
  const change = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const start = async (part: Part): Promise<void> => {
    try {
      await runPart(run, part);
    } catch (thrown) {
      run.broken ??= { thrown };
    }
    running -= 1;
    wake();
  };
  for await (const part of parts) {
    if (isOver(run)) return;
    running += 1;
    void start(part);
    while (running >= limit && run.broken === undefined) await change();
    if (isOver(run)) return;
  }
  while (running > 0 && run.broken === undefined) await change();
}

function isOver({ over, broken }: Run): boolean {
  return over || broken !== undefined;
}

function failureOf({ failed, options: { what } }: Run, first: StepFailure): FanOutFailure {
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
