import type { Frame } from "./frame.ts";
import type { Node } from "./tree.ts";

/** A compiled node. */
export type Evaluate = (input: unknown, frame: Frame) => unknown;

/** Compiles the nodes within a node. */
export type Compile = (node: Node, isTail?: boolean) => Evaluate;
