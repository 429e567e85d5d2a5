import { PortolanError } from "@portolan/core";

/** How deep names such as `filter[a][b]` are followed; deeper ones are refused. */
const DEEPEST = 8;

type Tree = Map<string, unknown>;

/** The map that names such as `filter[a]`, `filter[a][b]` and `filter[a][]` write; undefined if none of the pairs is of it. */
export function deepObject(name: string, pairs: readonly (readonly [string, string])[]): Readonly<Record<string, unknown>> | undefined {
  const root: Tree = new Map();
  let isThere = false;
  for (const [key, value] of pairs) {
    if (!key.startsWith(`${name}[`) || !key.endsWith("]")) continue;
    isThere = true;
    const keys = key.slice(name.length + 1, -1).split("][");
    if (keys.length > DEEPEST) throw refused(name, `${keys.length} levels, and at most ${DEEPEST} are read`);
    put(root, keys, { name, value });
  }
  return isThere ? plain(root) : undefined;
}

interface Given {
  readonly name: string;
  readonly value: string;
}

function put(tree: Tree, [key = "", ...rest]: readonly string[], given: Given): void {
  const before = tree.get(key);
  if (rest.length === 0 || (rest.length === 1 && rest[0] === "")) {
    if (before instanceof Map) throw refused(given.name, `${key} as a value and as a map`);
    // A name that occurs again is a list, as one that ends in [] is.
    if (rest.length === 1 || before !== undefined)
      tree.set(key, [...(Array.isArray(before) ? before : before === undefined ? [] : [before]), given.value]);
    else tree.set(key, given.value);
    return;
  }
  if (before !== undefined && !(before instanceof Map)) throw refused(given.name, `${key} as a value and as a map`);
  const inner: Tree = before ?? new Map();
  tree.set(key, inner);
  put(inner, rest, given);
}

/** Keys 0, 1, 2 … make a list. */
function plain(tree: Tree): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...tree].map(([key, value]) => [key, value instanceof Map ? listOf(value) : value]));
}

function listOf(tree: Tree): unknown {
  const isList = [...tree.keys()].every((key, index) => key === String(index));
  const map = plain(tree);
  return isList ? Object.values(map) : map;
}

function refused(name: string, found: string): PortolanError {
  const path = `query.${name}`;
  const message = `has ${found}`;
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${path} ${message}`, { findings: [{ path, message }] });
}
