import { PortolanError, sleep, withAttribute, withAttributes, type Clock, type ConnectorServices, type Message } from "@portolan/core";
import { RUNNING, type Execution } from "./execution.ts";
import { FailureWith, FanOutFailure, Parked, StepFailure, errorOf, isControl } from "./failure.ts";
import { chooseClause, withError, type Clause, type Policy } from "./policy.ts";
import type { RetryPlan } from "./retry.ts";
import { andThen, type Step } from "./step.ts";
import { readableAgain } from "./streams.ts";
import { whileRunning } from "./while-running.ts";

export interface CompiledStep {
  readonly id: string;
  readonly pattern: string;
  readonly run: Step;
}

/** What a list of steps is run with. */
export interface SequenceContext {
  readonly route: string;
  readonly clock: Clock;
  /** undefined inside constructs that deal with failures themselves, and in the steps of clauses. */
  readonly policy: Policy | undefined;
  /** Whether the timeline of steps is recorded. */
  readonly traced: boolean;
  /** Keeps what a retry or a clause may read again. */
  readonly spool: ConnectorServices["spool"];
  /** Aborted when the node stops: durable messages that only wait are given back. */
  readonly stopping: AbortSignal;
}

/** A list of steps as one step. Stays synchronous as long as its steps do. */
export function sequence(steps: readonly CompiledStep[], context: SequenceContext): Step {
  const retries = clausesOf(context.policy).flatMap(({ retry }) => retry ?? []);
  const retrying = retries.length > 0;
  const timed = retries.some(({ maxElapsed }) => maxElapsed !== undefined);
  const compiled = context.traced ? steps.map((step) => ({ ...step, run: withTrace(step, context.clock) })) : steps;
  const readsAgain = clausesOf(context.policy).length > 0;
  const readable = (message: Message, execution: Execution) => (readsAgain ? readableAgain(message, execution, context.spool) : message);
  const runs = compiled.map((step) => {
    const run = retrying ? withFirstAttempt(step) : step.run;
    return readsAgain ? (message: Message, execution: Execution) => run(readable(message, execution), execution) : run;
  });
  const count = runs.length;

  const fail = (thrown: unknown, at: StepRun): Message | Promise<Message> => {
    if (isControl(thrown) || thrown instanceof StepFailure) throw thrown;
    const { execution, mark, startedAt } = at;
    const message = readable(at.message, execution);
    // The index comes from the loop below.
    const step = compiled[at.index] as CompiledStep;
    const error = errorOf(thrown);
    error.route ??= context.route;
    error.step ??= step.id;
    error.messageId ??= message.id;
    const attempts = priorAttempts(execution, step.id) + 1;
    if (thrown instanceof FanOutFailure) {
      throw new StepFailure(error, { step: step.id, message, attempts: thrown.attempts }, { decided: true });
    }
    if (context.policy === undefined) throw new StepFailure(error, { step: step.id, message, attempts });
    return recover(thrown, { message, execution, mark, startedAt, step, attempts, policy: context.policy, context });
  };

  /** Goes on after a step that has to wait. */
  const later = (result: Promise<Message>, at: StepRun): Promise<Message> => {
    const { index, execution } = at;
    const goOn = (next: Message) => (execution.end !== RUNNING || index + 1 === count ? next : run(index + 1, next, execution));
    return result.then(goOn, (thrown: unknown) => andThen(fail(thrown, at), goOn));
  };

  // No closure stands in this loop: it would cost an allocation a step, also where no step waits or fails.
  const run = (from: number, message: Message, execution: Execution): Message | Promise<Message> => {
    let current = message;
    for (let index = from; index < count; index++) {
      if (execution.signal !== undefined && execution.signal.aborted) throw cancelled(execution.signal, current);
      const mark = execution.mark();
      const startedAt = timed ? context.clock.now() : undefined;
      let result: Message | Promise<Message>;
      try {
        // The index is below the length of the list.
        result = (runs[index] as Step)(current, execution);
      } catch (thrown) {
        result = fail(thrown, { index, message: current, execution, mark, startedAt });
      }
      if (result instanceof Promise) return later(result, { index, message: current, execution, mark, startedAt });
      current = result;
      if (execution.end !== RUNNING) return current;
    }
    return current;
  };

  if (count === 0) return (message) => message;
  return (message, execution) => run(0, message, execution);
}

