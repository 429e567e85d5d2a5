import type { Evaluate } from "./evaluate.ts";
import type { TakeSite } from "./sites/hot.ts";
import type { Node } from "./tree.ts";
import type { FunctionValue } from "./values.ts";

/** Compiles the nodes within a node. */
export interface Compile {
  (node: Node, isTail?: boolean): Evaluate;
  /** The same, for who takes the variables that a path binds with its values. */
  readonly stream: (node: Node) => Evaluate;
  /** The function of the language that a name stands for everywhere in the expression; undefined if it may stand for something else. */
  readonly functionOf: (name: string) => FunctionValue | undefined;
  /** For an expression that is evaluated often, closures of its own. */
  readonly takeSite: TakeSite | undefined;
}
