import { describeValue, isRecord, option, optional, readOptions, unknownKey, type StepNode } from "@portolan/core";
import type { TreeContext } from "./tree-context.ts";

/** What a step may have beside its pattern. */
const stepOptions = {
  id: optional(option.name, "Its name, unique in the route"),
  note: optional(option.name, "What one should know about it"),
  disabled: optional(option.boolean, "As if it were not there"),
};
const STEP_KEYS = Object.keys(stepOptions);

/** Reads a list of steps. Disabled ones are checked, then left out. */
export function readSteps(value: unknown, context: TreeContext): readonly StepNode[] | undefined {
  if (!Array.isArray(value)) {
    context.report({ message: "steps must be a list", expected: "a list of steps", found: describeValue(value) });
    return undefined;
  }
  const steps: StepNode[] = [];
  let complete = true;
  for (const [index, raw] of value.entries()) {
    const step = readStep(raw, context.at(index));
    if (step === undefined) complete = false;
    else if (step !== "disabled") steps.push(step);
  }
  return complete ? steps : undefined;
}

function readStep(raw: unknown, context: TreeContext): StepNode | "disabled" | undefined {
  const { patterns } = context.reading.registry;
  const names = patterns.map((pattern) => pattern.name);
  if (!isRecord(raw)) {
    context.report({
      message: "a step must be a map with one pattern key",
      expected: `one of ${names.join(", ")}`,
      found: describeValue(raw),
    });
    return undefined;
  }
  const keys = Object.keys(raw).filter((key) => !STEP_KEYS.includes(key) && raw[key] !== undefined);
  const used = keys.filter((key) => names.includes(key));
  for (const key of keys) if (!used.includes(key)) context.at(key).report(unknownKey(key, [...names, ...STEP_KEYS]));
  if (used.length !== 1) {
    if (used.length > 1 || keys.length === 0) {
      context.report({
        message: "a step has exactly one pattern key",
        expected: `one of ${names.join(", ")}`,
        found: used.length === 0 ? "none" : used.join(" and "),
        hint: "write two steps",
      });
    }
    return undefined;
  }
  if (keys.length > 1) return undefined;
  const [name] = used;
  const pattern = patterns.find((one) => one.name === name);
  if (pattern === undefined || name === undefined) return undefined;
  const options = pattern.options.read(raw[name], context.at(name));
  const own = readOptions(stepOptions, Object.fromEntries(STEP_KEYS.map((key) => [key, raw[key]])), context);
  if (own === undefined || options === undefined) return undefined;
  if (own.disabled === true) return "disabled";
  return {
    id: own.id ?? positionOf(context.segments),
    pattern: name,
    // A pattern's options are whatever its type reads; only its own `compile` sees them.
    options: options as StepNode["options"],
    note: own.note,
    path: context.path,
    place: context.place(),
  };
}

/** Lists whose items are no steps but hold some. */
const ARMS: readonly unknown[] = ["when", "catch", "actions", "onError", "onComplete", "intercept"];

/** A step's default id: its position in the route, such as `2.0`; lists beside the route's steps, and arms, keep their names. */
function positionOf(segments: readonly (string | number)[]): string {
  const depth = segments[0] === "routes" ? 2 : segments[0] === "templates" ? 3 : 0;
  const own = segments.slice(segments[depth] === "steps" ? depth + 1 : depth);
  const parts: (string | number)[] = [];
  for (const [index, segment] of own.entries()) {
    // After a step's position stands its pattern; after the position of an arm, what the arm has.
    const isPattern = typeof own[index - 1] === "number" && !ARMS.includes(own[index - 2]);
    if (typeof segment === "number") parts.push(segment);
    else if (!isPattern && !["steps", "when"].includes(segment)) parts.push(segment);
  }
  return parts.join(".");
}
