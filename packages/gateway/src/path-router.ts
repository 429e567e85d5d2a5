import { segmentsOfPattern, type MixedPart } from "./path-pattern.ts";

/** Finds what stands at a path among patterns such as `/orders/:id` and `/files/*`; see `checkPath` for what a pattern may be. */
export interface PathRouter<T> {
  add(pattern: string, value: T): void;
  /**
   * A plain segment goes before one with parameters in it, that before a parameter, and that before `*`. Parameters and the rest of the path, `*`, are decoded and may
   * be empty. Nothing stands at a path whose percent-encoding is broken.
   */
  find(path: string): FoundPath<T> | undefined;
}

export interface FoundPath<T> {
  readonly value: T;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<T> {
  readonly plain: Map<string, Node<T>>;
  /** Below segments with text and parameters, by what they match; those with the most text first. */
  readonly mixed: Mixed<T>[];
  /** Below a parameter, whatever its name: patterns that differ only in names lead to one place. */
  parameter: Node<T> | undefined;
  /** What takes the rest of the path. */
  rest: Leaf<T> | undefined;
  leaf: Leaf<T> | undefined;
}

interface Mixed<T> {
  readonly pattern: RegExp;
  readonly length: number;
  readonly node: Node<T>;
}

interface Leaf<T> {
  readonly value: T;
  readonly names: readonly string[];
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

export function createPathRouter<T>(): PathRouter<T> {
  const root = createNode<T>();
  /** Patterns without parameters by their whole path: most requests need no more than one look. */
  const whole = new Map<string, FoundPath<T>>();

  return {
    add(pattern, value) {
      const names: string[] = [];
      let node = root;
      for (const segment of segmentsOfPattern(pattern)) {
        switch (segment.kind) {
          case "rest":
            node.rest = { value, names: [...names, "*"] };
            return;
          case "plain":
            node = plainChild(node, segment.text);
            break;
          case "parameter":
            names.push(segment.name);
            node = node.parameter ??= createNode();
            break;
          case "mixed":
            names.push(...segment.parts.flatMap((part) => (typeof part === "string" ? [] : [part.name])));
            node = mixedChild(node, segment.parts);
        }
      }
      node.leaf = { value, names };
      if (names.length === 0) whole.set(pattern.replaceAll(/\\(.)/g, "$1"), { value, params: NO_PARAMS });
    },
    find(path) {
      const known = whole.get(path);
      if (known !== undefined) return known;
      if (!path.startsWith("/")) return undefined;
      const segments = segmentsOf(path);
      const taken: string[] = [];
      const leaf = search(root, { segments, taken }, 0);
      return leaf === undefined ? undefined : decoded(leaf, taken);
    },
  };
}

function createNode<T>(): Node<T> {
  return { plain: new Map(), mixed: [], parameter: undefined, rest: undefined, leaf: undefined };
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split("/");
}

function plainChild<T>(node: Node<T>, segment: string): Node<T> {
  const known = node.plain.get(segment);
  if (known !== undefined) return known;
  const made = createNode<T>();
  node.plain.set(segment, made);
  return made;
}

function mixedChild<T>(node: Node<T>, parts: readonly MixedPart[]): Node<T> {
  const pattern = new RegExp(`^${parts.map((part) => (typeof part === "string" ? literal(part) : "(.+?)")).join("")}$`, "s");
  const known = node.mixed.find((one) => one.pattern.source === pattern.source);
  if (known !== undefined) return known.node;
  const length = parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 0), 0);
  const made = { pattern, length, node: createNode<T>() };
  node.mixed.push(made);
  node.mixed.sort((a, b) => b.length - a.length);
  return made.node;
}

interface Search {
  readonly segments: readonly string[];
  /** The raw values of the parameters on the way that is being tried. */
  readonly taken: string[];
}

/** Goes back where a way that looked better leads nowhere. No node is looked at twice, so the patterns bound the steps, not the path. */
function search<T>(node: Node<T>, walk: Search, index: number): Leaf<T> | undefined {
  const { segments, taken } = walk;
  const segment = segments[index];
  if (segment === undefined) return node.leaf;
  const plain = node.plain.get(plainText(segment));
  const below = plain === undefined ? undefined : search(plain, walk, index + 1);
  if (below !== undefined) return below;
  for (const { pattern, node: next } of node.mixed) {
    const found = pattern.exec(segment);
    if (found === null) continue;
    const before = taken.length;
    taken.push(...found.slice(1));
    const leaf = search(next, walk, index + 1);
    if (leaf !== undefined) return leaf;
    taken.length = before;
  }
  if (node.parameter !== undefined) {
    taken.push(segment);
    const found = search(node.parameter, walk, index + 1);
    if (found !== undefined) return found;
    taken.pop();
  }
  if (node.rest !== undefined) taken.push(segments.slice(index).join("/"));
  return node.rest;
}

/** Text as it may stand in a request: each character as it is, or encoded. */
function literal(text: string): string {
  return [...text]
    .map((char) => {
      const encoded = [...Buffer.from(char)]
        .map((byte) => `%${[...byte.toString(16).padStart(2, "0")].map((digit) => `[${digit}${digit.toUpperCase()}]`).join("")}`)
        .join("");
      return `(?:${RegExp.escape(char)}|${encoded})`;
    })
    .join("");
}

/** What may be written either way is the same (RFC 3986, section 6.2.2.2); an encoded delimiter is not the delimiter. */
function plainText(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURI(segment);
  } catch {
    // Broken encoding is no plain segment; whether it is a parameter is seen below.
    return segment;
  }
}

function decoded<T>({ value, names }: Leaf<T>, taken: readonly string[]): FoundPath<T> | undefined {
  if (names.length === 0) return { value, params: NO_PARAMS };
  const params: Record<string, string> = {};
  try {
    for (const [index, name] of names.entries()) params[name] = decodeURIComponent(taken[index] ?? "");
  } catch {
    return undefined;
  }
  return { value, params };
}
