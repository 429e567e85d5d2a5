import { PortolanError, type Expression, type Message } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";
import { keyOf } from "../../runtime/values.ts";

export interface PickerOptions {
  readonly strategy: "roundRobin" | "random" | "weighted" | "sticky" | "failover";
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly key?: Expression | undefined;
  readonly maxKeys: number;
}

/** Chooses a target: its index. */
export type Picker = (message: Message) => number | Promise<number>;

export function createPicker(names: readonly string[], options: PickerOptions, compiler: StepCompiler): Picker {
  switch (options.strategy) {
    case "random":
      return () => Math.floor(compiler.random.next() * names.length);
    case "weighted":
      return weighted(names, options.weights, compiler);
    case "sticky":
      return sticky(names.length, options, compiler);
    default:
      return inTurn(names.length);
  }
}

function inTurn(count: number): () => number {
  let next = 0;
  return () => {
    const index = next;
    next = (next + 1) % count;
    return index;
  };
}

/** Rounds over the targets in order, each as often as its weight, skipping those used up, until all are; then anew. */
function weighted(names: readonly string[], weights: PickerOptions["weights"], compiler: StepCompiler): Picker {
  if (weights === undefined || names.some((name) => weights[name] === undefined) || Object.keys(weights).length !== names.length) {
    compiler.invalid(
      "the weights must name every target",
      names.join(", "),
      weights === undefined ? "no weights" : Object.keys(weights).join(", "),
    );
    return () => 0;
  }
  const left: number[] = names.map(() => 0);
  let next = 0;
  return () => {
    if (!left.some((count) => count > 0)) {
      for (const [index, name] of names.entries()) left[index] = weights[name] ?? 1;
      next = 0;
    }
    while (left[next] === 0) next = (next + 1) % names.length;
    const index = next;
    left[index] = (left[index] ?? 1) - 1;
    next = (next + 1) % names.length;
    return index;
  };
}

/** Each new key gets the next target in turn, and keeps it. */
function sticky(count: number, { key, maxKeys }: PickerOptions, compiler: StepCompiler): Picker {
  if (key === undefined) {
    compiler.invalid("a sticky balancer needs a key", "key", "nothing");
    return () => 0;
  }
  const evaluate = compiler.expression(key);
  const next = inTurn(count);
  const assigned = new Map<string, number>();
  return (message) =>
    andThen(evaluate(message), (value) => {
      const name = keyOf(value);
      if (name === undefined) throw new PortolanError("PORTOLAN_KEY_MISSING", "the key of the sticky load balancer is missing");
      const index = assigned.get(name) ?? next();
      assigned.delete(name);
      assigned.set(name, index);
      const [oldest] = assigned.keys();
      if (assigned.size > maxKeys && oldest !== undefined) assigned.delete(oldest);
      return index;
    });
}
