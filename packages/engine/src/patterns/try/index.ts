import { isRecord, option, optional, required, withDefault, type Message, type PortolanError } from "@portolan/core";
import type { Block, StepOptions, Steps as BuilderSteps } from "../../builder/steps.ts";
import type { ErrorMatchInput } from "../../builder/route-methods.ts";
import { errorMatchOption } from "../../definition/error-match-option.ts";
import { type StepCompiler, definePattern, oneOfBodies } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import { StepFailure, errorOf, isControl } from "../../runtime/failure.ts";
import { noting } from "../../runtime/points.ts";
import { compileMatch, withError } from "../../runtime/policy.ts";
import { suppressing } from "../../runtime/sequence.ts";
import { readableAgain } from "../../runtime/streams.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Deals with failures in place: `.try(…).catch(…).finally(…)`. */
    try<Next, End>(block: Block<Body, Next, End>, options?: StepOptions): TrySteps<Next, Ended | End, Of>;
  }
}

/** A try in the making: its catches and its finally follow at once. */
export interface TrySteps<Body, Ended, Of> extends BuilderSteps<Body, Ended, Of> {
  /** The first catch that matches deals with the failure; it gets the message as it reached the failing step. */
  catch<Next, End>(
    match: ErrorMatchInput & { readonly useOriginal?: boolean },
    block: Block<unknown, Next, End>,
  ): TrySteps<Body | Next, Ended | End, Of>;
  /** Runs always, on a copy. */
  finally<Next, End>(block: Block<unknown, Next, End>): TrySteps<Body, Ended, Of>;
}

const options = option.object({
  steps: required(option.steps, "What is tried"),
  catch: withDefault(
    option.listOf(
      option.object({
        match: withDefault(errorMatchOption, {}, "Which errors; none matches all"),
        useOriginal: withDefault(option.boolean, false, "The message as it entered the `try`, instead of as it reached the failing step"),
        steps: required(option.steps, "What happens then; the route goes on with its result"),
      }),
    ),
    [],
    "The first that matches deals with the failure",
  ),
  finally: optional(option.steps, "Runs always, on a copy"),
});

/** Deals with failures in place. */
const tryStep = definePattern({
  name: "try",
  title: "Try",
  group: "flow control",
  summary: "Deals with failures in place.",
  semantics:
    "Inside `steps` the route's `onError` does not apply. What the failed block had put into the unit of work is undone before the catch runs; `attributes.error` is set. An error in a catch leaves the try, with the first as suppressed. `finally` runs always, also on `stop`, and cannot change the message; if it fails, that failure counts. Without a matching catch the error goes on, and for the route's policy the `try` as a whole is the failing step.",
  example: `
- try:
    steps: [{ call: { route: price } }]
    catch:
      - match: { kind: rejected }
        steps: [{ map: '{ "status": "refused" }' }]
    finally: [{ log: { message: '"done"' } }]`,
  options,
  body: ({ steps, catch: clauses }, flow) => oneOfBodies(flow.list(steps), ...clauses.map((clause) => flow.list(clause.steps, true))),
  ends: ({ steps, catch: clauses }, flow) => !flow.failuresGoOn && flow.list(steps) && clauses.every((clause) => flow.list(clause.steps)),
  compile({ options }, compiler) {
    const block = compiler.block(options.steps, { policy: false });
    const catches = options.catch.map((clause, index) => ({
      matches: compileMatch(clause.match, clause.match.when === undefined ? undefined : compiler.predicate(clause.match.when)),
      useOriginal: clause.useOriginal,
      steps: noting(compiler.block(clause.steps, { policy: false }), compiler.branch(`catch ${index + 1}`)),
    }));
    const last = options.finally === undefined ? undefined : compiler.block(options.finally, { policy: false });

    const caught = async (thrown: unknown, at: Attempt): Promise<Message> => {
      const failure = failureOf(thrown, at.entered, compiler);
      const where = { route: compiler.route, step: failure.step, attempts: failure.attempts };
      const failing = withError(failure.message, failure.error, where);
      for (const clause of catches) {
        if (!(await clause.matches(failure.error, failing))) continue;
        at.execution.list.rollback(at.mark);
        try {
          return await clause.steps(clause.useOriginal ? withError(at.entered, failure.error, where) : failing, at.execution);
        } catch (next) {
          if (isControl(next)) throw next;
          throw new LeavesTry(suppressing(errorOf(next), failure.error), failing);
        }
      }
      throw new LeavesTry(failure.error, failing);
    };

    const finish = async (message: Message, execution: Execution): Promise<void> => {
      await last?.(message, execution.aside());
    };

    const ended = (result: Message, execution: Execution): Message | Promise<Message> =>
      last === undefined ? result : finished(result, execution);
    const finished = async (result: Message, execution: Execution): Promise<Message> => {
      try {
        await finish(result, execution);
      } catch (next) {
        throw isControl(next) ? next : errorOf(next);
      }
      return result;
    };

    const failed = async (thrown: unknown, at: Attempt): Promise<Message> => {
      // A cancelled or parked message is not the try's business.
      if (isControl(thrown) || at.execution.signal?.aborted) throw thrown;
      let result: Message;
      try {
        result = await caught(thrown, at);
      } catch (left) {
        if (!(left instanceof LeavesTry)) throw left;
        await finish(left.failing, at.execution).catch((next: unknown) => {
          throw isControl(next) ? next : suppressing(errorOf(next), left.error);
        });
        throw left.error;
      }
      return ended(result, at.execution);
    };
    const endedLater = (running: Promise<Message>, at: Attempt): Promise<Message> =>
      running.then(
        (result) => ended(result, at.execution),
        (thrown: unknown) => failed(thrown, at),
      );

    return (received, execution) => {
      const entered = readableAgain(received, execution, compiler.node.spool);
      const mark = execution.mark();
      let running: Message | Promise<Message>;
      try {
        running = block(entered, execution);
      } catch (thrown) {
        return failed(thrown, { entered, execution, mark });
      }
      return running instanceof Promise ? endedLater(running, { entered, execution, mark }) : ended(running, execution);
    };
  },
  method: ([steps], block) => ({ steps: block(steps) }),
  amendments: {
    catch(value, [match, steps], block) {
      const { useOriginal, ...rest } = isRecord(match) ? match : {};
      const parts = isRecord(value) ? value : {};
      const before: readonly unknown[] = Array.isArray(parts["catch"]) ? parts["catch"] : [];
      return { ...parts, catch: [...before, { match: rest, ...(useOriginal === undefined ? {} : { useOriginal }), steps: block(steps) }] };
    },
    finally: (value, [steps], block) => ({ ...(isRecord(value) ? value : {}), finally: block(steps) }),
  },
});

/** One message that is tried. */
interface Attempt {
  readonly entered: Message;
  readonly execution: Execution;
  readonly mark: number;
}

/** The error that leaves the construct once `finally` has run. */
class LeavesTry {
  readonly error: PortolanError;
  readonly failing: Message;

  constructor(error: PortolanError, failing: Message) {
    this.error = error;
    this.failing = failing;
  }
}

function failureOf(thrown: unknown, entered: Message, compiler: StepCompiler): StepFailure {
  return thrown instanceof StepFailure
    ? thrown
    : new StepFailure(errorOf(thrown), { step: compiler.stepId, message: entered, attempts: 1 });
}

export { tryStep as try };
