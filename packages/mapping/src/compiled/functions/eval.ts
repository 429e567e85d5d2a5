import { createCompiler } from "../compile.ts";
import { JsonataError } from "../errors.ts";
import type { Evaluate } from "../evaluate.ts";
import { Suspension } from "../journal.ts";
import { parse } from "../parser.ts";
import { type FunctionValue, isList, marks } from "../values.ts";
import { builtin } from "./builtin.ts";

/** `$eval`: an expression from a text, evaluated by the same closures and within the same limits. */
export const evalFunction: FunctionValue = builtin<[string | undefined, unknown]>(
  ["eval", "<sx?:x>"],
  ([text, given], { input, frame }) => {
    if (text === undefined) return undefined;
    const evaluate = prepare(text);
    const context = given === undefined ? input : isList(given) ? [given] : given;
    if (given !== undefined && isList(context)) marks.outer.add(context);
    try {
      return evaluate(context, frame);
    } catch (thrown) {
      if (thrown instanceof Suspension) throw thrown;
      throw new JsonataError("D3121", { value: thrown });
    }
  },
);

function prepare(text: string): Evaluate {
  try {
    // The variables around the call are not known before, and may have the names of functions.
    return createCompiler(() => undefined)(parse(text));
  } catch (thrown) {
    throw new JsonataError("D3120", { value: thrown });
  }
}
