import { JsonataError } from "./errors.ts";
import { createMatcher } from "./regex/matcher.ts";
import type { Search } from "./regex/search.ts";
import { createFunction, type FunctionValue } from "./values.ts";

/** A regular expression as a function: of a text it yields the first match, with a function for the next. */
export function createRegex(source: string, flags: string, position: number): FunctionValue {
  const matcher = createMatcher(source, flags, position);
  return createFunction({
    name: "",
    arity: 1,
    matcher,
    invoke: ([text]) => (typeof text === "string" ? matchFrom({ text, search: matcher(text) }, 0, true) : undefined),
  });
}

interface Subject {
  readonly text: string;
  readonly search: Search;
}

function matchFrom(subject: Subject, from: number, isFirst = false): unknown {
  const { text, search } = subject;
  const found = search(from);
  if (found === undefined) return undefined;
  const { start, end, groups } = found;
  // After a match of no character it would not go on.
  if (start === end && !isFirst) throw new JsonataError("D1004");
  const next = createFunction({ name: "", arity: 0, invoke: () => (end >= text.length ? undefined : matchFrom(subject, end)) });
  return { match: text.slice(start, end), start, end, groups, next };
}
