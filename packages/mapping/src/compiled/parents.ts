import { JsonataError } from "./errors.ts";
import type { Node, Path, Step } from "./tree.ts";

/** Refuses a `%` where no step before it gives a parent. `known` counts the parents of the context. */
export function checkParents(value: unknown, known = 0): void {
  if (typeof value !== "object" || value === null) return;
  // What cannot be called is reported when it is called.
  if ("kind" in value && value.kind === "call" && "arguments" in value && "procedure" in value && isParent(value.procedure))
    checkParents(value.arguments, known);
  else if (isPath(value)) checkPath(value, known);
  else for (const part of Object.values(value)) checkParents(part, known);
}

function isParent(value: unknown): boolean {
  return typeof value === "object" && value !== null && isPath(value) && value.steps.length === 1 && value.steps[0]?.node.kind === "parent";
}

function isPath(value: object): value is Path {
  return "kind" in value && value.kind === "path";
}

function checkPath(path: Path, known: number): void {
  let count = known;
  for (const step of path.steps) count = checkStep(step, count);
  checkParents(path.group, count);
}

function checkStep(step: Step, known: number): number {
  const { node } = step;
  if (node.kind === "parent" && known < 1) throw new JsonataError("S0217", { position: node.position, token: "%" });
  if (node.kind !== "filtered") checkParents(node, known);
  const after = parentsAfter(node, known);
  if (node.kind === "filtered") {
    checkParents(node.node, known);
    checkParents(node.filters, after);
    checkParents(node.group, after);
  }
  checkParents(step.stages, after);
  return after;
}

function parentsAfter(node: Node, known: number): number {
  switch (node.kind) {
    case "parent":
      return known - 1;
    case "variable":
      return node.name === "" ? known : 0;
    case "object":
    case "literal":
      return 0;
    case "sort":
      return known;
    case "filtered":
      return parentsAfter(node.node, known);
    case "block": {
      const last = node.expressions.at(-1);
      return last?.kind === "path" ? last.steps.reduce((count, step) => parentsAfter(step.node, count), known) : known + 1;
    }
    default:
      return known + 1;
  }
}