/** One run of the step at an index, with all that is needed if it waits or fails. */
interface StepRun {
  readonly index: number;
  readonly message: Message;
  readonly execution: Execution;
  readonly mark: number;
  /** Known where a clause bounds the time of all attempts. */
  readonly startedAt: number | undefined;
}

interface Recovery extends Omit<StepRun, "index"> {
  readonly step: CompiledStep;
  readonly attempts: number;
  readonly policy: Policy;
  readonly context: SequenceContext;
}

/** Retries, continues, or throws the failure on as decided: flow-format section 10. */
async function recover(thrown: unknown, recovery: Recovery): Promise<Message> {
  const { message, execution, mark, step, policy, context } = recovery;
  const firstAttemptAt = execution.unit.delivery?.parked?.firstAttemptAt ?? recovery.startedAt ?? context.clock.now();
  let attempts = recovery.attempts;
  let latest = thrown;
  for (;;) {
    if (isControl(latest) || latest instanceof StepFailure) throw latest;
    const error = errorOf(latest);
    error.route ??= context.route;
    error.step ??= step.id;
    error.messageId ??= message.id;
    const reached = latest instanceof FailureWith ? latest.message : message;
    const point = { step: step.id, message: reached, attempts };
    if (latest instanceof FanOutFailure) throw new StepFailure(error, { ...point, attempts: latest.attempts }, { decided: true });
    const failing = withError(reached, error, { route: context.route, step: step.id, attempts });
    const clause = await chooseClause(policy, { error, message: failing, entry: execution.entry, atStep: true });
    const wait = await waitBeforeRetry(clause, { error, failing, attempts, firstAttemptAt, now: context.clock.now() });
    if (wait === undefined) return end(clause, { error, failing, point, recovery });
    clause?.retried?.();
    if (clause?.retry?.wait === "parked" && execution.entry && execution.unit.delivery !== undefined && execution.unit.isStored) {
      throw new Parked({ step: step.id, attempts, firstAttemptAt, due: context.clock.now() + wait, error });
    }
    execution.list.rollback(mark);
    await waitInline(wait, execution, context);
    attempts += 1;
    try {
      const again = await step.run(withAttribute(message, "attempt", attempts), execution);
      return restoreAttempt(again, message);
    } catch (next) {
      latest = next;
    }
  }
}

/** After the last attempt: go on after the step, or let the failure pass. */
async function end(
  clause: Clause | undefined,
  at: { readonly error: PortolanError; readonly failing: Message; readonly point: StepFailurePoint; readonly recovery: Recovery },
): Promise<Message> {
  const { execution, mark } = at.recovery;
  if (clause?.definition.outcome !== "continue") throw new StepFailure(at.error, at.point, { decided: true });
  clause.taken?.();
  execution.list.rollback(mark);
  await runClauseSteps(clause, { error: at.error, failing: at.failing, point: at.point, execution });
  return at.failing;
}

type StepFailurePoint = { readonly step: string; readonly message: Message; readonly attempts: number };

/** Runs a clause's steps; their failure meets no clause again and carries the first as `suppressed`. */
export async function runClauseSteps(
  clause: Clause,
  at: { readonly error: PortolanError; readonly failing: Message; readonly point: StepFailurePoint; readonly execution: Execution },
): Promise<{ readonly message: Message; readonly end: Execution["end"] }> {
  const execution = at.execution.aside();
  const error = at.failing.attributes["error"];
  const original = () => withAttribute(readableAgain(at.execution.received, at.execution, undefined), "error", error);
  const input = clause.definition.useOriginal ? original() : at.failing;
  try {
    return { message: await clause.steps(input, execution), end: execution.end };
  } catch (thrown) {
    if (isControl(thrown)) throw thrown;
    const failure = errorOf(thrown);
    throw new StepFailure(suppressing(failure, at.error), thrown instanceof StepFailure ? thrown : at.point, {
      decided: true,
      final: true,
    });
  }
}

