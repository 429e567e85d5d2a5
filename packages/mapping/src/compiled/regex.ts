import { JsonataError } from "./errors.ts";
import { createFunction, type FunctionValue } from "./values.ts";

/** A regular expression as a function: of a text it yields the first match, with a function for the next. */
export function createRegex(source: string, flags: string): FunctionValue {
  const pattern = new RegExp(source, flags);
  return createFunction({
    name: "",
    arity: 1,
    regex: pattern,
    invoke: ([text]) => (typeof text === "string" ? matchFrom(pattern, text, 0) : undefined),
  });
}

function matchFrom(pattern: RegExp, text: string, from: number): unknown {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [whole] = match;
  if (whole === "") throw new JsonataError("D1004", { value: pattern.source });
  const end = match.index + whole.length;
  return {
    match: whole,
    start: match.index,
    end,
    groups: match.slice(1),
    next: createFunction({ name: "", arity: 0, invoke: () => (end >= text.length ? undefined : matchFrom(pattern, text, end)) }),
  };
}
