import type { StepNode, TargetNode } from "@portolan/core";

/** A target and the step that it belongs to. */
export interface FoundTarget {
  readonly target: TargetNode;
  readonly step: Pick<StepNode, "path" | "place"> | undefined;
}

const KINDS: readonly unknown[] = ["channel", "route", "record", "address", "connector"] satisfies readonly TargetNode["kind"][];
/** Parts of the tree that hold no targets, or values that are not the tree's. */
const CLOSED: readonly string[] = ["connector", "contract", "from", "input", "output"];

/** Every target in a part of the tree, wherever patterns put them. */
export function* targetsOf(value: unknown, step?: FoundTarget["step"]): Iterable<FoundTarget> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* targetsOf(item, step);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  if (isTarget(value)) {
    yield { target: value, step };
    return;
  }
  const within = isStep(value) ? value : step;
  for (const [key, child] of Object.entries(value)) if (!CLOSED.includes(key)) yield* targetsOf(child, within);
}

/** The reader makes targets, and nothing else in the tree has one of these kinds. */
function isTarget(value: object): value is TargetNode {
  return "kind" in value && KINDS.includes(value.kind);
}

function isStep(value: object): value is StepNode {
  return "pattern" in value && "path" in value && "options" in value;
}
