import { compilePairs } from "./compile-object.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import type { Ancestors, Frame } from "./frame.ts";
import { compareKeys } from "./operators.ts";
import type { Node, Path, Stage, Step } from "./tree.ts";
import { append, isList, keepList, listOf, marks, truth, unwrap, wholeInput } from "./values.ts";

/** A value that a path reached, with the variables bound on the way and the inputs it was reached from. */
interface Tuple {
  readonly item: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly ancestors: Ancestors | undefined;
}

type TakeStep = (tuples: readonly Tuple[], frame: Frame) => readonly Tuple[];

/** A path whose steps bind variables (`@`, `#`), or are looked back from (`%`). */
export function compileTuples(node: Path, compile: Compile): Evaluate {
  const steps = node.steps.flatMap(inlined).map((step, index, all) => compileStep(step, compile, all[index - 1]?.focus !== undefined));
  const startsAtVariable = node.steps[0]?.node.kind === "variable";
  const [first] = node.steps;
  const bindsWhole = first?.node.kind === "variable" && first.node.name === "" && first.focus !== undefined;
  const keep = node.steps.some((step) => step.keep);
  const group = node.group === undefined ? undefined : compileGroup(node, compile);
  return (input, frame) => {
    const start = bindsWhole ? listOf(wholeInput(input)) : isList(input) && !startsAtVariable ? input : [input];
    let tuples: readonly Tuple[] = start.map((item) => ({ item, variables: new Map(), ancestors: frame.ancestors }));
    for (const step of steps) tuples = step(tuples, frame);
    if (group !== undefined) return group(tuples, frame);
    const items = tuples.map(({ item }) => item);
    return keep ? keepList(items) : unwrap(items);
  };
}

/** The steps of a path in parentheses belong to the path around it, whose parents they have. */
function inlined(step: Step): readonly Step[] {
  const { node } = step;
  const isFiltered = node.kind === "filtered" && node.group === undefined;
  const block = isFiltered ? node.node : node;
  const [only] = block.kind === "block" ? block.expressions : [];
  if (
    block.kind !== "block" ||
    block.expressions.length !== 1 ||
    only?.kind !== "path" ||
    only.group !== undefined ||
    step.focus !== undefined
  )
    return [step];
  const filters: readonly Stage[] = isFiltered ? node.filters.map((filter) => ({ kind: "filter", node: filter })) : [];
  const steps = only.steps.flatMap(inlined);
  return steps.map((inner, index) =>
    index === steps.length - 1 ? { ...inner, stages: [...inner.stages, ...filters, ...step.stages] } : inner,
  );
}

function compileStep(step: Step, compile: Compile, afterFocus: boolean): TakeStep {
  const take = step.node.kind === "sort" ? compileSort(step.node, compile) : compileTake(step, compile, afterFocus);
  const stages = laterStages(step).map((stage): TakeStep => {
    if (stage.kind === "filter") return compileFilter(stage.node, compile);
    return (tuples) => tuples.map((tuple, index) => ({ ...tuple, variables: new Map(tuple.variables).set(stage.name, index) }));
  });
  return (tuples, frame) => {
    let taken = take(tuples, frame);
    for (const stage of stages) taken = stage(taken, frame);
    return taken;
  };
}

/** An index right after its step counts what each tuple led to; a later one counts all. */
function ownIndex({ stages }: Step): string | undefined {
  const [first] = stages;
  return first?.kind === "index" ? first.name : undefined;
}

function laterStages(step: Step): readonly Stage[] {
  return ownIndex(step) === undefined || step.node.kind === "sort" ? step.stages : step.stages.slice(1);
}

function compileTake(step: Step, compile: Compile, afterFocus: boolean): TakeStep {
  const { node, focus } = step;
  const index = ownIndex(step);
  // Steps that bind the same context one after the other count as one.
  const staysAtParent = afterFocus && focus !== undefined;
  const evaluate = compile(node);
  return (tuples, frame) => {
    const taken: Tuple[] = [];
    for (const tuple of tuples) {
      const result = evaluate(tuple.item, frameOf(tuple, frame));
      for (const [place, item] of listOf(result).entries()) {
        let { variables } = tuple;
        if (focus !== undefined) variables = new Map(variables).set(focus, item);
        if (index !== undefined) variables = new Map(variables).set(index, place);
        taken.push({
          item: focus === undefined ? item : tuple.item,
          variables,
          ancestors: staysAtParent ? tuple.ancestors : ancestorsAfter(node, tuple),
        });
      }
    }
    return taken;
  };
}

