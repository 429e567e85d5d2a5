export type Directives = ReadonlyMap<string, string>;

/** The directives of a Cache-Control field (RFC 9111, section 5.2), names in lower case; the first of a name counts (section 4.2.1). */
export function cacheControl(field: string | readonly string[] | undefined): Directives {
  if (field === undefined) return NONE;
  const found = new Map<string, string>();
  const text = typeof field === "string" ? field : field.join(", ");
  for (const [, name = "", quoted, plain] of text.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "");
  }
  return found;
}

const NONE: Directives = new Map();

const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

/** The value of a directive in milliseconds; one that is no number of seconds is 0, so that it is stale (section 4.2.1). */
export function directiveMs(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  return value === undefined ? undefined : (secondsMs(value) ?? 0);
}

/** Seconds in milliseconds; undefined for what is no whole number. What is longer than anybody waits counts as 2³¹ (section 1.2.2). */
export function secondsMs(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) * 1000 : undefined;
}

/** The names of a list, in lower case. */
export function namesOf(list: string | undefined): readonly string[] {
  return (list ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
