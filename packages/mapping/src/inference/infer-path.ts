import type { Filtered, Path, Stage } from "../compiled/tree.ts";
import { within, type Infer, type Scope } from "./scope.ts";
import {
  alternatives,
  itemsOf,
  listOf,
  mayBeList,
  mayBeNothing,
  NOTHING,
  NUMBER,
  OPEN_OBJECT,
  sequenceOf,
  something,
  union,
  type Shape,
} from "./shape.ts";

/** A path: each step is taken on every item of what the one before yields, and what they yield is one sequence. */
export function inferPath(path: Path, scope: Scope, infer: Infer): Shape {
  const inner = within(scope);
  let shape = scope.input;
  let isSequence = mayBeList(shape);
  let isEmptyable = false;
  let keepsList = false;
  for (const [index, step] of path.steps.entries()) {
    if (alternatives(shape).every(({ kind }) => kind === "nothing")) return NOTHING;
    const item = itemsOf(shape);
    // The first step of a variable or a call does not look at the items of the input.
    const input = index === 0 && step.node.kind !== "name" ? scope.input : item;
    if (step.node.kind === "sort") {
      for (const { node } of step.node.terms) infer(node, within(inner, item));
      shape = sequenceOf(item);
      isSequence = true;
      continue;
    }
    let found = infer(step.node, { ...inner, input });
    isEmptyable ||= mayBeNothing(found) || isSequence;
    isSequence ||= mayBeList(found);
    const isConstructed = step.node.kind === "array" && index > 0;
    let one = isConstructed ? something(found) : itemsOf(found);
    if (step.focus !== undefined) {
      inner.variables.own.set(step.focus, { shape: one });
      found = item;
      one = item;
    }
    for (const stage of step.stages) {
      if (stage.kind === "index") inner.variables.own.set(stage.name, { shape: NUMBER });
      else isEmptyable = true;
    }
    checkStages(step.stages, within(inner, one), infer);
    keepsList ||= step.keep;
    shape = isSequence ? listOf(one) : one;
  }
  if (path.group !== undefined) {
    const grouped = within(inner, itemsOf(shape));
    for (const [key, value] of path.group) {
      infer(key, grouped);
      infer(value, within(inner, union(itemsOf(shape), listOf(itemsOf(shape)))));
    }
    return OPEN_OBJECT;
  }
  const item = itemsOf(shape);
  const yielded = keepsList ? listOf(item) : isSequence ? sequenceOf(item) : shape;
  return isEmptyable ? union(yielded, NOTHING) : yielded;
}

/** A value with predicates or brackets behind it, such as `(a)[0]`. */
export function inferFiltered(node: Filtered, scope: Scope, infer: Infer): Shape {
  const shape = infer(node.node, scope);
  const item = itemsOf(shape);
  checkStages(
    node.filters.map((filter) => ({ kind: "filter", node: filter })),
    within(scope, item),
    infer,
  );
  if (node.group !== undefined) {
    for (const [key, value] of node.group) {
      infer(key, within(scope, item));
      infer(value, within(scope, union(item, listOf(item))));
    }
    return OPEN_OBJECT;
  }
  if (node.keep) return union(listOf(item), NOTHING);
  return node.filters.length === 0 ? shape : union(sequenceOf(item), NOTHING);
}

function checkStages(stages: readonly Stage[], scope: Scope, infer: Infer): void {
  for (const stage of stages) if (stage.kind === "filter") infer(stage.node, scope);
}
