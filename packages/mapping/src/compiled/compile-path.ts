import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import { compilePairs } from "./compile-object.ts";
import { timesPicked } from "./compile-picker.ts";
import { bindsVariables, compileTuples } from "./compile-tuples.ts";
import { checkLength, type Frame, spend } from "./frame.ts";
import { compileNames } from "./names.ts";
import { compareKeys } from "./operators.ts";
import type { Node, Path, Stage, Step, Term } from "./tree.ts";
import { isList, isSequence, keepList, listOf, marks, unwrap, wrap } from "./values.ts";

/** The items after some steps; none if there was nothing on the way. */
type TakeItems = (input: unknown, frame: Frame) => readonly unknown[];

/** Keeps some of the items of a list, or of a single value: it yields a list, or the item of a place. */
type Filter = (value: unknown, frame: Frame) => unknown;

type TakeStep = (items: readonly unknown[], frame: Frame) => readonly unknown[];

/** A path: each step is evaluated with every result of the one before it. */
export function compilePath(node: Path, compile: Compile): Evaluate {
  const binding = node.steps.findIndex(bindsVariables);
  if (binding >= 0) {
    const finish = compileEnd(node, compile);
    const withVariables = compileTuples(node, compile);
    const start = compileItems(node.steps, node.steps.slice(0, binding), compile);
    return (input, frame) => {
      const items = start(input, frame);
      // What ends before variables are bound ends as any other path.
      return items.length === 0 && binding > 0 ? finish(items, false, frame) : withVariables(items, frame);
    };
  }
  return compilePlain(node, compile) ?? compileSteps(node, compile);
}

/** A path of names only, or of names after a variable. */
function compilePlain({ steps, group }: Path, compile: Compile): Evaluate | undefined {
  const [first] = steps;
  if (group !== undefined || first === undefined || !steps.every((step) => step.stages.length === 0 && !step.keep)) return undefined;
  const startsAtVariable = first.node.kind === "variable" && steps.length > 1;
  const later = startsAtVariable ? steps.slice(1) : steps;
  const names = later.flatMap(({ node }) => (node.kind === "name" ? [node.name] : []));
  if (names.length < later.length) return undefined;
  const follow = compileNames(names, compile.takeSite);
  if (!startsAtVariable) return follow;
  const variable = compile(first.node);
  return (input, frame) => follow(variable(input, frame), frame);
}

function compileSteps(node: Path, compile: Compile): Evaluate {
  const start = compileItems(node.steps, node.steps.slice(0, -1), compile);
  const finish = compileEnd(node, compile);
  const last = node.steps.at(-1);
  if (last === undefined || (node.steps.length === 1 && last.isConstructed === true))
    return (input, frame) => finish(start(input, frame), true, frame);
  const take = compileStep(last, compile);
  const isSort = last.node.kind === "sort";
  return (input, frame) => {
    const results = take(start(input, frame), frame);
    const [only] = results;
    // A list that the last step found is no sequence of its results.
    if (results.length === 1 && isList(only) && !isSort && !isSequence(only)) return finish(only, true, frame);
    return finish(isSort ? results : merge(results, frame), false, frame);
  };
}

/** The items after some of a path's steps: to begin with those of the input, or of a list that is written there. */
function compileItems([first]: readonly Step[], some: readonly Step[], compile: Compile): TakeItems {
  const constructed = first?.isConstructed === true ? compile(first.node) : undefined;
  const filters = constructed === undefined ? [] : compileFilters(first?.stages ?? [], compile);
  const startsAtVariable = first?.node.kind === "variable" || (first?.node.kind === "filtered" && first.node.node.kind === "variable");
  const steps = some
    .slice(constructed === undefined ? 0 : 1)
    .map((step) => ({ take: compileStep(step, compile), isSort: step.node.kind === "sort" }));
  return (input, frame) => {
    let items: readonly unknown[] = isList(input) && !startsAtVariable ? input : [input];
    if (constructed !== undefined) {
      items = listOf(filterAll(filters, constructed(items, frame), frame));
    }
    for (const { take, isSort } of steps) {
      if (items.length === 0) return items;
      const results = take(items, frame);
      items = isSort ? results : merge(results, frame);
    }
    return items;
  };
}

type Finish = (items: readonly unknown[], isFound: boolean, frame: Frame) => unknown;

/** What becomes of the items at the end of a path. */
function compileEnd(node: Path, compile: Compile): Finish {
  const group = node.group === undefined ? undefined : compilePairs(node.group, compile, node.groupPosition ?? node.position);
  if (group !== undefined) return (items, _isFound, frame) => group(items, frame);
  if (!node.steps.some((step) => step.keep)) return (items, isFound, frame) => (isFound ? items : unwrap(items, frame.run));
  return (items, isFound) => {
    if (!isFound) return keepList(items);
    // A list that was written as the last step is one item.
    if (marks.constructed.has(items)) return keepList([items]);
    return items.length === 0 ? items : keepList([...items]);
  };
}

