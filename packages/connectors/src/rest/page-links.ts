/** What one page is asked for with, such as `{ cursor: "o-20" }` or `{ page: 3 }`. */
export type PageQuery = Readonly<Record<string, string | number>>;

export interface PageLinks {
  readonly first?: PageQuery | undefined;
  readonly prev?: PageQuery | undefined;
  /** Left out on the last page: that is how a client knows. */
  readonly next?: PageQuery | undefined;
  readonly last?: PageQuery | undefined;
}

/**
 * The header Link (RFC 8288) of a list that comes in pages; undefined if there is no other page. `query` are the parameters of the request: they
 * are kept, but for those that say which page it is.
 *
 * ```ts
 * .set({ headers: { link: (m) => pageLinks("/orders", { limit: 20 }, { next: { cursor: m.body.at(-1).id } }) } })
 * ```
 */
export function pageLinks(path: string, query: Readonly<Record<string, unknown>>, pages: PageLinks): string | undefined {
  const turning = new Set(Object.values(pages).flatMap((page: PageQuery | undefined) => Object.keys(page ?? {})));
  const kept = Object.entries(query).filter(([name]) => !turning.has(name));
  const links = (["first", "prev", "next", "last"] as const).flatMap((rel) => {
    const page = pages[rel];
    return page === undefined ? [] : [`<${path}?${queryText([...kept, ...Object.entries(page)])}>; rel="${rel}"`];
  });
  return links.length === 0 ? undefined : links.join(", ");
}

/** Texts, numbers and booleans, and lists of them: a name each. */
function queryText(entries: readonly (readonly [string, unknown])[]): string {
  const texts = new URLSearchParams();
  for (const [name, value] of entries)
    for (const one of [value].flat())
      if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") texts.append(name, String(one));
  return texts.toString();
}
