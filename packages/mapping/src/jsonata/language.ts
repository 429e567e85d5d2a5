import type { CompiledExpression, Language, LanguageContext } from "@portolan/core";
import { JsonataError, withinStack } from "../compiled/errors.ts";
import type { Limits } from "../compiled/frame.ts";
import { compileTree } from "../compiled/jsonata.ts";
import { parse } from "../compiled/parser.ts";
import type { Node } from "../compiled/tree.ts";
import { findNode } from "../compiled/visit.ts";
import { holdsFunction, mayYieldFunction } from "./escaping-functions.ts";
import { expressionFailure, syntaxFailure } from "./failures.ts";

/**
 * JSONata 2. An expression sees the message as its input, reaches own properties only, and yields plain data or undefined, at once.
 * `$eval` is refused, since a text that came with a message could choose the code.
 */
export const jsonataLanguage: Language = createJsonataLanguage();

/** The language with other limits of an evaluation than the usual ones. */
export function createJsonataLanguage(limits: Limits = {}): Language {
  return {
    name: "jsonata",
    title: "JSONata",
    compile: (text, context) => withFailures(text, syntaxFailure, () => withinStack(() => compile(text, context, limits))),
  };
}

function compile(text: string, { now, random }: LanguageContext, limits: Limits): CompiledExpression {
  const tree = parse(text);
  refuseEval(tree);
  const expression = compileTree(tree, { now, random, limits });
  const evaluate = mayYieldFunction(tree) ? withoutFunctions(expression.evaluate) : expression.evaluate;
  return (scope) => withFailures(text, expressionFailure, () => evaluate(scope));
}

function withFailures<T>(text: string, failure: (error: JsonataError, text: string) => Error, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof JsonataError ? failure(thrown, text) : thrown;
  }
}

function refuseEval(tree: Node): void {
  const found = findNode(tree, (node) => node.kind === "variable" && node.name === "eval");
  if (found !== undefined) throw new JsonataError("S0305", { position: found.position, token: "eval" });
}

/** A function is no data: an expression that yields one lacks its arguments. */
function withoutFunctions(evaluate: (input: unknown) => unknown): (input: unknown) => unknown {
  return (input) => {
    const value = evaluate(input);
    if (holdsFunction(value)) throw new TypeError("the expression yields a function: call it, with ( ) after its name");
    return value;
  };
}
