import { apply, applyToItem } from "../apply.ts";
import { JsonataError } from "../errors.ts";
import { type FunctionValue, truth, unwrap } from "../values.ts";
import { builtin } from "./builtin.ts";

type List = readonly unknown[] | undefined;

export const higherOrderFunctions: readonly FunctionValue[] = [
  builtin<[List, FunctionValue]>(["map", "<af>"], ([list, callee], context) => {
    if (list === undefined) return undefined;
    const results: unknown[] = [];
    for (const [index, item] of list.entries()) {
      const result = applyToItem(callee, [item, index, list], context);
      if (result !== undefined) results.push(result);
    }
    return unwrap(results);
  }),
  builtin<[List, FunctionValue]>(["filter", "<af>"], ([list, callee], context) =>
    list === undefined ? undefined : unwrap(list.filter((item, index) => truth(applyToItem(callee, [item, index, list], context)))),
  ),
  builtin<[List, FunctionValue | undefined]>(["single", "<af?>"], ([list, callee], context) => {
    if (list === undefined) return undefined;
    const found = list.filter((item, index) => callee === undefined || truth(applyToItem(callee, [item, index, list], context)));
    if (found.length !== 1) throw new JsonataError(found.length > 1 ? "D3138" : "D3139");
    return found[0];
  }),
  builtin<[List, FunctionValue, unknown]>(["reduce", "<afj?:j>"], ([list, callee, initial], context) => {
    if (list === undefined) return undefined;
    if (callee.arity < 2) throw new JsonataError("D3050");
    const isOpen = initial === undefined;
    let result = isOpen ? list[0] : initial;
    for (let index = isOpen ? 1 : 0; index < list.length; index += 1)
      result = apply(callee, [result, list[index], index, list].slice(0, Math.max(2, callee.arity)), context);
    return result;
  }),
];
