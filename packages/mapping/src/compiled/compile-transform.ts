import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Run, spend } from "./frame.ts";
import type { Node } from "./tree.ts";
import { createFunction, define, isFunction, isList, isObject, listOf } from "./values.ts";

/** `| pattern | update, delete |`: a function that yields a copy in which some places are changed. */
export function compileTransform(node: Extract<Node, { kind: "transform" }>, compile: Compile): Evaluate {
  const pattern = compile(node.pattern);
  const update = compile(node.update);
  const remove = node.remove === undefined ? undefined : compile(node.remove);
  return (_input, frame) =>
    createFunction({
      name: "",
      arity: 1,
      invoke([value]) {
        if (value === undefined) return undefined;
        if (typeof value !== "object" || value === null || isFunction(value)) throw new JsonataError("T0410", { value });
        const copy = copyOf(value, frame.run);
        for (const place of listOf(pattern(copy, frame))) {
          const changes = update(place, frame);
          if (changes !== undefined && !isObject(changes))
            throw new JsonataError("T2011", { position: node.update.position, value: changes });
          // The place is part of the copy, which nobody else has yet; what is no object has no names to change.
          const target = isObject(place) ? (place as Record<string, unknown>) : {};
          for (const [key, part] of Object.entries(changes ?? {})) define(target, key, part);
          const names = remove?.(place, frame);
          if (names === undefined) continue;
          for (const name of listOf(names)) {
            if (typeof name !== "string") throw new JsonataError("T2012", { position: node.remove?.position, value: names });
            delete target[name];
          }
        }
        return copy;
      },
    });
}

/** A copy of plain data, in which functions stay what they are. */
export function copyOf(value: unknown, run: Run): unknown {
  spend(run, 1);
  if (isList(value)) return value.map((item) => copyOf(item, run));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) define(copy, key, copyOf(part, run));
  return copy;
}
