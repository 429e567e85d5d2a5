import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import { compilePairs } from "./compile-object.ts";
import { compileTuples } from "./compile-tuples.ts";
import { checkLength, type Frame, spend } from "./frame.ts";
import { compileNames } from "./names.ts";
import { compareKeys } from "./operators.ts";
import type { Node, Path, Step, Term } from "./tree.ts";
import { isList, isNumber, keepList, listOf, marks, truth, unwrap } from "./values.ts";
import { needsTuples } from "./visit.ts";

/** Keeps some of a list's items. */
type Filter = (items: readonly unknown[], frame: Frame) => readonly unknown[];

type TakeStep = (items: readonly unknown[], frame: Frame) => readonly unknown[];

/** A path: each step is evaluated with every result of the one before it. */
export function compilePath(node: Path, compile: Compile): Evaluate {
  if (needsTuples(node)) return compileTuples(node, compile);
  const names = node.steps.flatMap((step) => (step.node.kind === "name" && step.stages.length === 0 && !step.keep ? [step.node.name] : []));
  return node.group === undefined && names.length === node.steps.length
    ? compileNames(names, compile.takeSite)
    : compileSteps(node, compile);
}

function compileSteps(node: Path, compile: Compile): Evaluate {
  const [firstStep] = node.steps;
  const constructed = firstStep?.node.kind === "array" ? compile(firstStep.node) : undefined;
  const steps = node.steps
    .slice(constructed === undefined ? 0 : 1)
    .map((step) => ({ take: compileStep(step, compile), isSort: step.node.kind === "sort" }));
  const startsAtVariable = firstStep?.node.kind === "variable" || isFilteredVariable(firstStep?.node);
  const finish = compileEnd(node, compile);
  return (input, frame) => {
    let items: readonly unknown[] = isList(input) && !startsAtVariable ? input : [input];
    if (constructed !== undefined) {
      items = listOf(constructed(input, frame));
      if (steps.length === 0) return finish(items, true, frame);
    }
    const last = steps.length - 1;
    for (const [index, { take, isSort }] of steps.entries()) {
      const results = take(items, frame);
      const [only] = results;
      // A list that the last step found is no sequence of its results.
      if (index === last && results.length === 1 && isList(only) && !isSort && !marks.kept.has(only)) return finish(only, true, frame);
      items = isSort ? results : merge(results, frame);
      if (items.length === 0) break;
    }
    return finish(items, false, frame);
  };
}

type Finish = (items: readonly unknown[], isFound: boolean, frame: Frame) => unknown;

/** What becomes of the items at the end of a path. */
function compileEnd(node: Path, compile: Compile): Finish {
  const group = node.group === undefined ? undefined : compilePairs(node.group, compile, node.groupPosition ?? node.position);
  if (group !== undefined) return (items, _isFound, frame) => group(items, frame);
  if (!node.steps.some((step) => step.keep)) return (items, isFound) => (isFound ? items : unwrap(items));
  return (items, isFound) => (isFound && items.length === 0 ? items : keepList(isFound ? [...items] : items));
}

function isFilteredVariable(node: Node | undefined): boolean {
  return node?.kind === "filtered" && node.node.kind === "variable";
}

/** The results for each item, which may be lists. */
function compileStep(step: Step, compile: Compile): TakeStep {
  if (step.node.kind === "sort") return compileSortStep(step, step.node, compile);
  if (step.node.kind === "literal") throw new JsonataError("S0213", { position: step.node.position, token: String(step.node.value) });
  const evaluate = compile(step.node);
  const isArray = step.node.kind === "array" || endsInArray(step.node);
  const filters = step.stages.flatMap((stage) => (stage.kind === "filter" ? [compileFilter(stage.node, compile)] : []));
  return (items, frame) => {
    spend(frame.run, items.length);
    const results: unknown[] = [];
    for (const item of items) {
      let result = evaluate(item, frame);
      for (const filter of filters) if (result !== undefined) result = unwrap(filter(listOf(result), frame));
      if (isArray && isList(result)) marks.constructed.add(result);
      if (result !== undefined) results.push(result);
    }
    return results;
  };
}

function compileSortStep(step: Step, node: Extract<Node, { kind: "sort" }>, compile: Compile): TakeStep {
  const sort = compileSort(node.terms, compile, node.position);
  const filters = step.stages.flatMap((stage) => (stage.kind === "filter" ? [compileFilter(stage.node, compile)] : []));
  return (items, frame) => {
    let sorted = sort(items, frame) ?? [];
    for (const filter of filters) sorted = filter(sorted, frame);
    return sorted;
  };
}

function endsInArray(node: Node): boolean {
  return node.kind === "filtered" && node.node.kind === "array" && node.filters.length === 0;
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

/** A number picks the item of that place, from the end if it is negative; anything else keeps the items it holds for. */
export function compileFilter(node: Node, compile: Compile): Filter {
  if (node.kind === "literal" && typeof node.value === "number") {
    const place = Math.floor(node.value);
    return (items) => {
      const item = items[place < 0 ? place + items.length : place];
      return item === undefined ? [] : isList(item) ? item : [item];
    };
  }
  const evaluate = compile(node);
  return (items, frame) => {
    spend(frame.run, items.length);
    const results: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const value = evaluate(item, frame);
      if (value === true || (value !== false && isPicked(value, index, items.length))) results.push(item);
    }
    return results;
  };
}

/** Whether the value of a filter keeps the item of a place. */
function isPicked(value: unknown, index: number, length: number): boolean {
  if (typeof value === "boolean") return value;
  const places = typeof value === "number" ? [value] : value;
  if (!isList(places) || places.length === 0 || !places.every((place) => typeof place === "number" && isNumber(place))) return truth(value);
  return places.some((place) => {
    const whole = Math.floor(Number(place));
    return (whole < 0 ? whole + length : whole) === index;
  });
}

function compileSort(terms: readonly Term[], compile: Compile, position: number): TakeStep {
  const keys = terms.map((term) => ({ evaluate: compile(term.node), sign: term.descending ? -1 : 1 }));
  return (items, frame) => {
    const sorted = items.map((item) => ({ item, keys: keys.map((key) => key.evaluate(item, frame)) }));
    sorted.sort((left, right) => {
      for (const [index, { sign }] of keys.entries()) {
        const compared = compareKeys(left.keys[index], right.keys[index], position);
        if (compared === 0) continue;
        // What lacks a key comes last in either direction.
        return left.keys[index] === undefined || right.keys[index] === undefined ? compared : compared * sign;
      }
      return 0;
    });
    return sorted.map(({ item }) => item);
  };
}
