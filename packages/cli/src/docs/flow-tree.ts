import {
  isConstantExpression,
  isLanguageExpression,
  isRecord,
  isStandardSchema,
  type RouteDefinition,
  type StepNode,
} from "@portolan/core";
import { patterns } from "@portolan/engine";
import { isStep } from "@portolan/host";
import { targetWords } from "./app-links.ts";

/** A route as a picture shows it: what happens one after another, and where the ways part. */
export interface FlowNode {
  readonly kind: "source" | "step" | "send";
  readonly title: string;
  readonly detail: string;
  readonly branches: readonly FlowBranch[];
}

export interface FlowBranch {
  readonly label: string;
  readonly nodes: readonly FlowNode[];
}

/** The sources and steps of a route. `shown` puts names of variables in place of their values. */
export function flowTree({ from, steps }: RouteDefinition, shown: (text: string) => string): readonly FlowNode[] {
  const titles = new Map(patterns.map(({ name, title }) => [name, title]));
  const words = (text: string) => shown(text.replaceAll(/\s+/g, " ").trim());

  const sources = from.map((source): FlowNode => {
    if (source.kind === "channel") return { kind: "source", title: "Channel", detail: source.channel, branches: [] };
    const { connector, options } = source;
    // The options were read by the source's own specs.
    return { kind: "source", title: connector.title, detail: words(connector.source?.describe(options as never) ?? ""), branches: [] };
  });

  function stepNode({ pattern, options, note }: StepNode): FlowNode {
    const target = targetIn(options);
    const branches = branchesIn(options, "").map(({ label, steps: inner }) => ({ label: words(label), nodes: inner.map(stepNode) }));
    const own = words(target ?? note ?? expressionIn(options) ?? "");
    // The condition of a way stands at the way.
    const detail = branches.some(({ label }) => label === own) ? "" : own;
    return { kind: target === undefined ? "step" : "send", title: titles.get(pattern) ?? pattern, detail, branches };
  }

  const beginning: readonly FlowNode[] =
    sources.length > 1
      ? [{ kind: "step", title: "From any of", detail: "", branches: sources.map((source) => ({ label: "", nodes: [source] })) }]
      : sources;
  return [...beginning, ...steps.map(stepNode)];
}

interface StepBranch {
  readonly label: string;
  readonly steps: readonly StepNode[];
}

/** The blocks of a step, each called by the condition beside it, or by its key. */
function branchesIn(value: unknown, key: string): readonly StepBranch[] {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isStep)) return [{ label: key === "steps" ? "" : key, steps: value }];
    return value.flatMap((item) => branchesIn(item, key));
  }
  if (!isRecord(value) || isStandardSchema(value) || value["kind"] === "connector") return [];
  const condition = expressionIn(value);
  return Object.entries(value)
    .flatMap(([inner, part]) => branchesIn(part, inner))
    .map((branch) => (branch.label === "" && condition !== undefined && key !== "" ? { ...branch, label: condition } : branch));
}

/** The first target that a step itself names. */
function targetIn(value: unknown): string | undefined {
  if (isRecord(value) && typeof value["kind"] === "string") {
    const words = targetWords(value);
    if (words !== undefined) return words;
  }
  for (const part of ownParts(value)) {
    const found = targetIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first expression that a step itself has, as it is written. */
function expressionIn(value: unknown): string | undefined {
  if (typeof value === "function") return String(value);
  if (isLanguageExpression(value)) return value.text;
  if (isConstantExpression(value)) return typeof value.constant === "string" ? value.constant : (JSON.stringify(value.constant) ?? "");
  for (const part of ownParts(value)) {
    const found = expressionIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is below a value, but for steps and contracts, which are things of their own. */
function ownParts(value: unknown): readonly unknown[] {
  if (isStandardSchema(value)) return [];
  const parts = Array.isArray(value) ? value : isRecord(value) && value["kind"] !== "connector" ? Object.values(value) : [];
  return parts.filter((part) => !isStep(part));
}
