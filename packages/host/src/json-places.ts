import type { Place } from "@portolan/core";

/** Where each key of a JSON text stands, by its path such as `http.port` (the root is ""), or where and why it is no JSON. */
export type JsonScan =
  | { readonly places: ReadonlyMap<string, number> }
  | { readonly offset: number; readonly expected: string; readonly found: string };

const SPACE = /[\t\n\r ]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** `JSON.parse` tells neither where a key stands nor, for many mistakes, where it gave up. */
export function scanJson(text: string): JsonScan {
  const places = new Map<string, number>();
  let offset = 0;
  let expected = "";

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    const [match] = pattern.exec(text) ?? [];
    if (match !== undefined) offset += match.length;
    return match;
  };
  const symbol = (wanted: string): boolean => {
    take(SPACE);
    if (text[offset] !== wanted) return false;
    offset += 1;
    return true;
  };
  const fail = (what: string): false => {
    expected = what;
    return false;
  };
  const value = (path: readonly (string | number)[]): boolean => {
    take(SPACE);
    if (!places.has(path.join("."))) places.set(path.join("."), offset);
    if (symbol("{")) return list("}", () => member(path));
    if (symbol("[")) return list("]", (index) => value([...path, index]));
    return (take(STRING) ?? take(SCALAR)) !== undefined || fail("a value");
  };
  const member = (path: readonly (string | number)[]): boolean => {
    take(SPACE);
    const start = offset;
    const key = take(STRING);
    if (key === undefined) return fail("a key in double quotes");
    const inner = [...path, String(JSON.parse(key))];
    places.set(inner.join("."), start);
    return symbol(":") ? value(inner) : fail(`":" after ${key}`);
  };
  const list = (end: string, entry: (index: number) => boolean): boolean => {
    if (symbol(end)) return true;
    for (let index = 0; entry(index); index++) {
      if (symbol(end)) return true;
      if (!symbol(",")) return fail(`"," or "${end}"`);
    }
    return false;
  };

  const complete = value([]);
  take(SPACE);
  if (complete && offset === text.length) return { places };
  const found = offset === text.length ? "the end of the file" : JSON.stringify(text[offset]);
  return { offset, expected: complete ? "the end of the file" : expected, found };
}

/** The line and column of an offset in a text. */
export function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { file, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
