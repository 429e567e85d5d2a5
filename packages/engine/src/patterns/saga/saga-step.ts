import { PortolanError, sleep, withAttribute, type Expression, type Message, type RetryOptions, type StepNode } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import { RUNNING, type Execution } from "../../runtime/execution.ts";
import { FailureWith, StepFailure, errorOf, isControl, type FailurePoint } from "../../runtime/failure.ts";
import { noting } from "../../runtime/points.ts";
import { planRetry, type RetryPlan } from "../../runtime/retry.ts";
import type { Step } from "../../runtime/step.ts";
import { createSagaLog, type SagaLog, type SagaRun } from "./saga-log.ts";

export interface SagaOptions {
  readonly actions: readonly ActionOptions[];
  readonly timeout?: number | undefined;
  readonly retry: RetryOptions;
  readonly join: boolean;
}

interface ActionOptions {
  readonly id: string;
  readonly steps: readonly StepNode[];
  readonly save?: Expression | undefined;
  readonly compensate?: readonly StepNode[] | undefined;
  readonly complete?: readonly StepNode[] | undefined;
}

interface Action {
  readonly id: string;
  /** Its name over all routes: a saga of a caller compensates it, too. */
  readonly name: string;
  readonly steps: Step;
  readonly save: (message: Message) => unknown;
}

interface ActionInput {
  readonly message: Message;
  readonly signal: AbortSignal | undefined;
}

/** What may have to be done about an action later, by its name over all routes. */
interface Undo {
  readonly compensate: Step | undefined;
  readonly complete: Step | undefined;
  readonly retry: RetryPlan;
  readonly compiler: StepCompiler;
  /** What dead letters of the compensation name. */
  readonly step: string;
}

