import type { JsonataError } from "../compiled/errors.ts";
import { reasonOf } from "../compiled/reasons.ts";

interface Token {
  readonly code?: string;
  readonly position?: number | undefined;
  readonly token?: string | undefined;
}

/** Why a text is no expression, with the column (and the line, if there are several) where it went wrong. */
export function syntaxFailure(error: JsonataError, text: string): SyntaxError {
  return new SyntaxError(`${reasonOf(error.code, error)} ${placeOf(error, text)}`, { cause: error });
}

/** What an expression threw, with the language's code and the place. */
export function expressionFailure(error: JsonataError, text: string): Error {
  const where = error.position === undefined ? "" : ` ${placeOf(error, text)}`;
  return Object.assign(new Error(`${reasonOf(error.code, error)}${where}`, { cause: error }), { code: error.code });
}

/** Line and column of a token, by its end. */
export function placeOf(at: Token, text: string): string {
  const before = text.slice(0, start(at, text));
  const line = before.split("\n").length;
  const column = before.length - (before.lastIndexOf("\n") + 1) + 1;
  return text.includes("\n") ? `(line ${line}, column ${column})` : `(column ${column})`;
}

/** A position is the end of the token that it names, or near it; in the tokenizer's own errors (S01) the fault itself. */
function start({ code = "", position: end = 0, token }: Token, text: string): number {
  if (token === undefined || token === "(end)" || code.startsWith("S01")) return end;
  const found = text.lastIndexOf(token, end - token.length);
  if (found < 0) return end;
  return /["'`$/]/.test(text[found - 1] ?? "") ? found - 1 : found;
}
