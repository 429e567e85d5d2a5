import type { Node } from "../compiled/tree.ts";
import type { CallRule } from "./call-rules.ts";
import type { Shape } from "./shape.ts";

/** What a part of an expression says that cannot be meant. */
export interface ShapeFinding {
  readonly message: string;
  /** The end of the token that it is about. */
  readonly position: number;
  readonly token?: string;
  readonly hint?: string;
  /** Whether it fails whatever the message. */
  readonly isCertain?: boolean;
}

/** What an expression sees at one place. */
export interface Scope {
  readonly input: Shape;
  readonly variables: Variables;
  readonly about: About;
}

export interface Variables {
  readonly own: Map<string, Binding>;
  readonly outer?: Variables | undefined;
}

export interface Binding {
  readonly shape: Shape;
  /** The function written in the expression. */
  readonly lambda?: Extract<Node, { kind: "lambda" }>;
}

/** What is the same in a whole expression. */
export interface About {
  readonly root: Shape;
  /** The rule of a function of the language or of the app; undefined if there is none of that name. */
  rule(name: string): CallRule | undefined;
  readonly functionNames: readonly string[];
  report(finding: ShapeFinding): void;
}

export function lookUp(variables: Variables, name: string): Binding | undefined {
  return variables.own.get(name) ?? (variables.outer === undefined ? undefined : lookUp(variables.outer, name));
}

export function within(scope: Scope, input: Shape = scope.input): Scope {
  return { ...scope, input, variables: { own: new Map(), outer: scope.variables } };
}

/** What a node yields; handed to those who look at parts of it, since they are looked at by it. */
export type Infer = (node: Node, scope: Scope) => Shape;
