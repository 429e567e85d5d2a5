import {
  isConstantExpression,
  isLanguageExpression,
  type Expression,
  type ExpressionScope,
  type Language,
  type LanguageContext,
  type Message,
} from "@portolan/core";
import type { Evaluate } from "../pattern.ts";
import { errorOf } from "./failure.ts";
import { truth } from "./values.ts";

/** Compiles expressions, once per text. What cannot be compiled is reported and yields nothing. */
export interface Expressions {
  compile(expression: Expression, invalid: (message: string, found: string) => void): Evaluate;
  /** In a fold a function gets the accumulated value first. */
  fold(expression: Expression, invalid: (message: string, found: string) => void): Evaluate;
}

export function createExpressions(languages: readonly Language[], context: LanguageContext): Expressions {
  const byName = new Map(languages.map((language) => [language.name, language]));

  const compileText = (expression: Expression, invalid: (message: string, found: string) => void): Evaluate | undefined => {
    if (isConstantExpression(expression)) return () => expression.constant;
    if (!isLanguageExpression(expression)) return undefined;
    const language = byName.get(expression.language);
    if (language === undefined) {
      invalid(`unknown expression language; known: ${[...byName.keys()].join(", ")}`, expression.language);
      return () => undefined;
    }
    try {
      const evaluate = language.compile(expression.text, context);
      return (message, acc) => evaluate(acc === undefined ? message : scopeOf(message, acc));
    } catch (error) {
      invalid(error instanceof Error ? error.message : String(error), expression.text);
      return () => undefined;
    }
  };

  return {
    // A function in the tree takes the message (typed `never` there, since functions of all bodies share the type).
    compile: (expression, invalid) => compileText(expression, invalid) ?? (expression as unknown as (message: Message) => unknown),
    fold: (expression, invalid) => {
      const text = compileText(expression, invalid);
      const call = expression as unknown as (acc: unknown, message: Message) => unknown;
      return text ?? ((message, acc) => call(acc, message));
    },
  };
}

function scopeOf(message: Message, acc: unknown): ExpressionScope {
  return { id: message.id, body: message.body, headers: message.headers, attributes: message.attributes, acc };
}

/** Casts an expression to a predicate; at once where the expression answers at once. */
export function asPredicate(evaluate: Evaluate): (message: Message, acc?: unknown) => boolean | Promise<boolean> {
  return (message, acc) => {
    const value = evaluate(message, acc);
    if (value === true || value === false) return value;
    return value instanceof Promise ? value.then(truth) : truth(value);
  };
}

/** An expression outside of steps (channels): its failure is a PortolanError already. */
export function guarded(evaluate: Evaluate): Evaluate {
  return (message) => {
    try {
      const value = evaluate(message);
      return value instanceof Promise
        ? value.catch((thrown: unknown) => {
            throw errorOf(thrown);
          })
        : value;
    } catch (thrown) {
      throw errorOf(thrown);
    }
  };
}

/** An expression as a person wrote it. */
export function expressionText(expression: Expression): string {
  if (isLanguageExpression(expression)) return expression.text;
  if (isConstantExpression(expression)) return JSON.stringify(expression.constant) ?? "";
  const text = String(expression).replaceAll(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
