export type Directives = ReadonlyMap<string, string>;

/** The directives of a Cache-Control field (RFC 9111, section 5.2), names in lower case; the first of a name counts. */
export function cacheControl(field: string | readonly string[] | undefined): Directives {
  const found = new Map<string, string>();
  if (field === undefined) return found;
  const text = typeof field === "string" ? field : field.join(", ");
  for (const [, name = "", quoted, plain] of text.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, quoted ?? plain ?? "");
  }
  return found;
}

const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:=(?:"([^"]*)"|([^\s,"]*)))?/g;

/** The value of a directive in milliseconds; one that is no number of seconds is 0, so that it is stale (section 4.2.1). */
export function directiveMs(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Math.min(Number(value), 2 ** 31) * 1000 : 0;
}