export function compileSaga(options: SagaOptions, compiler: StepCompiler): Step {
  const undos = compiler.node.shared("saga/actions", () => new Map<string, Undo>());
  const retry = planRetry(options.retry, {
    random: compiler.random,
    inherited: {},
    predicate: (expression) => compiler.predicate(expression),
  });
  const ids = options.actions.map(({ id }) => id);
  if (ids.length === 0 || new Set(ids).size < ids.length)
    compiler.invalid("a saga needs actions with different ids", "each id once", ids.join(", ") || "no actions");
  const actions = options.actions.map((action): Action => {
    const name = `${compiler.route}/${compiler.stepId}/${action.id}`;
    const undone = action.compensate === undefined ? undefined : compiler.branch(`compensate ${action.id}`);
    const compensate = action.compensate === undefined ? undefined : noting(compiler.block(action.compensate, { policy: false }), undone);
    const complete = action.complete === undefined ? undefined : compiler.block(action.complete, { policy: false });
    if (compensate !== undefined) compiler.reenter(compensate, { name: action.id });
    undos.set(name, { compensate, complete, retry, compiler, step: `${compiler.stepId}/${action.id}` });
    const save = action.save === undefined ? (message: Message) => message.body : compiler.expression(action.save);
    return { id: action.id, name, steps: compiler.block(action.steps), save };
  });
  const log = createSagaLog(compiler);
  const finish = createFinish(undos, log);

  // Sagas of requests whose node died have nobody left who delivers them again.
  compiler.node.onStart(() => {
    void log
      .orphans(finish.abandon)
      .catch((error: unknown) =>
        compiler.log.log("error", "sagas left over could not be compensated", { route: compiler.route, error: String(error) }),
      );
    return undefined;
  });

  /** Runs an action; what it did and that it is done are one unit of work. */
  const act = async (
    run: SagaRun,
    action: Action,
    { message, signal }: ActionInput,
  ): Promise<{ readonly message: Message; readonly end: Execution["end"] }> => {
    const saved = await action.save(message);
    await log.begin(run, { name: action.name, id: action.id, saved: saved ?? null, headers: message.headers });
    let result = message;
    let end: Execution["end"] = RUNNING;
    await compiler.node.work(async (execution) => {
      execution.saga = run;
      result = await action.steps(message, execution);
      end = execution.end;
      await log.end(run, { name: action.name, result }, execution);
    }, signal);
    return { message: result, end };
  };

  const forward = async (run: SagaRun, entered: Message, execution: Execution): Promise<Message> => {
    const cancel = new AbortController();
    const late = new PortolanError("PORTOLAN_TIMEOUT", `the saga took longer than ${options.timeout} ms`);
    const timer = options.timeout === undefined ? undefined : compiler.clock.after(options.timeout, () => cancel.abort(late));
    const signals = [execution.signal, options.timeout === undefined ? undefined : cancel.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    try {
      let message = log.resumed(run, entered);
      for (const action of actions) {
        if (log.isDone(run, action.name)) continue;
        if (cancel.signal.aborted) throw late;
        const ended = await act(run, action, { message, signal });
        message = ended.message;
        if (ended.end !== RUNNING) {
          execution.end = ended.end;
          break;
        }
      }
      return message;
    } finally {
      timer?.cancel();
    }
  };

  return async (message, execution) => {
    const outer = execution.saga as SagaRun | undefined;
    if (options.join && outer !== undefined) return forward(outer, message, execution);
    const run = await log.open(message, execution);
    if (run.state.phase === "compensating" || run.state.phase === "undone") {
      const compensated = await finish.compensate(run, message);
      await log.closeUndone(run, execution);
      throw undoneFailure(run, { error: run.failure(), at: { step: compiler.stepId, message, attempts: 1 }, compensated });
    }
    let result: Message;
    try {
      result = run.state.phase === "done" ? log.resumed(run, message) : await forward(run, message, execution);
    } catch (thrown) {
      if (isControl(thrown)) throw thrown;
      const error = errorOf(thrown);
      // What cut the saga off, or a failing `save`, has met no policy yet.
      const at = thrown instanceof StepFailure && thrown.step !== "" ? thrown : undefined;
      await log.fail(run, error, at !== undefined);
      const compensated = await finish.compensate(run, message);
      await log.closeUndone(run, execution);
      throw undoneFailure(run, { error, at: at ?? { step: compiler.stepId, message, attempts: 1 }, compensated });
    }
    if (run.state.phase === "forward") await finish.complete(run, message);
    await log.close(run, execution);
    return result;
  };
}

interface Undone {
  readonly error: PortolanError;
  readonly at: FailurePoint;
  readonly compensated: readonly string[];
}

/** What a step of an action has failed is not done again, unless the message comes again; the saga's own failures meet the policy now. */
function undoneFailure(run: SagaRun, { error, at, compensated }: Undone): StepFailure | FailureWith {
  const message = withAttribute(at.message, "saga", { compensated });
  if (run.state.error?.decided !== true) return new FailureWith(message, error);
  return new StepFailure(error, { ...at, message }, { decided: true });
}

interface Finish {
  /** Undoes what was done, the last action first; answers the ids in the order run. */
  compensate(run: SagaRun, entered: Message): Promise<readonly string[]>;
  complete(run: SagaRun, entered: Message): Promise<void>;
  /** Compensates a saga that nobody waits for any more. */
  abandon(run: SagaRun): Promise<void>;
}

function createFinish(undos: ReadonlyMap<string, Undo>, log: SagaLog): Finish {
  /** One compensation, retried as the saga says, then dead-lettered. What it did and that it was done are one unit of work. */
  const undoOne = async (
    undo: Undo & { readonly compensate: Step },
    message: Message,
    done: (execution: Execution) => Promise<void>,
  ): Promise<void> => {
    const { compensate, retry, compiler } = undo;
    for (let attempts = 1; ; attempts++) {
      try {
        await compiler.node.work(async (execution) => {
          await compensate(message, execution);
          await done(execution);
        });
        return;
      } catch (thrown) {
        if (isControl(thrown)) throw thrown;
        const error = errorOf(thrown);
        if (attempts < retry.attempts) {
          await sleep(compiler.clock, retry.delayBefore(attempts + 1, error));
          continue;
        }
        const failure = new StepFailure(error, { step: undo.step, message, attempts });
        await compiler.node.work(async (execution) => {
          compiler.node.deadLetter(message, failure, { execution, step: undo.step });
          await done(execution);
        });
        return;
      }
    }
  };

  const compensate = async (run: SagaRun, entered: Message): Promise<readonly string[]> => {
    for (let action = log.nextToUndo(run); action !== undefined; action = log.nextToUndo(run)) {
      const { name, saved, headers } = action;
      const undo = undos.get(name);
      if (undo?.compensate === undefined) {
        await log.undone(run, { name, compensated: false });
        continue;
      }
      const message: Message = { id: entered.id, body: saved, headers, attributes: entered.attributes };
      await undoOne({ ...undo, compensate: undo.compensate }, message, (execution) =>
        log.undone(run, { name, compensated: true, execution }),
      );
    }
    return run.state.compensated;
  };

  return {
    compensate,
    async complete(run, entered) {
      for (const action of run.state.actions) {
        const undo = undos.get(action.name);
        if (undo?.complete === undefined || action.state === "completed") continue;
        const { complete, compiler } = undo;
        const message: Message = { id: entered.id, body: action.saved, headers: action.headers, attributes: entered.attributes };
        await compiler.node.work(async (execution) => {
          await complete(message, execution);
          await log.completed(run, action.name, execution);
        });
      }
    },
    async abandon(run) {
      if (run.state.phase === "forward")
        await log.fail(run, new PortolanError("PORTOLAN_STOPPING", "the node died while the saga ran"), false);
      await compensate(run, run.entered());
      await log.drop(run);
    },
  };
}
