import { JsonataError } from "./errors.ts";
import type { Node, Pair, Path, Stage, Step, Term } from "./tree.ts";

/** A path of one step. */
export function asPath(node: Node): Path {
  return node.kind === "path" ? node : { kind: "path", steps: [asStep(node)], position: node.position };
}

/** A literal on its own can be sorted and counted, though it is no step of a longer path. */
function asOnlyStep(node: Node): Step {
  return asStep(node.kind === "literal" ? { kind: "block", expressions: [node], position: node.position } : node);
}

function asStep(node: Node): Step {
  const focus = node.kind === "filtered" && node.focus !== undefined ? { focus: node.focus } : {};
  return { node, stages: [], keep: false, ...focus };
}

/** `left.right`, with the steps of both in one path. */
export function joinPaths(left: Node, right: Node, position: number): Path {
  const steps = [...asPath(left).steps, ...(right.kind === "path" ? right.steps : [asLaterStep(right)])];
  const last = steps.length - 1;
  return { kind: "path", steps: steps.map((step, index) => joined(step, index === 0 || index === last)), position, ...groupOf(left) };
}

function joined(step: Step, isAtEnd: boolean): Step {
  const { node } = step;
  const inner = node.kind === "filtered" ? node.node : node;
  const keep = step.keep || (node.kind === "filtered" && node.keep);
  return { ...step, node: named(node), keep, ...(isAtEnd && inner.kind === "array" && { isConstructed: true }) };
}

function groupOf(node: Node): { group?: readonly Pair[]; groupPosition?: number } {
  if (node.kind !== "path" || node.group === undefined) return {};
  return { group: node.group, ...(node.groupPosition !== undefined && { groupPosition: node.groupPosition }) };
}

/** What is filtered after a dot is filtered item by item. */
function asLaterStep(node: Node): Step {
  if (node.kind !== "filtered" || node.group !== undefined) return asStep(node);
  const stages = node.filters.map((filter): Stage => ({ kind: "filter", node: filter }));
  return { ...asStep(node), node: node.node, stages, keep: node.keep };
}

/** A text among the steps of a path is a name. */
function named(node: Node): Node {
  if (node.kind === "filtered") return { ...node, node: named(node.node) };
  return node.kind === "literal" && typeof node.value === "string" ? { kind: "name", name: node.value, position: node.position } : node;
}

/** `node[filter]` */
export function addFilter(node: Node, filter: Node, position: number): Node {
  const last = node.kind === "path" ? node.steps.at(-1)?.node : node;
  if (last?.kind === "filtered" && last.group !== undefined) throw new JsonataError("S0209", { position });
  if (node.kind === "path") return withStage(node, { kind: "filter", node: filter });
  if (node.kind === "filtered") return { ...node, filters: [...node.filters, filter] };
  return { kind: "filtered", node, filters: [filter], keep: false, position: node.position };
}

/** `node[]`: a result stays a list, even of one. */
export function keepArray(node: Node): Node {
  if (node.kind === "path") return withLast(node, (step) => ({ ...step, keep: true }));
  if (node.kind === "filtered") return { ...node, keep: true };
  return { kind: "filtered", node, filters: [], keep: true, position: node.position };
}

/** `node{key: value}` */
export function addGroup(node: Node, group: readonly Pair[], position: number): Node {
  if (hasGroup(node)) throw new JsonataError("S0210", { position });
  if (node.kind === "path") return { ...node, group, groupPosition: position };
  if (node.kind === "filtered") return { ...node, group, groupPosition: position };
  return { kind: "filtered", node, filters: [], group, groupPosition: position, keep: false, position: node.position };
}

/** `node@$name` */
export function addFocus(node: Node, name: string, position: number): Node {
  const last = node.kind === "path" ? node.steps.at(-1) : undefined;
  const filtered = last?.node ?? node;
  const isFiltered = (filtered.kind === "filtered" && filtered.filters.length > 0) || last?.stages.some((stage) => stage.kind === "filter");
  if (isFiltered === true) throw new JsonataError("S0215", { position });
  if (last?.node.kind === "sort") throw new JsonataError("S0216", { position });
  if (node.kind === "path") return withLast(node, (step) => ({ ...step, focus: name }));
  // It is bound where this becomes a step of a path.
  if (node.kind === "filtered") return { ...node, focus: name };
  return { kind: "filtered", node, filters: [], focus: name, keep: false, position: node.position };
}

/** `node#$name` */
export function addIndex(node: Node, name: string): Node {
  const path: Path = node.kind === "path" ? node : { kind: "path", steps: [asOnlyStep(node)], position: node.position };
  return withStage(path, { kind: "index", name });
}

/** `node^(terms)` */
export function addSort(node: Node, terms: readonly Term[], position: number): Node {
  const path: Path = node.kind === "path" ? node : { kind: "path", steps: [asOnlyStep(node)], position };
  return { ...path, steps: [...path.steps, asStep({ kind: "sort", terms, position })] };
}

function hasGroup(node: Node): boolean {
  return (node.kind === "path" || node.kind === "filtered") && node.group !== undefined;
}

function withStage(path: Path, stage: Stage): Path {
  return withLast(path, (step) => ({ ...step, stages: [...step.stages, stage] }));
}

function withLast(path: Path, change: (step: Step) => Step): Path {
  return { ...path, steps: path.steps.map((step, index) => (index === path.steps.length - 1 ? change(step) : step)) };
}
