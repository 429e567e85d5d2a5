import type { ParsedNode } from "yaml";
import { loadYaml } from "./load-yaml.ts";

interface NodeFault {
  readonly message: string;
  readonly offset: number;
}

/** What the library does not refuse, or only slowly: names that occur twice in a map, aliases of nothing and within what they stand for. */
export function findNodeFault(root: ParsedNode | null): NodeFault | undefined {
  const { isAlias, isMap, isScalar, isSeq } = loadYaml();

  const anchors = new Set<string>();

  function find(node: ParsedNode | null, open: readonly string[]): NodeFault | undefined {
    if (isAlias(node)) {
      const offset = node.range[0];
      if (open.includes(node.source)) return { message: `the alias *${node.source} stands within what it stands for`, offset };
      return anchors.has(node.source) ? undefined : { message: `expected an anchor &${node.source} before its alias, found none`, offset };
    }
    if (node?.anchor !== undefined) anchors.add(node.anchor);
    if (!isMap(node) && !isSeq(node)) return undefined;
    const within = node.anchor === undefined ? open : [...open, node.anchor];
    if (isSeq(node)) return first(node.items, (item) => find(item as ParsedNode, within));
    const names = new Set<unknown>();
    return first(node.items, ({ key, value }) => {
      const name = isScalar(key) ? key.value : undefined;
      if (names.has(name)) return { message: `expected each name once, found ${JSON.stringify(name)} twice`, offset: key.range[0] };
      names.add(name);
      return find(key, within) ?? find(value, within);
    });
  }

  return find(root, []);
}

function first<Item>(items: readonly Item[], find: (item: Item) => NodeFault | undefined): NodeFault | undefined {
  for (const item of items) {
    const fault = find(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
