import type { Node, Path } from "./tree.ts";

/** Whether a path binds variables to its steps, or looks back at the parents of what it found. */
export function needsTuples(path: Path): boolean {
  return (
    path.steps.some((step) => step.focus !== undefined || step.stages.some((stage) => stage.kind === "index") || holdsParent(step)) ||
    holdsParent(path.group)
  );
}

const known = new WeakMap<object, boolean>();

function holdsParent(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const before = known.get(value);
  if (before !== undefined) return before;
  const answer = (value as Node).kind === "parent" || Object.values(value).some((part) => holdsParent(part));
  known.set(value, answer);
  return answer;
}

/** The first node of a tree that is accepted. */
export function findNode(tree: unknown, accepts: (node: Node) => boolean): Node | undefined {
  if (typeof tree !== "object" || tree === null) return undefined;
  // What has a kind and a position is a node.
  if ("kind" in tree && "position" in tree && accepts(tree as Node)) return tree as Node;
  for (const part of Object.values(tree)) {
    const found = findNode(part, accepts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names that an expression binds anywhere. */
export function boundNames(tree: unknown, names = new Set<string>()): Set<string> {
  if (typeof tree !== "object" || tree === null) return names;
  if ("kind" in tree && (tree.kind === "bind" || tree.kind === "index") && "name" in tree) names.add(String(tree.name));
  if ("focus" in tree) names.add(String(tree.focus));
  if ("parameters" in tree && Array.isArray(tree.parameters)) for (const name of tree.parameters) names.add(String(name));
  for (const part of Object.values(tree)) boundNames(part, names);
  return names;
}
