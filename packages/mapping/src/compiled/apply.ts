import { JsonataError } from "./errors.ts";
import { spend } from "./frame.ts";
import { type CallContext, type FunctionValue } from "./values.ts";

/** A call in the last place of a function's body, which takes no stack. */
export class TailCall {
  readonly callee: FunctionValue;
  readonly args: unknown[];

  constructor(callee: FunctionValue, args: unknown[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** Calls a function, and what it ends in calling. The arguments are the callee's from then on. */
export function apply(callee: FunctionValue, args: unknown[], context: CallContext): unknown {
  const { run } = context.frame;
  run.depth += 1;
  if (run.depth > run.limits.depth) throw new JsonataError("D1011");
  spend(run, 1);
  let result = callee.invoke(args, context);
  while (result instanceof TailCall) {
    spend(run, 1);
    result = result.callee.invoke(result.args, context);
  }
  run.depth -= 1;
  return result;
}

/** An item, where it is, and the list or object that it is part of. */
export interface Item {
  readonly value: unknown;
  readonly key: unknown;
  readonly whole: unknown;
}

/** Calls a function with as much of an item as it has parameters. */
export function applyToItem(callee: FunctionValue, { value, key, whole }: Item, context: CallContext): unknown {
  const { arity } = callee;
  return apply(callee, arity <= 1 ? [value] : arity === 2 ? [value, key] : [value, key, whole], context);
}
