import { JsonataError } from "../errors.ts";
import { isCheap } from "./cost.ts";
import { parsePattern } from "./parse.ts";
import { createProgram } from "./program.ts";
import { createSearch, type Search } from "./search.ts";

/** Prepares a search of a text. */
export type Matcher = (text: string) => Search;

/**
 * A regular expression whose searches take time in proportion to the text: by RegExp where that cannot but be quick, else by steps of
 * our own. What neither can do in bounded time is refused.
 */
export function createMatcher(source: string, flags: string, position?: number): Matcher {
  const native = nativePattern(source, flags.includes("g") ? flags : `${flags}g`, position);
  const pattern = parsePattern(source, flags);
  if (isCheap(pattern)) return (text) => nativeSearch(native, text);
  const program = createProgram(pattern);
  if (program === undefined) throw new JsonataError("S0304", { position, token: source });
  return (text) => createSearch(program, text);
}

function nativePattern(source: string, flags: string, position: number | undefined): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new JsonataError("S0303", { position, token: source, value: cause });
  }
}

function nativeSearch(pattern: RegExp, text: string): Search {
  return (from) => {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    return match === null ? undefined : { start: match.index, end: match.index + match[0].length, groups: match.slice(1) };
  };
}
