import type { SourceNode, StepNode, TargetNode } from "@portolan/core";

/** A target or a source, and the step that it belongs to. */
export interface FoundEndpoint {
  readonly endpoint: TargetNode | SourceNode;
  readonly step: Pick<StepNode, "path" | "place"> | undefined;
}

const KINDS: readonly unknown[] = ["channel", "route", "record", "address", "connector"] satisfies readonly TargetNode["kind"][];
/** Parts of the tree that hold no endpoints, or values that are not the tree's. */
const CLOSED: readonly string[] = ["connector", "contract", "input", "output"];

/** Every target and source in a part of the tree, wherever patterns put them. */
export function* endpointsOf(value: unknown, step?: FoundEndpoint["step"]): Iterable<FoundEndpoint> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* endpointsOf(item, step);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  if (isEndpoint(value)) {
    yield { endpoint: value, step };
    return;
  }
  const within = isStep(value) ? value : step;
  for (const [key, child] of Object.entries(value)) if (!CLOSED.includes(key)) yield* endpointsOf(child, within);
}

/** The reader makes endpoints, and nothing else in the tree has one of these kinds. */
function isEndpoint(value: object): value is TargetNode | SourceNode {
  return "kind" in value && KINDS.includes(value.kind);
}

function isStep(value: object): value is StepNode {
  return "pattern" in value && "path" in value && "options" in value;
}
