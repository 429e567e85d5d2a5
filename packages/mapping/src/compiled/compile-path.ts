import { JsonataError } from "./errors.ts";
import type { Compile, Evaluate } from "./evaluate.ts";
import { compilePairs } from "./compile-object.ts";
import { compileTuples } from "./compile-tuples.ts";
import { checkLength, countStep, type Frame } from "./frame.ts";
import { compareKeys } from "./operators.ts";
import type { Node, Path, Step, Term } from "./tree.ts";
import { isList, isNumber, keepList, listOf, marks, property, truth, unwrap } from "./values.ts";
import { needsTuples } from "./visit.ts";

/** Keeps some of a list's items. */
type Filter = (items: readonly unknown[], frame: Frame) => readonly unknown[];

type TakeStep = (items: readonly unknown[], frame: Frame) => readonly unknown[] | undefined;

/** A path: each step is evaluated with every result of the one before it. */
export function compilePath(node: Path, compile: Compile): Evaluate {
  if (needsTuples(node)) return compileTuples(node, compile);
  const plain = plainNames(node);
  const general = compileGeneral(node, compile);
  return plain === undefined ? general : (input, frame) => walk(plain, { input, frame, general });
}

function plainNames(node: Path): readonly string[] | undefined {
  if (node.group !== undefined) return undefined;
  const names = node.steps.map((step) =>
    step.node.kind === "name" && step.stages.length === 0 && !step.keep ? step.node.name : undefined,
  );
  return names.every((name) => name !== undefined) ? names : undefined;
}

interface Walk {
  readonly input: unknown;
  readonly frame: Frame;
  readonly general: Evaluate;
}

/** Follows names as long as there is no list on the way. */
function walk(names: readonly string[], { input, frame, general }: Walk): unknown {
  let value = input;
  for (const name of names) {
    if (isList(value)) return general(input, frame);
    value = property(value, name);
    if (value === undefined) return undefined;
  }
  return value;
}

function compileGeneral(node: Path, compile: Compile): Evaluate {
  const steps = node.steps.map((step, index) => compileStep(step, compile, index === node.steps.length - 1));
  const [firstStep] = node.steps;
  const first = firstStep?.node.kind === "array" ? compile(firstStep.node) : undefined;
  const startsAtVariable = firstStep?.node.kind === "variable" || isFilteredVariable(firstStep?.node);
  const keep = node.steps.some((step) => step.keep);
  const group = node.group === undefined ? undefined : compilePairs(node.group, compile, node.groupPosition ?? node.position);
  const isConstructed = first !== undefined && steps.length === 1;
  return (input, frame) => {
    let items: readonly unknown[] | undefined = isList(input) && !startsAtVariable ? input : [input];
    for (const [index, step] of steps.entries()) {
      items = index === 0 && first !== undefined ? listOf(first(input, frame)) : step(items, frame);
      if (items === undefined || items.length === 0) break;
    }
    if (group !== undefined) return group(items === undefined ? undefined : items, frame);
    if (items === undefined) return undefined;
    if (keep) return isFound(items) && items.length === 0 ? items : keepList(isFound(items) ? [...items] : items);
    return isFound(items) || isConstructed ? items : unwrap(items);
  };
}

function isFilteredVariable(node: Node | undefined): boolean {
  return node?.kind === "filtered" && node.node.kind === "variable";
}

/** Lists that a last step found as they are, which are no sequences of its results. */
const found = new WeakSet<object>();

function isFound(items: readonly unknown[]): boolean {
  return found.has(items);
}

function compileStep(step: Step, compile: Compile, isLast: boolean): TakeStep {
  if (step.node.kind === "sort") return compileSortStep(step, step.node, compile);
  if (step.node.kind === "literal") throw new JsonataError("S0213", { position: step.node.position, token: String(step.node.value) });
  const evaluate = compile(step.node);
  const isArray = step.node.kind === "array" || endsInArray(step.node);
  const filters = step.stages.map((stage) => (stage.kind === "filter" ? compileFilter(stage.node, compile) : undefined));
  return (items, frame) => {
    countStep(frame.run);
    const results: unknown[] = [];
    for (const item of items) {
      let result = evaluate(item, frame);
      for (const filter of filters) if (filter !== undefined && result !== undefined) result = unwrap(filter(listOf(result), frame));
      if (isArray && isList(result)) marks.constructed.add(result);
      if (result !== undefined) results.push(result);
    }
    const [only] = results;
    if (isLast && results.length === 1 && isList(only) && !marks.kept.has(only)) {
      found.add(only);
      return only;
    }
    return merge(results, frame);
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

function merge(results: readonly unknown[], frame: Frame): readonly unknown[] {
  if (!results.some((result) => isList(result) && !marks.constructed.has(result))) return results;
  const merged: unknown[] = [];
  for (const result of results) {
    if (!isList(result) || marks.constructed.has(result)) merged.push(result);
    else for (const item of result) merged.push(item);
  }
  checkLength(frame.run, merged.length);
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
    const results: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (isPicked(evaluate(item, frame), index, items.length)) results.push(item);
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
