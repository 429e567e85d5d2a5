import { compile } from "./compile.ts";
import { withinStack } from "./errors.ts";
import type { Frame, Limits, Run } from "./frame.ts";
import { functions } from "./functions/index.ts";
import { type Journal, recall, replay } from "./journal.ts";
import { parse } from "./parser.ts";
import type { Node } from "./tree.ts";
import { createFunction, type FunctionValue, isList, marks } from "./values.ts";

export interface JsonataOptions {
  readonly limits?: Limits;
  /** The instant of an evaluation in milliseconds; the system's clock by default. */
  readonly now?: () => number;
  /** At least 0, less than 1. */
  readonly random?: () => number;
  /** Those that an expression can call; by default the language's own. */
  readonly functions?: ReadonlyMap<string, FunctionValue>;
}

export interface JsonataExpression {
  /** The value for an input, at once, or as a promise if a bound function answers with one; functions among the bindings are called as functions of the expression. */
  evaluate(input: unknown, bindings?: Readonly<Record<string, unknown>>): unknown;
}

const LIMITS: Required<Limits> = { depth: 1_000, steps: Number.POSITIVE_INFINITY, timeMs: 10_000, sequence: 10_000_000 };

/**
 * Compiles a JSONata expression to closures. It reads own properties only, evaluates at once, and holds to limits; what is
 * wrong is a JsonataError.
 *
 * @example
 * jsonata("items[price > 5].name").evaluate({ items: [{ name: "a", price: 9 }] }); // "a"
 */
export function jsonata(text: string, options: JsonataOptions = {}): JsonataExpression {
  return withinStack(() => compileTree(parse(text), options));
}

/** The same of a tree that was parsed before. */
export function compileTree(tree: Node, options: JsonataOptions): JsonataExpression {
  const evaluate = compile(tree);
  const limits = { ...LIMITS, ...options.limits };
  // Nothing is ever bound in this frame, since every evaluation has one of its own.
  const root: Frame = {
    variables: (options.functions ?? functions) as Map<string, unknown>,
    parent: undefined,
    run: createRun(options, limits),
    ancestors: undefined,
  };
  return {
    evaluate(input, bindings) {
      if (bindings === undefined) return once(input, createRun(options, limits), new Map());
      const journal: Journal = { entries: [], next: 0 };
      const instant = (options.now ?? Date.now)();
      const random = (): number => Number(recall(journal, options.random ?? Math.random));
      const variables = (): Map<string, unknown> =>
        new Map(Object.entries(bindings).map(([name, value]) => [name, bound(name, value, journal)]));
      return replay(journal, () => once(input, createRun({ now: () => instant, random }, limits), variables()));
    },
  };

  function once(input: unknown, run: Run, variables: Map<string, unknown>): unknown {
    const frame: Frame = { variables, parent: root, run, ancestors: undefined };
    frame.variables.set("$", input);
    const context = isList(input) ? [input] : input;
    if (isList(context)) marks.outer.add(context);
    return withinStack(() => evaluate(context, frame));
  }
}

function createRun({ now = Date.now, random = Math.random }: JsonataOptions, limits: Required<Limits>): Run {
  return { now, random, limits, instant: undefined, deadline: undefined, depth: 0, steps: 0 };
}

function bound(name: string, value: unknown, journal: Journal): unknown {
  if (typeof value !== "function") return value;
  return createFunction({
    name,
    arity: value.length,
    invoke: (args) => recall(journal, () => (value as (...args: readonly unknown[]) => unknown)(...args)),
  });
}
