import type { Evaluate } from "./evaluate.ts";
import { type Frame, spend } from "./frame.ts";
import type { TakeSite } from "./sites/hot.ts";
import { isList, lookup, property, unwrap } from "./values.ts";

/** A path of names only: `a.b.c`. */
export function compileNames(names: readonly string[], takeSite: TakeSite | undefined): Evaluate {
  const [first, second] = names;
  const general = compileWalk(names);
  // What every object has from Object.prototype must not be taken for a property of its own.
  if (takeSite === undefined || first === undefined || names.length > 2 || names.some((name) => name in Object.prototype)) return general;
  if (second === undefined) return takeSite("createName")?.(first, general) ?? general;
  return takeSite("createPair")?.([first, second], general) ?? general;
}

function compileWalk(names: readonly string[]): Evaluate {
  const [first, second] = names;
  if (first !== undefined && names.length === 1)
    return (input, frame) => (isList(input) ? follow({ names, from: 0, items: input }, frame) : property(input, first));
  if (first !== undefined && second !== undefined && names.length === 2)
    return (input, frame) => {
      if (isList(input)) return follow({ names, from: 0, items: input }, frame);
      const inner = property(input, first);
      return isList(inner) ? follow({ names, from: 1, items: inner }, frame) : property(inner, second);
    };
  return (input, frame) => {
    let value = input;
    for (let index = 0; index < names.length; index += 1) {
      if (isList(value)) return follow({ names, from: index, items: value }, frame);
      value = property(value, names[index] ?? "");
      if (value === undefined) return undefined;
    }
    return value;
  };
}

interface Walk {
  readonly names: readonly string[];
  readonly from: number;
  readonly items: readonly unknown[];
}

/** Goes on from all items of a list; a list that only one of them leads to stays as it is. */
function follow({ names, from, items }: Walk, frame: Frame): unknown {
  let current = items;
  for (let index = from; index < names.length; index += 1) {
    const name = names[index] ?? "";
    spend(frame.run, current.length);
    const results: unknown[] = [];
    let hasLists = false;
    for (const item of current) {
      const result = isList(item) ? lookup(item, name) : property(item, name);
      if (result === undefined) continue;
      hasLists ||= isList(result);
      results.push(result);
    }
    if (index === names.length - 1 && results.length === 1) return results[0];
    current = hasLists ? results.flat() : results;
    if (current.length === 0) return undefined;
  }
  return unwrap(current, frame.run);
}