export function suppressing(error: PortolanError, first: PortolanError): PortolanError {
  if (error === first) return error;
  const copy = new PortolanError(error.code, error.message, {
    kind: error.kind,
    suppressed: first,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...(error.parts === undefined ? {} : { parts: error.parts }),
    ...(error.findings === undefined ? {} : { findings: error.findings }),
  });
  copy.route = error.route;
  copy.step = error.step;
  copy.messageId = error.messageId;
  return copy;
}

interface RetryQuestion {
  readonly error: PortolanError;
  readonly failing: Message;
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly now: number;
}

/** Milliseconds until the next attempt, or undefined if there is none. */
async function waitBeforeRetry(clause: Clause | undefined, question: RetryQuestion): Promise<number | undefined> {
  const plan: RetryPlan | undefined = clause?.retry;
  if (clause === undefined || plan === undefined) return undefined;
  if (!clause.named && question.error.kind !== "transient") return undefined;
  const again = plan.retryWhile === undefined ? question.attempts < plan.attempts : await plan.retryWhile(question.failing);
  if (!again) return undefined;
  const wait = plan.delayBefore(question.attempts + 1, question.error);
  const late = plan.maxElapsed !== undefined && question.now + wait - question.firstAttemptAt > plan.maxElapsed;
  return late ? undefined : wait;
}

async function waitInline(delayMs: number, execution: Execution, context: SequenceContext): Promise<void> {
  await whileRunning(execution, context.stopping, (signal) => sleep(context.clock, delayMs, signal));
}

function cancelled(signal: AbortSignal, message: Message): StepFailure {
  return new StepFailure(errorOf(signal.reason), { step: "", message, attempts: 0 }, { decided: true });
}

function clausesOf(policy: Policy | undefined): readonly Clause[] {
  return policy === undefined ? [] : [...policy.own, ...policy.app];
}

function priorAttempts(execution: Execution, step: string): number {
  return execution.entry ? (execution.unit.delivery?.parked?.attempts[step] ?? 0) : 0;
}

function withFirstAttempt(step: CompiledStep): Step {
  return (message, execution) => {
    const input = withAttribute(message, "attempt", priorAttempts(execution, step.id) + 1);
    return andThen(step.run(input, execution), (result) => restoreAttempt(result, message));
  };
}

/** `attributes.attempt` is seen only inside the step; a caller's own comes back. */
function restoreAttempt(result: Message, entered: Message): Message {
  const outer = entered.attributes["attempt"];
  if (outer !== undefined) return withAttribute(result, "attempt", outer);
  const { attempt: _inner, ...rest } = result.attributes;
  return withAttributes(result, rest);
}

function withTrace(step: CompiledStep, clock: Clock): Step {
  return (message, execution) => {
    const { trace } = execution;
    if (trace === undefined) return step.run(message, execution);
    const began = clock.now();
    const record = (error?: string) => {
      trace.steps.push({
        step: step.id,
        pattern: step.pattern,
        at: began - trace.startedAt,
        ms: clock.now() - began,
        ...(error === undefined ? {} : { error }),
      });
    };
    let result: Message | Promise<Message>;
    try {
      result = step.run(message, execution);
    } catch (thrown) {
      record(isControl(thrown) ? "given back" : errorOf(thrown).code);
      throw thrown;
    }
    if (!(result instanceof Promise)) {
      record();
      return result;
    }
    return result.then(
      (next) => {
        record();
        return next;
      },
      (thrown: unknown) => {
        record(isControl(thrown) ? "given back" : errorOf(thrown).code);
        throw thrown;
      },
    );
  };
}
