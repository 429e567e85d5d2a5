import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import { compileItemPicker } from "./compile-picker.ts";
import { type Frame, spend } from "./frame.ts";
import { compareKeys } from "./operators.ts";
import { boundLabel, isStream } from "./parents.ts";
import type { Node, Pair, Path, Stage, Step } from "./tree.ts";
import { append, define, keepList, listOf, unwrap } from "./values.ts";

/** A value that a path reached, with the variables bound on the way. */
interface Tuple {
  readonly item: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
}

/** What a path hands on to the path around it, which looks back into it. */
export class TupleStream {
  readonly tuples: readonly Tuple[];

  constructor(tuples: readonly Tuple[]) {
    this.tuples = tuples;
  }
}

/** The values of a stream, for whoever does not look back. */
export function withoutTuples(value: unknown): unknown {
  return value instanceof TupleStream ? unwrap(value.tuples.map(({ item }) => item)) : value;
}

type TakeStep = (tuples: readonly Tuple[], frame: Frame) => readonly Tuple[];

/** Whether a step binds variables (`@`, `#`), or its input is looked back at (`%`). */
export function bindsVariables({ node, focus, stages }: Step): boolean {
  return focus !== undefined || stages.some((stage) => stage.kind === "index") || boundLabel(node) !== undefined || isStream(node);
}

/** A path from its first step on that binds variables, for the items that the steps before it yield. */
export function compileTuples(node: Path, compile: Compile): (items: readonly unknown[], frame: Frame) => unknown {
  const first = node.steps.findIndex(bindsVariables);
  const steps = node.steps
    .slice(first)
    .map((step, index, all) => compileStep(step, compile, index > 0 && all[index - 1]?.focus !== undefined));
  const keep = node.steps.some((step) => step.keep);
  const group = node.group === undefined ? undefined : compileTupleGroup(node.group, compile, node.groupPosition ?? node.position);
  const isHandedOn = isStream(node);
  return (start, frame) => {
    let tuples: readonly Tuple[] = start.map((item) => ({ item, variables: NONE }));
    for (const step of steps) tuples = step(tuples, frame);
    if (group !== undefined) return group(tuples, frame);
    if (isHandedOn) return new TupleStream(tuples);
    const items = tuples.map(({ item }) => item);
    return keep ? keepList(items) : unwrap(items, frame.run);
  };
}

const NONE: ReadonlyMap<string, unknown> = new Map();

function compileStep(step: Step, compile: Compile, afterFocus: boolean): TakeStep {
  const take = step.node.kind === "sort" ? compileSort(step.node, compile) : compileTake(step, compile, afterFocus);
  const stages = laterStages(step).map((stage): TakeStep => {
    if (stage.kind === "filter") return compileTupleFilter(stage.node, compile);
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
  const label = boundLabel(node);
  const evaluate = compile.stream(node);
  return (tuples, frame) => {
    spend(frame.run, tuples.length);
    const taken: Tuple[] = [];
    for (const tuple of tuples) {
      const result = evaluate(tuple.item, frameOf(tuple, frame));
      if (result instanceof TupleStream) {
        for (const { item, variables } of result.tuples) taken.push({ item, variables: new Map([...tuple.variables, ...variables]) });
        continue;
      }
      for (const [place, item] of listOf(result).entries()) {
        const variables = new Map(tuple.variables);
        if (focus !== undefined) variables.set(focus, item);
        if (index !== undefined) variables.set(index, place);
        // Steps that bind the same context one after the other have the parent of the first.
        if (label !== undefined && !(afterFocus && focus !== undefined && variables.has(label))) variables.set(label, tuple.item);
        taken.push({ item: focus === undefined ? item : tuple.item, variables });
      }
    }
    return taken;
  };
}

function frameOf(tuple: Tuple, frame: Frame): Frame {
  const { variables } = tuple;
  if (variables.size === 0) return frame;
  return { names: [...variables.keys()], values: [...variables.values()], parent: frame, run: frame.run };
}

export function compileTupleFilter(node: Node, compile: Compile): TakeStep {
  if (node.kind === "literal" && typeof node.value === "number") {
    const place = Math.floor(node.value);
    return (tuples) => {
      const tuple = tuples[place < 0 ? place + tuples.length : place];
      return tuple === undefined ? [] : [tuple];
    };
  }
  const timesPicked = compileItemPicker(node, compile);
  return (tuples, frame) => {
    const picked: Tuple[] = [];
    for (const [index, tuple] of tuples.entries()) {
      const place = { item: tuple.item, index, length: tuples.length };
      for (let times = timesPicked(place, frameOf(tuple, frame)); times > 0; times -= 1) picked.push(tuple);
    }
    return picked;
  };
}

function compileSort(node: Extract<Node, { kind: "sort" }>, compile: Compile): TakeStep {
  const keys = node.terms.map((term) => ({ evaluate: compile(term.node), sign: term.descending ? -1 : 1 }));
  return (tuples, frame) => {
    if (tuples.length <= 1) return tuples;
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

/** Groups tuples by key; the value of each group sees the variables of all its tuples. */
export function compileTupleGroup(
  group: readonly Pair[],
  compile: Compile,
  position: number,
): (tuples: readonly Tuple[], frame: Frame) => unknown {
  const pairs = group.map(([key, value]) => ({ key: compile(key), value: compile(value) }));
  return (tuples, frame) => {
    const groups = new Map<string, { readonly tuples: Tuple[]; readonly index: number }>();
    for (const tuple of tuples) {
      for (const [index, pair] of pairs.entries()) {
        const key = pair.key(tuple.item, frameOf(tuple, frame));
        if (key === undefined) continue;
        if (typeof key !== "string") throw new JsonataError("T1003", { position, value: key });
        if (key.startsWith("_jsonata_")) throw new JsonataError("D1013", { position, value: key });
        const known = groups.get(key);
        if (known === undefined) groups.set(key, { tuples: [tuple], index });
        else if (known.index !== index) throw new JsonataError("D1009", { position, value: key });
        else known.tuples.push(tuple);
      }
    }
    const object: Record<string, unknown> = {};
    for (const [key, { tuples: members, index }] of groups) {
      const merged = mergeTuples(members);
      const value = pairs[index]?.value(merged.item, frameOf(merged, frame));
      if (value !== undefined) define(object, key, value);
    }
    return object;
  };
}

/** The tuples of one group as one, whose variables hold the values of all. */
function mergeTuples(tuples: readonly Tuple[]): Tuple {
  const [first, ...others] = tuples;
  if (first === undefined || others.length === 0) return first ?? { item: undefined, variables: NONE };
  const variables = new Map(first.variables);
  let { item } = first;
  for (const tuple of others) {
    item = append(item, tuple.item);
    for (const [name, value] of tuple.variables) variables.set(name, append(variables.get(name), value));
  }
  return { item, variables };
}
