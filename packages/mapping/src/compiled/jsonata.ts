import { createCompiler } from "./compile.ts";
import { isStackOverflow, JsonataError, withinStack } from "./errors.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Frame, type Limits, type Run, STRETCH } from "./frame.ts";
import { functions } from "./functions/index.ts";
import { type Journal, recall, replay } from "./journal.ts";
import { parse } from "./parser.ts";
import type { Node } from "./tree.ts";
import { createFunction, type FunctionValue, isList, marks } from "./values.ts";
import { boundNames } from "./visit.ts";

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
  const known = options.functions ?? functions;
  const taken = boundNames(tree);
  const functionOf = (name: string): FunctionValue | undefined => (taken.has(name) ? undefined : known.get(name));
  const evaluate = createCompiler(functionOf)(tree);
  const { now = Date.now, random = Math.random } = options;
  const setting = { limits: { ...LIMITS, ...options.limits }, functions: known };
  let general: Evaluate | undefined;

  return {
    evaluate(input, bindings) {
      if (bindings === undefined) return once(evaluate, input, { names: INPUT, values: [input], run: createRun({ now, random }, setting) });
      const names = Object.keys(bindings);
      // What is bound may have the name of a function of the language.
      const chosen = names.some((name) => known.has(name)) ? (general ??= createCompiler(() => undefined)(tree)) : evaluate;
      const journal: Journal = { entries: [], next: 0 };
      const instant = now();
      const chance = (): number => Number(recall(journal, random));
      return replay(journal, () =>
        once(chosen, input, {
          names: [...INPUT, ...names],
          values: [input, ...names.map((name) => bound(name, bindings[name], journal))],
          run: createRun({ now: () => instant, random: chance }, setting),
        }),
      );
    },
  };
}

function once(evaluate: Evaluate, input: unknown, { names, values, run }: Pick<Frame, "names" | "values" | "run">): unknown {
  const frame: Frame = { names, values, parent: undefined, run, ancestors: undefined };
  try {
    if (!isList(input)) return evaluate(input, frame);
    const context = [input];
    marks.outer.add(context);
    return evaluate(context, frame);
  } catch (thrown) {
    throw isStackOverflow(thrown) ? new JsonataError("D1011") : thrown;
  }
}

/** The variables of every evaluation: `$$`. */
const INPUT = ["$"];

function createRun({ now, random }: Pick<Run, "now" | "random">, { limits, functions: known }: Pick<Run, "limits" | "functions">): Run {
  const fuel = Math.min(STRETCH, limits.steps);
  return { now, random, limits, functions: known, instant: undefined, deadline: undefined, depth: 0, fuel, steps: fuel };
}

function bound(name: string, value: unknown, journal: Journal): unknown {
  if (typeof value !== "function") return value;
  return createFunction({
    name,
    arity: value.length,
    invoke: (args) => recall(journal, () => (value as (...args: readonly unknown[]) => unknown)(...args)),
  });
}
