import { JsonataError } from "./errors.ts";
import { createMatcher } from "./regex/matcher.ts";
import type { Search } from "./regex/search.ts";
import { createFunction, type FunctionValue } from "./values.ts";

/** A regular expression as a function: of a text it yields the first match, with a function for the next. */
export function createRegex(source: string, flags: string, position: number): FunctionValue {
  const search = createMatcher(source, flags, position);
  return createFunction({
    name: "",
    arity: 1,
    invoke: ([text]) => (typeof text === "string" ? matchFrom({ text, search: search(text), source }, 0) : undefined),
  });
}

interface Subject {
  readonly text: string;
  readonly search: Search;
  readonly source: string;
}

function matchFrom(subject: Subject, from: number): unknown {
  const found = subject.search(from);
  if (found === undefined) return undefined;
  const { start, end, groups } = found;
  if (start === end) throw new JsonataError("D1004", { value: subject.source });
  return {
    match: subject.text.slice(start, end),
    start,
    end,
    groups,
    next: createFunction({ name: "", arity: 0, invoke: () => (end >= subject.text.length ? undefined : matchFrom(subject, end)) }),
  };
}
