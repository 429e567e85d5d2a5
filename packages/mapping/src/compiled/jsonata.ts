import { createCompiler } from "./compile.ts";
import { translated, withinStack } from "./errors.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Frame, type Limits, type Run, STRETCH } from "./frame.ts";
import { functions } from "./functions/index.ts";
import { type Journal, recall, replay } from "./journal.ts";
import { parse } from "./parser.ts";
import { hotSites, type TakeSite } from "./sites/hot.ts";
import type { Node } from "./tree.ts";
import { createFunction, type FunctionValue, isList, marks } from "./values.ts";
import { boundNames, findNode } from "./visit.ts";

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

/** The same of a tree that was parsed before, from closures of its own from the start if they are given. */
export function compileTree(tree: Node, options: JsonataOptions, takeSite?: TakeSite): JsonataExpression {
  const known = options.functions ?? functions;
  const taken = boundNames(tree);
  const functionOf = (name: string): FunctionValue | undefined => (taken.has(name) ? undefined : known.get(name));
  const { now = Date.now, random = Math.random } = options;
  const setting: Setting = { limits: { ...LIMITS, ...options.limits }, functions: known, marksSequences: usesDistinct(tree) };
  // One evaluation after the other uses the same frame, where nothing can hold on to it.
  const shared = keepsNoFrame(tree) ? frameOf(undefined) : undefined;
  let evaluate = createCompiler(functionOf, takeSite)(tree);
  let general: Evaluate | undefined;
  let calls = 0;

  return {
    evaluate(input, bindings) {
      if (calls < HOT) count();
      if (bindings !== undefined) return evaluateWith(input, bindings);
      if (shared === undefined || isList(input)) return once(evaluate, input, frameOf(input));
      if (shared.run.fuel !== STRETCH) reset(shared.run);
      return once(evaluate, input, shared);
    },
  };

  /** Compiles anew what is evaluated often, from closures of its own; until these are loaded it goes on as it is. */
  function count(): void {
    calls += 1;
    if (calls < HOT) return;
    const own = hotSites();
    if (own === undefined) calls = 0;
    else evaluate = createCompiler(functionOf, own)(tree);
  }

  function evaluateWith(input: unknown, bindings: Readonly<Record<string, unknown>>): unknown {
    const names = Object.keys(bindings);
    // What is bound may have the name of a function of the language.
    const chosen = names.some((name) => known.has(name)) ? (general ??= createCompiler(() => undefined)(tree)) : evaluate;
    const journal: Journal = { entries: [], next: 0 };
    const instant = now();
    const chance = (): number => Number(recall(journal, random));
    // What an evaluation takes that begins anew counts on; the time that it waits in between does not.
    let { steps, timeMs } = setting.limits;
    return replay(journal, () => {
      const values = [input, ...names.map((name) => bound(name, bindings[name], journal))];
      const run = createRun({ now: () => instant, random: chance }, { ...setting, limits: { ...setting.limits, steps, timeMs } });
      const start = performance.now();
      run.deadline = start + timeMs;
      try {
        return once(chosen, input, { names: [...INPUT, ...names], values, parent: undefined, run });
      } finally {
        steps -= run.steps - run.fuel;
        timeMs -= performance.now() - start;
      }
    });
  }

  function frameOf(input: unknown): Frame {
    return { names: INPUT, values: [input], parent: undefined, run: createRun({ now, random }, setting) };
  }
}

/** Evaluations after which an expression counts as hot. */
const HOT = 1_000;

function once(evaluate: Evaluate, input: unknown, frame: Frame): unknown {
  try {
    if (!isList(input)) return evaluate(input, frame);
    const context = [input];
    marks.outer.add(context);
    return evaluate(context, frame);
  } catch (thrown) {
    throw translated(thrown);
  }
}

/** Functions, variables, the whole input and the instant belong to one evaluation. */
function keepsNoFrame(tree: Node): boolean {
  const kinds = new Set(["lambda", "partial", "bind", "transform", "call"]);
  return findNode(tree, (node) => kinds.has(node.kind) || (node.kind === "variable" && node.name !== "")) === undefined;
}

/** The variables of every evaluation: `$$`. */
const INPUT = ["$"];

/** Also where the function is called from a text that is yet to come. */
function usesDistinct(tree: Node): boolean {
  return findNode(tree, (node) => node.kind === "variable" && (node.name === "distinct" || node.name === "eval")) !== undefined;
}

interface Setting extends Pick<Run, "limits" | "functions"> {
  readonly marksSequences: boolean;
}

function createRun({ now, random }: Pick<Run, "now" | "random">, { limits, functions: known, marksSequences }: Setting): Run {
  const fuel = Math.min(STRETCH, limits.steps);
  const sequences = marksSequences ? new WeakSet<object>() : undefined;
  return { now, random, limits, functions: known, sequences, instant: undefined, deadline: undefined, depth: 0, fuel, steps: fuel };
}

function reset(run: Run): void {
  const fuel = Math.min(STRETCH, run.limits.steps);
  run.fuel = fuel;
  run.steps = fuel;
  run.depth = 0;
  run.instant = undefined;
  run.deadline = undefined;
}

function bound(name: string, value: unknown, journal: Journal): unknown {
  if (typeof value !== "function") return value;
  return createFunction({
    name,
    arity: value.length,
    invoke: (args) => recall(journal, () => (value as (...args: readonly unknown[]) => unknown)(...args)),
  });
}
