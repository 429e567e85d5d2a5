import { JsonataError } from "./errors.ts";
import type { Node, Path, Step } from "./tree.ts";

/** A `%` that looks for the step whose input it stands for, so many steps back. */
interface Slot {
  label: string;
  level: number;
}

const slots = new WeakMap<Node, Slot>();
const binders = new WeakMap<Node, Slot>();
const streams = new WeakSet<Node>();
let count = 0;

/** The variable that a `%` reads; no name that a text can hold. */
export function parentLabel(node: Node): string {
  return slots.get(node)?.label ?? "";
}

/** The variable to which a step binds its input, for what looks back at it. */
export function boundLabel(node: Node): string | undefined {
  return binders.get(inner(node))?.label;
}

/** Whether a node hands on the variables that were bound within it. */
export function isStream(node: Node): boolean {
  return streams.has(inner(node));
}

/** Finds the step for each `%` of a tree, and refuses one that has none. */
export function resolveParents(tree: Node): void {
  if (seeking(tree).length > 0) throw new JsonataError("S0217", { position: tree.position, token: "%" });
}

/** Resolves what is within a node; answers which of it still look for a step. */
function seeking(node: Node): readonly Slot[] {
  switch (node.kind) {
    case "parent": {
      count += 1;
      const slot = { label: `%${count}`, level: 1 };
      slots.set(node, slot);
      return [slot];
    }
    case "binary": {
      const found = all([node.left, node.right]);
      return node.operator === "~>" ? [] : found;
    }
    case "negate":
      return seeking(node.operand);
    case "array":
      return all(node.items);
    case "object":
      return all(node.pairs.flat());
    case "block":
      return all(node.expressions);
    case "condition":
      return all([node.test, node.positive, ...(node.negative === undefined ? [] : [node.negative])]);
    case "default":
      return all([node.left, node.right]);
    case "bind":
      return seeking(node.value);
    case "call":
    case "partial":
      seeking(node.procedure);
      return all(node.arguments);
    case "sort":
      return all(node.terms.map((term) => term.node));
    case "lambda":
      seeking(node.body);
      return [];
    case "transform":
      all([node.pattern, node.update, ...(node.remove === undefined ? [] : [node.remove])]);
      return [];
    case "filtered": {
      const found = [...seeking(node.node), ...node.filters.flatMap((filter) => seekingFilter(node.node, filter))];
      if (node.group !== undefined) all(node.group.flat());
      return found;
    }
    case "path":
      return seekingPath(node);
    case "literal":
    case "regex":
    case "name":
    case "variable":
    case "wildcard":
    case "descendant":
    case "placeholder":
      return [];
    default:
      throw node satisfies never;
  }
}

function all(nodes: readonly Node[]): readonly Slot[] {
  return nodes.flatMap(seeking);
}

/** Within a predicate the first step back is the one that the predicate belongs to. */
function seekingFilter(node: Node, filter: Node): readonly Slot[] {
  const found = seeking(filter);
  if (filter.kind === "parent") return [];
  for (const slot of found) {
    if (slot.level === 1) seek(node, slot);
    else slot.level -= 1;
  }
  return found;
}

function seekingPath(path: Path): readonly Slot[] {
  const open: Slot[] = [];
  for (const [place, step] of path.steps.entries()) {
    const filters = step.stages.flatMap((stage) => (stage.kind === "filter" ? [stage.node] : []));
    const found = [...seeking(step.node), ...filters.flatMap((filter) => seekingFilter(step.node, filter))];
    // What looks back from the first step finds nothing, unless it is the parent itself.
    if (place === 0 && step.node.kind !== "parent") continue;
    for (const slot of found) if (!isFound(slot, path.steps.slice(0, place))) open.push(slot);
  }
  if (path.group !== undefined) all(path.group.flat());
  return open;
}

function isFound(slot: Slot, before: readonly Step[]): boolean {
  let place = before.length - 1;
  while (slot.level > 0) {
    let step = before[place];
    if (step === undefined) return false;
    place -= 1;
    // Steps that bind the same context one after the other count as one.
    while (step.focus !== undefined && before[place]?.focus !== undefined) {
      step = before[place] ?? step;
      place -= 1;
    }
    seek(step.node, slot);
  }
  return true;
}

/** Goes a step back. */
function seek(node: Node, slot: Slot): void {
  switch (node.kind) {
    case "name":
    case "wildcard": {
      slot.level -= 1;
      if (slot.level > 0) return;
      slot.label = binders.get(node)?.label ?? slot.label;
      binders.set(node, slot);
      return;
    }
    case "parent":
      slot.level += 1;
      return;
    case "filtered":
      seek(node.node, slot);
      return;
    case "block": {
      const last = node.expressions.at(-1);
      if (last === undefined) return;
      streams.add(node);
      seek(last, slot);
      return;
    }
    case "path":
      streams.add(node);
      for (let place = node.steps.length - 1; place >= 0 && (slot.level > 0 || place === node.steps.length - 1); place -= 1) {
        const step = node.steps[place];
        if (step !== undefined) seek(step.node, slot);
      }
      return;
    default:
      throw new JsonataError("S0217", { position: node.position, token: "%" });
  }
}

function inner(node: Node): Node {
  return node.kind === "filtered" ? node.node : node;
}
