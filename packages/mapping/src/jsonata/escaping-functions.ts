import type { Call, Node } from "../compiled/tree.ts";
import { isFunction } from "../compiled/values.ts";
import { boundNames } from "../compiled/visit.ts";

/** Functions of the language that call the functions they get, and keep none. */
const CALLERS = new Set(["map", "filter", "single", "reduce", "sort", "each", "sift", "replace", "match", "split", "contains"]);

/** Whether a function could be part of what an expression yields; false only if none can. */
export function mayYieldFunction(tree: Node): boolean {
  const bound = boundNames(tree).add("").add("$");
  return mayYield(tree);

  function mayYield(part: unknown): boolean {
    if (typeof part !== "object" || part === null) return false;
    if (!("kind" in part)) return Object.values(part).some(mayYield);
    // What has a kind is a node, or a stage around one.
    const node = part as Node;
    switch (node.kind) {
      case "lambda":
      case "regex":
      case "partial":
      case "transform":
        return true;
      case "variable":
        return !bound.has(node.name);
      case "call":
        return callMayYield(node, false);
      case "binary":
        if (node.operator !== "~>") break;
        return mayYield(node.left) || (node.right.kind === "call" ? callMayYield(node.right, true) : usedMayYield(node.right));
      default:
        break;
    }
    return Object.values(node).some(mayYield);
  }

  function callMayYield({ procedure, arguments: values }: Call, isChained: boolean): boolean {
    const name = procedure.kind === "variable" && !bound.has(procedure.name) ? procedure.name : undefined;
    if (name === undefined) return usedMayYield(procedure) || values.some(mayYield);
    return values.some((value, index) => {
      const place = isChained ? index + 1 : index;
      const isCalled = CALLERS.has(name) && place >= 1 && !(name === "reduce" && place >= 2);
      return isCalled ? usedMayYield(value) : mayYield(value);
    });
  }

  /** A function that is called and not kept yields one only if its own parts do. */
  function usedMayYield(node: Node): boolean {
    switch (node.kind) {
      case "lambda":
        return mayYield(node.body);
      case "transform":
        return [node.pattern, node.update, node.remove].some(mayYield);
      case "regex":
      case "variable":
        return false;
      default:
        return mayYield(node);
    }
  }
}

/** Whether a function is somewhere in a value. */
export function holdsFunction(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value === "function" || isFunction(value)) return true;
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((part) => holdsFunction(part, seen));
}
