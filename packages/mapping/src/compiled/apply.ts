import { JsonataError } from "./errors.ts";
import { countStep } from "./frame.ts";
import { type CallContext, type FunctionValue } from "./values.ts";

/** A call in the last place of a function's body, which takes no stack. */
export class TailCall {
  readonly callee: FunctionValue;
  readonly args: readonly unknown[];

  constructor(callee: FunctionValue, args: readonly unknown[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** Calls a function, and what it ends in calling. */
export function apply(callee: FunctionValue, args: readonly unknown[], context: CallContext): unknown {
  const { run } = context.frame;
  run.depth += 1;
  if (run.depth > run.limits.depth) throw new JsonataError("D1011");
  countStep(run);
  let result = callee.invoke(args, context);
  while (result instanceof TailCall) {
    countStep(run);
    result = result.callee.invoke(result.args, context);
  }
  run.depth -= 1;
  return result;
}

/** Calls a function with as many of an item, its place and the whole as it has parameters. */
export function applyToItem(callee: FunctionValue, parts: readonly unknown[], context: CallContext): unknown {
  return apply(callee, parts.slice(0, Math.max(1, callee.arity)), context);
}
