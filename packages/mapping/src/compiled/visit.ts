import type { Node } from "./tree.ts";

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
