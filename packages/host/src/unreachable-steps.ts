import type { AppDefinition, Finding, StepNode } from "@portolan/core";
import { patterns, type FlowEnds } from "@portolan/engine";
import { stepLists } from "./app-contents.ts";

/** A warning for the first step of each list that no message can come to, since one before it ends them all. */
export function unreachableSteps({ routes, errors }: AppDefinition): readonly Finding[] {
  const byName = new Map(patterns.map((pattern) => [pattern.name, pattern]));
  return routes.flatMap((route) => {
    const clauses = [...route.onError, ...errors.onError];
    const failuresGoOn = clauses.some(({ outcome }) => outcome === "continue");
    const flow: FlowEnds = { list: (steps) => steps.some(ends), failuresGoOn };
    const ends = ({ pattern, options }: StepNode): boolean => byName.get(pattern)?.ends?.(options, flow) ?? false;
    return stepLists(route).flatMap((steps) => {
      const last = steps.findIndex(ends);
      const unreachable = steps[last + 1];
      return last < 0 || unreachable === undefined ? [] : [warning(unreachable, steps[last])];
    });
  });
}

function warning({ path, pattern, place }: StepNode, last: StepNode | undefined): Finding {
  return {
    path,
    message: `no message can come to this ${pattern}: none goes on after the ${last?.pattern} before it`,
    hint: "take it out, or put it before what ends the messages",
    ...(place === undefined ? {} : { place }),
  };
}
