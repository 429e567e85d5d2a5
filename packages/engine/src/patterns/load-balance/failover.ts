import type { ErrorMatch } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import { StepFailure, errorOf, isControl } from "../../runtime/failure.ts";
import { compileMatch, withError } from "../../runtime/policy.ts";
import type { Step } from "../../runtime/step.ts";
import { readableAgain } from "../../runtime/streams.ts";

export interface FailoverOptions {
  readonly match: ErrorMatch;
  readonly maxTargets?: number | undefined;
  readonly roundRobin: boolean;
  readonly sticky: boolean;
}

/** Tries targets in turn until one succeeds. */
export function createFailover(targets: readonly Step[], options: FailoverOptions, compiler: StepCompiler): Step {
  const { match, roundRobin, sticky } = options;
  const movesOn = compileMatch(match, match.when === undefined ? undefined : compiler.predicate(match.when));
  const most = Math.min(options.maxTargets ?? targets.length, targets.length);
  let start = 0;

  return async (received, execution) => {
    const message = readableAgain(received, execution, compiler.node.spool);
    const mark = execution.list.mark();
    const first = start;
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % targets.length;
      if (roundRobin && !sticky) start = (index + 1) % targets.length;
      try {
        const result = await (targets[index] as Step)(message, execution);
        if (sticky) start = index;
        return result;
      } catch (thrown) {
        if (isControl(thrown) || execution.signal?.aborted) throw thrown;
        const error = errorOf(thrown);
        const where = { route: compiler.route, step: compiler.stepId, attempts: thrown instanceof StepFailure ? thrown.attempts : 1 };
        const moves = tried + 1 < most && (await movesOn(error, withError(message, error, where)));
        if (!moves) throw error;
        execution.list.rollback(mark);
      }
    }
  };
}
