/** What is read of jsonata's syntax tree; the keys of a node depend on its type. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number | undefined;
  readonly steps?: unknown;
  readonly lhs?: unknown;
  readonly rhs?: unknown;
  readonly keepArray?: unknown;
  readonly keepSingletonArray?: unknown;
  readonly expression?: unknown;
  readonly expressions?: unknown;
  readonly condition?: unknown;
  readonly then?: unknown;
  readonly else?: unknown;
  readonly procedure?: unknown;
  readonly arguments?: unknown;
}

/** The first node of a tree that a test accepts. */
export function anyNode(tree: unknown, accepts: (node: Node) => boolean): Node | undefined {
  if (typeof tree !== "object" || tree === null) return undefined;
  if (isNode(tree) && accepts(tree)) return tree;
  for (const part of Object.values(tree)) {
    const found = anyNode(part, accepts);
    if (found) return found;
  }
  return undefined;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
