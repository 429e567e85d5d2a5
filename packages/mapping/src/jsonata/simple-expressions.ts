import type { CompiledExpression, ExpressionScope } from "@portolan/core";
import { isNode, type Node } from "./syntax-tree.ts";

/** The answer of a simple expression that met data whose treatment is jsonata's own. */
export const UNDECIDED: unique symbol = Symbol("undecided");

type Path = readonly string[];
type Constant = string | number | boolean | null;

/**
 * Evaluates constants, paths of own properties, and comparisons of a path with a constant, as jsonata does but at once:
 * such expressions are most of a route's predicates and keys, and a promise for each costs more than the rest of the step.
 * UNDECIDED where a list is on the way or a comparison is an error. Undefined for any other expression.
 */
export function compileSimple(tree: Node): CompiledExpression | undefined {
  const constant = readConstant(tree);
  if (constant !== undefined) return () => constant;
  const path = readPath(tree);
  if (path) return (scope) => walk(scope, path);
  return tree.type === "binary" ? compileComparison(tree) : undefined;
}

function compileComparison(tree: Node): CompiledExpression | undefined {
  const { lhs, rhs, value: operator } = tree;
  if (!isNode(lhs) || !isNode(rhs) || !hasOnly(tree, ["type", "value", "position", "lhs", "rhs"])) return undefined;
  const path = readPath(lhs);
  const constant = readConstant(rhs);
  if (path === undefined || constant === undefined) return undefined;
  if (operator === "=" || operator === "!=") return equality(path, constant, operator === "=");
  const compare = typeof constant === "string" || typeof constant === "number" ? ORDER.get(operator) : undefined;
  return compare && order(path, constant, compare);
}

function equality(path: Path, constant: Constant, wanted: boolean): CompiledExpression {
  return (scope) => {
    const value = walk(scope, path);
    if (value === UNDECIDED) return UNDECIDED;
    return value === undefined ? false : (value === constant) === wanted;
  };
}

type Compare = (left: never, right: never) => boolean;

const ORDER: ReadonlyMap<unknown, Compare> = new Map<unknown, Compare>([
  ["<", (left, right) => left < right],
  ["<=", (left, right) => left <= right],
  [">", (left, right) => left > right],
  [">=", (left, right) => left >= right],
]);

function order(path: Path, constant: Constant, compare: Compare): CompiledExpression {
  return (scope) => {
    const value = walk(scope, path);
    if (value === undefined || value === UNDECIDED) return value;
    // Two texts or two numbers; anything else is jsonata's to refuse.
    return typeof value === typeof constant ? compare(value as never, constant as never) : UNDECIDED;
  };
}

function walk(scope: ExpressionScope, path: Path): unknown {
  let value: unknown = scope;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) return UNDECIDED;
    // jsonata sees no properties in what is marked as its own function, even where only data carry the mark.
    if ("_jsonata_lambda" in value || "_jsonata_function" in value) return UNDECIDED;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "function" ? UNDECIDED : value;
}

function readPath(node: Node): Path | undefined {
  if (node.type !== "path" || !hasOnly(node, ["type", "steps"]) || !Array.isArray(node.steps)) return undefined;
  const names = node.steps.map((step: unknown) =>
    isNode(step) && step.type === "name" && typeof step.value === "string" && hasOnly(step, ["type", "value", "position"])
      ? step.value
      : undefined,
  );
  return names.every((name) => name !== undefined) ? names : undefined;
}

function readConstant(node: Node): Constant | undefined {
  if (!["string", "number", "value"].includes(node.type) || !hasOnly(node, ["type", "value", "position"])) return undefined;
  const { value } = node;
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** A node with more (a predicate, a grouping) means more than what is read here. */
function hasOnly(node: Node, keys: readonly string[]): boolean {
  return Object.keys(node).every((key) => keys.includes(key));
}
