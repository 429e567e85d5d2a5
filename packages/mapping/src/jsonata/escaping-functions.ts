import { functions } from "../compiled/functions/index.ts";
import type { Call, Node } from "../compiled/tree.ts";
import { isFunction } from "../compiled/values.ts";

/** Functions of the language that call the functions they get, and keep none. */
const CALLERS = new Set(["map", "filter", "single", "reduce", "sort", "each", "sift", "replace", "match", "split", "contains"]);

/** Whether a function could be part of what an expression yields; false only if none can. */
export function mayYieldFunction(tree: unknown): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  if (!("kind" in tree)) return Object.values(tree).some(mayYieldFunction);
  // What has a kind is a node, or a stage around one.
  const node = tree as Node;
  switch (node.kind) {
    case "lambda":
    case "regex":
    case "partial":
    case "transform":
      return true;
    case "variable":
      return functions.has(node.name);
    case "call":
      return callMayYieldFunction(node, false);
    case "binary":
      if (node.operator !== "~>") break;
      return (
        mayYieldFunction(node.left) || (node.right.kind === "call" ? callMayYieldFunction(node.right, true) : usedMayYield(node.right))
      );
    default:
      break;
  }
  return Object.values(node).some(mayYieldFunction);
}

function callMayYieldFunction({ procedure, arguments: values }: Call, isChained: boolean): boolean {
  const name = procedure.kind === "variable" && functions.has(procedure.name) ? procedure.name : undefined;
  if (name === undefined) return usedMayYield(procedure) || values.some(mayYieldFunction);
  return values.some((value, index) => {
    const place = isChained ? index + 1 : index;
    const isCalled = CALLERS.has(name) && place >= 1 && !(name === "reduce" && place >= 2);
    return isCalled ? usedMayYield(value) : mayYieldFunction(value);
  });
}

/** A function that is called and not kept yields one only if its own parts do. */
function usedMayYield(node: Node): boolean {
  switch (node.kind) {
    case "lambda":
      return mayYieldFunction(node.body);
    case "transform":
      return [node.pattern, node.update, node.remove].some(mayYieldFunction);
    case "regex":
      return false;
    case "variable":
      return !functions.has(node.name);
    default:
      return mayYieldFunction(node);
  }
}

/** Whether a function is somewhere in a value. */
export function holdsFunction(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value === "function" || isFunction(value)) return true;
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((part) => holdsFunction(part, seen));
}