/** `%` steps back, `$` stays; everything else goes one step on. */
function ancestorsAfter(node: Node, tuple: Tuple): Ancestors | undefined {
  if (node.kind === "parent") return tuple.ancestors?.next;
  if (node.kind === "variable" && node.name === "") return tuple.ancestors;
  return { value: tuple.item, next: tuple.ancestors };
}

function frameOf(tuple: Tuple, frame: Frame): Frame {
  return {
    names: [...tuple.variables.keys()],
    values: [...tuple.variables.values()],
    parent: frame,
    run: frame.run,
    ancestors: tuple.ancestors,
  };
}

function compileFilter(node: Node, compile: Compile): TakeStep {
  if (node.kind === "literal" && typeof node.value === "number") {
    const place = Math.floor(node.value);
    return (tuples) => {
      const tuple = tuples.at(place);
      return tuple === undefined ? [] : [tuple];
    };
  }
  const evaluate = compile(node);
  return (tuples, frame) =>
    tuples.filter((tuple, index) => {
      const value = evaluate(tuple.item, frameOf(tuple, frame));
      const places = typeof value === "number" ? [value] : value;
      if (!isList(places) || places.length === 0 || !places.every((place) => typeof place === "number")) return truth(value);
      return places.some((place) => {
        const whole = Math.floor(Number(place));
        return (whole < 0 ? whole + tuples.length : whole) === index;
      });
    });
}

function compileSort(node: Extract<Node, { kind: "sort" }>, compile: Compile): TakeStep {
  const keys = node.terms.map((term) => ({ evaluate: compile(term.node), sign: term.descending ? -1 : 1 }));
  return (tuples, frame) => {
    const sorted = tuples.map((tuple) => ({ tuple, keys: keys.map((key) => key.evaluate(tuple.item, frameOf(tuple, frame))) }));
    sorted.sort((left, right) => {
      for (const [index, { sign }] of keys.entries()) {
        const compared = compareKeys(left.keys[index], right.keys[index], node.position);
        if (compared === 0) continue;
        return left.keys[index] === undefined || right.keys[index] === undefined ? compared : compared * sign;
      }
      return 0;
    });
    return sorted.map(({ tuple }) => tuple);
  };
}

function compileGroup(node: Path, compile: Compile): (tuples: readonly Tuple[], frame: Frame) => unknown {
  const pairs = (node.group ?? []).map(([key, value]) => ({ key: compile(key), value: compile(value) }));
  const check = compilePairs([], compile, node.position);
  return (tuples, frame) => {
    const object = check(undefined, frame);
    const groups = new Map<string, { tuples: Tuple[]; index: number }>();
    for (const tuple of tuples) {
      for (const [index, pair] of pairs.entries()) {
        const key = pair.key(tuple.item, frameOf(tuple, frame));
        if (typeof key !== "string") continue;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { tuples: [tuple], index });
        else group.tuples.push(tuple);
      }
    }
    for (const [key, group] of groups) {
      const merged = mergeTuples(group.tuples);
      const value = pairs[group.index]?.value(merged.item, frameOf(merged, frame));
      if (value !== undefined) object[key] = value;
    }
    return object;
  };
}

/** The tuples of one group as one, whose variables hold the values of all. */
function mergeTuples(tuples: readonly Tuple[]): Tuple {
  const [first] = tuples;
  if (first === undefined || tuples.length === 1) return first ?? { item: undefined, variables: new Map(), ancestors: undefined };
  const variables = new Map<string, unknown>();
  let item: unknown;
  for (const tuple of tuples) {
    item = append(item, tuple.item);
    for (const [name, value] of tuple.variables) variables.set(name, append(variables.get(name), value));
  }
  const parents = tuples.reduce<unknown>((all, tuple) => append(all, tuple.ancestors?.value), undefined);
  if (isList(parents)) marks.kept.add(parents);
  return { item, variables, ancestors: { value: parents, next: first.ancestors?.next } };
}
