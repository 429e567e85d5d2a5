import {
  listNames,
  nearestName,
  type CheckedExpression,
  type CompiledExpression,
  type ExpressionShapes,
  type Language,
  type LanguageContext,
} from "@portolan/core";
import { JsonataError, withinStack } from "../compiled/errors.ts";
import type { Limits } from "../compiled/frame.ts";
import { builtin } from "../compiled/functions/builtin.ts";
import { functions } from "../compiled/functions/index.ts";
import { compileTree } from "../compiled/jsonata.ts";
import { parse } from "../compiled/parser.ts";
import type { Node } from "../compiled/tree.ts";
import type { FunctionValue } from "../compiled/values.ts";
import { findNode } from "../compiled/visit.ts";
import { checkTree } from "../inference/check-expression.ts";
import { mappingFunctions } from "../mapping-functions.ts";
import { valueMapFunction } from "../value-map/function.ts";
import { holdsFunction, mayYieldFunction } from "./escaping-functions.ts";
import { expressionFailure, placeOf, syntaxFailure } from "./failures.ts";

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
    check: (text, scope) => withinStack(() => check(text, scope)),
  };
}

function compile(text: string, context: LanguageContext, limits: Limits): CompiledExpression {
  const { now, random } = context;
  const tree = parse(text);
  refuseEval(tree);
  checkValueMaps(tree, context);
  const expression = compileTree(tree, { now, random, limits, functions: appFunctions() });
  const bindings = usesVariable(tree, "valueMap") ? { valueMap: valueMapFunction(context).call } : undefined;
  const plain = (input: unknown): unknown => expression.evaluate(input, bindings);
  const evaluate = mayYieldFunction(tree) ? withoutFunctions(plain) : plain;
  return (scope) => withFailures(text, expressionFailure, () => evaluate(scope));
}

function check(text: string, scope: ExpressionShapes): CheckedExpression {
  const own = [...mappingFunctions, valueMapFunction({})].map(({ name, signature }) => [name, signature] as const);
  const { findings, yields } = checkTree(parse(text), { ...scope, functions: new Map(own) });
  return {
    yields,
    findings: findings.map(({ message, hint, isCertain = false, position, token }) => ({
      message: `${message} ${placeOf({ position, token }, text)}`,
      isCertain,
      ...(hint === undefined ? {} : { hint }),
    })),
  };
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

let known: ReadonlyMap<string, FunctionValue> | undefined;

/** The language's functions, and Portolan's own that answer at once. */
function appFunctions(): ReadonlyMap<string, FunctionValue> {
  known ??= new Map([
    ...functions,
    ...mappingFunctions.map(({ name, signature, call }) => [name, builtin([name, signature], (args) => call(...args))] as const),
  ]);
  return known;
}

/** A map that an expression names as it stands is looked for when the app starts. */
function checkValueMaps(tree: Node, { valueMap, valueMapNames = [] }: LanguageContext): void {
  if (valueMap === undefined) return;
  const isUnknown = (name: Node | undefined): boolean =>
    name?.kind === "literal" && typeof name.value === "string" && valueMap(name.value) === undefined;
  const call = findNode(
    tree,
    (node) =>
      node.kind === "call" && node.procedure.kind === "variable" && node.procedure.name === "valueMap" && isUnknown(node.arguments[0]),
  );
  if (call?.kind !== "call" || call.arguments[0]?.kind !== "literal") return;
  const { value } = call.arguments[0];
  const hint = nearestName(String(value), valueMapNames);
  throw new SyntaxError(
    `there is no value map ${JSON.stringify(value)}; ${hint === undefined ? `there are: ${listNames(valueMapNames)}` : `did you mean ${JSON.stringify(hint)}?`}`,
  );
}

function usesVariable(tree: Node, name: string): boolean {
  return findNode(tree, (node) => node.kind === "variable" && node.name === name) !== undefined;
}

/** A function is no data: an expression that yields one lacks its arguments. */
function withoutFunctions(evaluate: (input: unknown) => unknown): (input: unknown) => unknown {
  return (input) => {
    const value = evaluate(input);
    if (holdsFunction(value)) throw new TypeError("the expression yields a function: call it, with ( ) after its name");
    return value;
  };
}