/** The results for each item, which may be lists. */
function compileStep(step: Step, compile: Compile): TakeStep {
  if (step.node.kind === "sort") return compileSortStep(step, step.node, compile);
  const inner = step.node.kind === "filtered" ? step.node.node : step.node;
  if (inner.kind === "literal") throw new JsonataError("S0213", { position: inner.position, token: String(inner.value) });
  const evaluate = compile(step.node);
  const isConstructed = step.isConstructed === true;
  const filters = compileFilters(step.stages, compile);
  return (items, frame) => {
    spend(frame.run, items.length);
    const results: unknown[] = [];
    for (const item of items) {
      let result = evaluate(item, frame);
      if (isConstructed && isList(result)) marks.constructed.add(result);
      if (filters.length > 0) result = filterAll(filters, result, frame);
      if (result !== undefined) results.push(result);
    }
    return results;
  };
}

function compileFilters(stages: readonly Stage[], compile: Compile): readonly Filter[] {
  return stages.flatMap((stage) => (stage.kind === "filter" ? [compileFilter(stage.node, compile)] : []));
}

function compileSortStep(step: Step, node: Extract<Node, { kind: "sort" }>, compile: Compile): TakeStep {
  const sort = compileSort(node.terms, compile, node.position);
  const filters = compileFilters(step.stages, compile);
  return (items, frame) => {
    const sorted = sort(items, frame);
    return filters.length === 0 ? sorted : listOf(filterAll(filters, sorted, frame));
  };
}

/** One list of all results, but for lists that were written as a step. */
function merge(results: readonly unknown[], frame: Frame): readonly unknown[] {
  let merged: unknown[] | undefined;
  for (let index = 0; index < results.length; index += 1) {
    const result = results[index];
    const isMerged = isList(result) && !marks.constructed.has(result);
    if (isMerged) merged ??= results.slice(0, index);
    if (merged === undefined) continue;
    if (isMerged) for (const item of result) merged.push(item);
    else merged.push(result);
  }
  if (merged === undefined) return results;
  checkLength(frame.run, merged.length);
  spend(frame.run, merged.length);
  return merged;
}

/** What is left by all filters; after one that left nothing there is nothing to look at. */
export function filterAll(filters: readonly Filter[], value: unknown, frame: Frame): unknown {
  let result = value;
  for (const filter of filters) {
    result = filter(result, frame);
    if (result === undefined) return undefined;
  }
  return result;
}

/** A number picks the item of that place, from the end if it is negative; anything else keeps the items it holds for. */
export function compileFilter(node: Node, compile: Compile): Filter {
  if (node.kind === "literal" && typeof node.value === "number") {
    const place = Math.floor(node.value);
    return (value) => {
      const items = isList(value) ? value : [value];
      return items[place < 0 ? place + items.length : place];
    };
  }
  const evaluate = compile(node);
  return (value, frame) => {
    // Nothing is looked at, too, which can fail, but it is never kept.
    const items = isList(value) ? value : [value];
    spend(frame.run, items.length);
    const results: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const picked = evaluate(item, frame);
      let times = picked === true ? 1 : picked === false ? 0 : timesPicked(picked, index, items.length);
      for (; times > 0; times -= 1) results.push(item);
    }
    const [only] = results;
    if (results.length > 1 && value !== undefined) return unwrap(results, frame.run);
    // A list that was picked stays one, though what is picked is merged.
    return isList(only) ? wrap(only) : only;
  };
}

function compileSort(terms: readonly Term[], compile: Compile, position: number): TakeStep {
  const keys = terms.map((term) => ({ evaluate: compile(term.node), sign: term.descending ? -1 : 1 }));
  return (items, frame) => {
    if (items.length <= 1) return items;
    const sorted = items.map((item) => ({ item, values: [] as unknown[] }));
    sorted.sort((left, right) => {
      for (let index = 0; index < keys.length; index += 1) {
        const key = keys[index];
        if (key === undefined) return 0;
        // Later keys are evaluated only for items that are equal by those before.
        if (left.values.length <= index) left.values.push(key.evaluate(left.item, frame));
        if (right.values.length <= index) right.values.push(key.evaluate(right.item, frame));
        const [one, other] = [left.values[index], right.values[index]];
        const compared = compareKeys(one, other, position);
        if (compared === 0) continue;
        // What lacks a key comes last in either direction.
        return one === undefined || other === undefined ? compared : compared * key.sign;
      }
      return 0;
    });
    return sorted.map(({ item }) => item);
  };
}
