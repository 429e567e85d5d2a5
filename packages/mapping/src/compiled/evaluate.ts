import type { Frame } from "./frame.ts";
import type { Node } from "./tree.ts";
import type { FunctionValue } from "./values.ts";

/** A compiled node. */
export type Evaluate = (input: unknown, frame: Frame) => unknown;

/** Compiles the nodes within a node. */
export interface Compile {
  (node: Node, isTail?: boolean): Evaluate;
  /** The function of the language that a name stands for everywhere in the expression; undefined if it may stand for something else. */
  readonly functionOf: (name: string) => FunctionValue | undefined;
}

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
