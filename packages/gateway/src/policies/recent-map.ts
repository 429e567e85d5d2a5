/**
 * A map in the order in which its entries were set last. A Map has that order as well, but leaves holes where entries were: to look for the
 * oldest, again and again, takes a walk over all holes before it. Measured: 50 µs of each request of a flood of new keys.
 */
export interface RecentMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  /** The entry is the newest from now on. */
  set(key: string, value: Value): void;
  delete(key: string): void;
  oldest(): Entry<Value> | undefined;
}

export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** The next newer one. */
  readonly newer: Entry<Value> | undefined;
}

interface Link<Value> extends Entry<Value> {
  value: Value;
  older: Link<Value> | undefined;
  newer: Link<Value> | undefined;
}

export function createRecentMap<Value>(): RecentMap<Value> {
  const links = new Map<string, Link<Value>>();
  let oldest: Link<Value> | undefined;
  let newest: Link<Value> | undefined;

  const cut = ({ older, newer }: Link<Value>): void => {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  };

  const append = (link: Link<Value>): void => {
    link.older = newest;
    link.newer = undefined;
    if (newest === undefined) oldest = link;
    else newest.newer = link;
    newest = link;
  };

  return {
    get size() {
      return links.size;
    },
    get: (key) => links.get(key)?.value,
    set(key, value) {
      const known = links.get(key);
      if (known === undefined) {
        const link: Link<Value> = { key, value, older: undefined, newer: undefined };
        links.set(key, link);
        append(link);
        return;
      }
      known.value = value;
      if (known === newest) return;
      cut(known);
      append(known);
    },
    delete(key) {
      const link = links.get(key);
      if (link === undefined) return;
      links.delete(key);
      cut(link);
    },
    oldest: () => oldest,
  };
}
