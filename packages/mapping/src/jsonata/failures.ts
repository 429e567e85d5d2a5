/** What jsonata throws is no Error: a map of these. */
interface JsonataFailure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
  readonly token?: unknown;
}

/** Why a text is no expression, with the column (and the line, if there are several) where it went wrong. */
export function syntaxFailure(thrown: unknown, text: string): SyntaxError {
  const failure = isFailure(thrown) ? thrown : { message: String(thrown) };
  return new SyntaxError(`${String(failure.message)} ${place(failure, text)}`, { cause: thrown });
}

/** What an expression threw, as an Error with jsonata's code. */
export function expressionFailure(thrown: unknown, text: string): Error {
  if (thrown instanceof Error || !isFailure(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
  const where = typeof thrown.position === "number" ? ` ${place(thrown, text)}` : "";
  const error = new Error(`${String(thrown.message ?? "failed")}${where}`);
  return typeof thrown.code === "string" ? Object.assign(error, { code: thrown.code }) : error;
}

function isFailure(thrown: unknown): thrown is JsonataFailure {
  return typeof thrown === "object" && thrown !== null && ("code" in thrown || "position" in thrown);
}

function place(failure: JsonataFailure, text: string): string {
  const before = text.slice(0, start(failure, text));
  const line = before.split("\n").length;
  const column = before.length - (before.lastIndexOf("\n") + 1) + 1;
  return text.includes("\n") ? `(line ${line}, column ${column})` : `(column ${column})`;
}

/** jsonata's position is the end of the token that it names, or near it; in the tokenizer's own errors (S01) the fault itself. */
function start({ code, position, token }: JsonataFailure, text: string): number {
  const end = typeof position === "number" ? position : 0;
  if (token === undefined || token === "(end)" || (typeof code === "string" && code.startsWith("S01"))) return end;
  const found = text.lastIndexOf(String(token), end - String(token).length);
  if (found < 0) return end;
  return /["'`$]/.test(text[found - 1] ?? "") ? found - 1 : found;
}
