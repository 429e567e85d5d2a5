import { JsonataError } from "./errors.ts";
import type { Node, Pair, Path, Stage, Step, Term } from "./tree.ts";

/** A path of one step. */
export function asPath(node: Node): Path {
  return node.kind === "path" ? node : { kind: "path", steps: [asStep(node)], position: node.position };
}

function asStep(node: Node): Step {
  return { node, stages: [], keep: node.kind === "filtered" && node.keep };
}

/** `left.right`, with the steps of both in one path. */
export function joinPaths(left: Node, right: Node, position: number): Path {
  return { kind: "path", steps: [...stepsOf(left), ...stepsOf(right)], position, ...groupOf(left) };
}

function groupOf(node: Node): { group?: readonly Pair[] } {
  return node.kind === "path" && node.group !== undefined ? { group: node.group } : {};
}

function stepsOf(node: Node): readonly Step[] {
  if (node.kind === "path") return node.steps;
  // A text among the steps of a path is a name.
  if (node.kind === "literal" && typeof node.value === "string")
    return [asStep({ kind: "name", name: node.value, position: node.position })];
  return [asStep(node)];
}

/** `node[filter]` */
export function addFilter(node: Node, filter: Node, position: number): Node {
  if (hasGroup(node)) throw new JsonataError("S0209", { position });
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
  if (node.kind === "filtered") return { ...node, group };
  return { kind: "filtered", node, filters: [], group, keep: false, position: node.position };
}

/** `node@$name` */
export function addFocus(node: Node, name: string, position: number): Node {
  const path = asPath(node);
  const last = path.steps.at(-1);
  if (last !== undefined && last.stages.length > 0) throw new JsonataError("S0215", { position });
  if (last?.node.kind === "sort") throw new JsonataError("S0216", { position });
  return withLast(path, (step) => ({ ...step, focus: name, keep: step.keep }));
}

/** `node#$name` */
export function addIndex(node: Node, name: string): Node {
  return withStage(asPath(node), { kind: "index", name });
}

/** `node^(terms)` */
export function addSort(node: Node, terms: readonly Term[], position: number): Node {
  const path: Path = node.kind === "path" ? node : { kind: "path", steps: [asStep(node)], position };
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
