/** What the routes of this benchmark take. */
export interface Item {
  readonly id: string;
  readonly key: number;
  readonly total: number;
  readonly lines: readonly number[];
}

/** The messages of one aggregated group. */
export const GROUP_SIZE = 10;

/** Ten keys by turns; five lines each. */
export const ITEMS: readonly Item[] = Array.from({ length: 100 }, (_, index) => ({
  id: `i-${index}`,
  key: index % 10,
  total: (index * 37) % 100,
  lines: [5, 3, 1, 4, 2],
}));

/** Routes without a contract take any body; these get items only. */
export function item({ body }: { readonly body: unknown }): Item {
  return body as Item;
}

/** The work that stands inside every block. */
export function doubled(one: Item): Item {
  return { id: one.id, key: one.key, total: one.total * 2, lines: one.lines };
}
