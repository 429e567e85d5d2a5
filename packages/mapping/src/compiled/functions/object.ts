import { applyToItem } from "../apply.ts";
import { copyOf } from "../compile-transform.ts";
import { JsonataError } from "../errors.ts";
import { type Data, define, type FunctionValue, isFunction, isList, isObject, lookup, truth, unwrap } from "../values.ts";
import { builtin } from "./builtin.ts";

export const objectFunctions: readonly FunctionValue[] = [
  builtin<[unknown]>(["keys", "<x-:a<s>>"], ([value], { frame }) => unwrap(keysOf(value), frame.run)),
  builtin<[unknown, string]>(["lookup", "<x-s:x>"], ([value, name]) => lookup(value, name)),
  builtin<[unknown]>(["spread", "<x-:a<o>>"], ([value]) => spread(value)),
  builtin<[readonly Data[] | undefined]>(["merge", "<a<o>:o>"], ([list]) => {
    if (list === undefined) return undefined;
    const merged: Record<string, unknown> = {};
    for (const object of list) for (const [key, value] of Object.entries(object)) define(merged, key, value);
    return merged;
  }),
  builtin<[Data | undefined, FunctionValue]>(["each", "<o-f:a>"], ([object, callee], context) => {
    if (object === undefined) return undefined;
    const results = Object.entries(object).map(([key, value]) => applyToItem(callee, { value, key, whole: object }, context));
    return unwrap(
      results.filter((result) => result !== undefined),
      context.frame.run,
    );
  }),
  builtin<[Data | undefined, FunctionValue | undefined]>(["sift", "<o-f?:o>"], ([object, callee], context) => {
    if (object === undefined) return undefined;
    const kept: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(object)) {
      const holds = callee === undefined ? value : applyToItem(callee, { value, key, whole: object }, context);
      if (truth(holds)) define(kept, key, value);
    }
    return Object.keys(kept).length > 0 ? kept : undefined;
  }),
  builtin<[string | undefined]>(["error", "<s?:x>"], ([message]) => {
    throw new JsonataError("D3137", { value: message ?? "$error() function evaluated" });
  }),
  builtin<[boolean | undefined, string | undefined]>(["assert", "<bs?:x>"], ([condition, message]) => {
    if (condition !== true) throw new JsonataError("D3141", { value: message ?? "$assert() statement failed" });
    return undefined;
  }),
  builtin<[unknown]>(["type", "<x:s>"], ([value]) => typeOf(value)),
  builtin<[unknown]>(["clone", "<(oa)-:o>"], ([value], { frame }) => copyOf(value, frame.run)),
];

function keysOf(value: unknown): readonly string[] {
  if (isList(value)) return [...new Set(value.flatMap((item) => keysOf(item)))];
  return isObject(value) ? Object.keys(value) : [];
}

function spread(value: unknown): unknown {
  if (isList(value))
    return value.length === 0
      ? undefined
      : value.flatMap((item) => {
          const parts = spread(item);
          return parts === undefined ? [] : parts;
        });
  if (!isObject(value)) return value;
  return unwrap(
    Object.entries(value).map(([key, part]) => {
      const single: Record<string, unknown> = {};
      define(single, key, part);
      return single;
    }),
  );
}

function typeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "null";
  if (isFunction(value)) return "function";
  return isList(value) ? "array" : typeof value;
}
