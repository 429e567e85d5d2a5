import type { CompiledExpression, ExpressionScope, Language, LanguageContext } from "@portolan/core";
import jsonata from "jsonata";
import { expressionFailure, syntaxFailure } from "./failures.ts";
import { UNDECIDED } from "./operators.ts";
import { copyData, plainData } from "./plain-data.ts";
import { compileSynchronous } from "./synchronous.ts";
import { anyNode, type Node } from "./syntax-tree.ts";

/**
 * Stops endless loops and recursions, which would block the whole node: jsonata waits on microtasks only. The groups of one
 * grouping count as one stack, so that it bounds them, too.
 */
const GUARDRAILS = { timeout: 10_000, stack: 50_000 };

/** The variable that holds the instant of an evaluation; `$portolan.instant` is no variable name that a text can hold. */
const INSTANT = "portolan.instant";

/**
 * JSONata 2. An expression sees the message as its input, reaches own properties only, and yields plain data or undefined.
 * Expressions of paths, constants and operators are answered at once, all else by a promise. `$eval` is refused, since a text
 * that came with a message could choose the code.
 */
export const jsonataLanguage: Language = {
  name: "jsonata",
  title: "JSONata",
  compile(text, context) {
    const expression = parse(text);
    const tree: Node = expression.ast();
    refuseEval(tree, text);
    followClock(expression);
    followChance(expression, context);
    const evaluate = evaluator(expression, text, context);
    return withSynchronous(tree, evaluate);
  },
};

function parse(text: string): jsonata.Expression {
  try {
    return jsonata(text, GUARDRAILS);
  } catch (thrown) {
    throw syntaxFailure(thrown, text);
  }
}

function refuseEval(tree: Node, text: string): void {
  const found = anyNode(tree, (node) => node.type === "variable" && node.value === "eval");
  if (found)
    throw syntaxFailure({ message: "$eval is not available: data must not become code", position: found.position, token: "eval" }, text);
}

function evaluator(expression: jsonata.Expression, text: string, context: LanguageContext): (scope: ExpressionScope) => Promise<unknown> {
  // `x[]` marks the array that it finds, so it must not find the message's own.
  const marks = anyNode(expression.ast(), (node) => node.keepArray === true || node.keepSingletonArray === true) !== undefined;
  return async (scope) => {
    const input = marks ? copyData(scope) : scope;
    try {
      return plainData(await expression.evaluate(input, { [INSTANT]: context.now() }), input);
    } catch (thrown) {
      throw expressionFailure(thrown, text);
    }
  };
}

function withSynchronous(tree: Node, evaluate: (scope: ExpressionScope) => Promise<unknown>): CompiledExpression {
  const synchronous = compileSynchronous(tree);
  if (synchronous === undefined) return evaluate;
  return (scope) => {
    const value = synchronous(scope);
    return value === UNDECIDED ? evaluate(scope) : value;
  };
}

/** jsonata's own functions of time read the system clock, and share their instant between evaluations that overlap. */
function followClock(expression: jsonata.Expression): void {
  expression.registerFunction("millis", instant, "<:n>");
  expression.registerFunction(
    "now",
    async function (picture?: string, timeZone?: string) {
      return (await nativeTime).fromMillis.implementation.call(this, instant.call(this), picture, timeZone);
    },
    "<s?s?:s>",
  );
  expression.registerFunction(
    "toMillis",
    async function (time?: string, picture?: string) {
      const environment = { timestamp: new Date(instant.call(this)) };
      return (await nativeTime).toMillis.implementation.call({ environment }, time, picture);
    },
    "<s-s?:n>",
  );
}

/** With chance from anywhere else a run could not be repeated. */
function followChance(expression: jsonata.Expression, { random }: LanguageContext): void {
  expression.registerFunction("random", () => random(), "<:n>");
  expression.registerFunction("shuffle", (list?: readonly unknown[]) => list && shuffled(list, random), "<a:a>");
}

/** A copy in an order of which each is as likely as the others. */
function shuffled(list: readonly unknown[], random: () => number): readonly unknown[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

function instant(this: jsonata.Focus): number {
  // Bound to a number for each evaluation.
  return this.environment.lookup(INSTANT) as number;
}

interface NativeFunction {
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown;
}

/** jsonata's own implementations, which nothing but an expression gives out. */
const nativeTime: Promise<{ readonly fromMillis: NativeFunction; readonly toMillis: NativeFunction }> = jsonata(
  '{ "fromMillis": $fromMillis, "toMillis": $toMillis }',
).evaluate(null);
