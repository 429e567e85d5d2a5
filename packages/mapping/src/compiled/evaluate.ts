import type { Frame } from "./frame.ts";

/** A compiled node. */
export type Evaluate = (input: unknown, frame: Frame) => unknown;

const constants = new WeakMap<Evaluate, { readonly value: unknown }>();

/** What yields the same value always. */
export function createConstant(value: unknown): Evaluate {
  const evaluate: Evaluate = () => value;
  constants.set(evaluate, { value });
  return evaluate;
}

export function constantOf(evaluate: Evaluate): { readonly value: unknown } | undefined {
  return constants.get(evaluate);
}
