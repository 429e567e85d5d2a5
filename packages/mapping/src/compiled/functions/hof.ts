import { apply, applyToItem } from "../apply.ts";
import { JsonataError } from "../errors.ts";
import { type CallContext, type FunctionValue, truth, unwrap } from "../values.ts";
import { builtin } from "./builtin.ts";

type List = readonly unknown[] | undefined;

export const higherOrderFunctions: readonly FunctionValue[] = [
  builtin<[List, FunctionValue]>(["map", "<af>"], ([list, callee], context) => {
    if (list === undefined) return undefined;
    const results: unknown[] = [];
    for (let index = 0; index < list.length; index += 1) {
      const result = applyToItem(callee, { value: list[index], key: index, whole: list }, context);
      if (result !== undefined) results.push(result);
    }
    return unwrap(results, context.frame.run);
  }),
  builtin<[List, FunctionValue]>(["filter", "<af>"], ([list, callee], context) =>
    list === undefined ? undefined : unwrap(filtered(list, callee, context), context.frame.run),
  ),
  builtin<[List, FunctionValue | undefined]>(["single", "<af?>"], ([list, callee], context) => {
    if (list === undefined) return undefined;
    const found = callee === undefined ? list : filtered(list, callee, context);
    if (found.length !== 1) throw new JsonataError(found.length > 1 ? "D3138" : "D3139");
    return found[0];
  }),
  builtin<[List, FunctionValue, unknown]>(["reduce", "<afj?:j>"], ([list, callee, initial], context) => {
    if (list === undefined) return undefined;
    const { arity } = callee;
    if (arity < 2) throw new JsonataError("D3050");
    const isOpen = initial === undefined;
    let result = isOpen ? list[0] : initial;
    for (let index = isOpen ? 1 : 0; index < list.length; index += 1) {
      const item = list[index];
      result = apply(callee, arity === 2 ? [result, item] : arity === 3 ? [result, item, index] : [result, item, index, list], context);
    }
    return result;
  }),
];

function filtered(list: readonly unknown[], callee: FunctionValue, context: CallContext): readonly unknown[] {
  const results: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    if (truth(applyToItem(callee, { value, key: index, whole: list }, context))) results.push(value);
  }
  return results;
}
