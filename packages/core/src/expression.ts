import type { Message } from "./message.ts";
import type { JsonSchema } from "./options.ts";

/** An expression of the definition tree: a function of the message, a text in a language, or a constant. */
export type Expression = ExpressionFunction | LanguageExpression | ConstantExpression;

/** In a fold the first argument is the accumulated value and the second the message. It may return a promise. */
export type ExpressionFunction = (...args: never[]) => unknown;

export interface LanguageExpression {
  readonly language: string;
  readonly text: string;
}

export interface ConstantExpression {
  readonly constant: unknown;
}

/** What an expression in a language sees: the message, and in a fold the accumulated value. */
export interface ExpressionScope extends Message {
  readonly acc?: unknown;
}

export type CompiledExpression = (scope: ExpressionScope) => unknown;

/** What the engine gives a language at compile time. */
export interface LanguageContext {
  /** The engine's clock, for functions such as `$now`. */
  readonly now: () => number;
  /** The engine's source of chance, for functions such as `$random`: at least 0, below 1. */
  readonly random: () => number;
  /** The value map of a name. Left out where there is no app. */
  readonly valueMap?: (name: string) => ValueMap | undefined;
  readonly valueMapNames?: readonly string[];
}

/** A code list of the app, ready for looking up. */
export interface ValueMap {
  /**
   * What stands for a value, nothing for nothing. A value that the map does not have yields `otherwise`, if there is one, else it fails
   * with PORTOLAN_VALUE_INVALID. A promise while the rows are being read for the first time.
   */
  find(value: unknown, options?: ValueMapLookup): unknown;
}

export interface ValueMapLookup {
  /** Another column than the map's own. */
  readonly column?: string;
  /** From what stands for a value back to the value. */
  readonly reverse?: boolean;
  readonly otherwise?: unknown;
}

/**
 * An expression language. `compile` is called once per expression at start and throws a
 * SyntaxError whose message says what is wrong and where. A compiled expression yields
 * plain data, undefined for nothing, or a promise of these; what it throws becomes PORTOLAN_EXPRESSION_FAILED.
 */
export interface Language {
  readonly name: string;
  readonly title: string;
  compile(text: string, context: LanguageContext): CompiledExpression;
  /** Looks at an expression that can be compiled, before it runs. Left out by languages that cannot tell anything. */
  check?(text: string, scope: ExpressionShapes): CheckedExpression;
}

/** What is known of the message that an expression will see. */
export interface ExpressionShapes {
  readonly body?: JsonSchema | boolean | undefined;
  /** Whether there is `acc`, as in a fold. */
  readonly fold?: boolean;
}

export interface CheckedExpression {
  readonly findings: readonly ExpressionFinding[];
  /** What the expression yields, as far as that is known; nothing is null. */
  readonly yields: JsonSchema | boolean;
}

/** What an expression says that cannot be meant. */
export interface ExpressionFinding {
  readonly message: string;
  readonly hint?: string;
  /** Whether it fails whatever the message. */
  readonly isCertain: boolean;
}

export function isLanguageExpression(value: unknown): value is LanguageExpression {
  return typeof value === "object" && value !== null && "language" in value && "text" in value;
}

export function isConstantExpression(value: unknown): value is ConstantExpression {
  return typeof value === "object" && value !== null && "constant" in value;
}
