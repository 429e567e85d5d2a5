import type { DatabaseSync } from "node:sqlite";
import type { Changes } from "./changes.ts";
import type { EncodedItem, StoredItem } from "./protocol.ts";
import type { Spool } from "./spool.ts";
import { prepare } from "./statement.ts";

/** The lists of rows of state, each item in a row of its own. Writes only within a transaction. */
export interface ItemTable {
  /** The first of them gets the number `count`. */
  add(of: { readonly id: number; readonly count: number }, items: readonly EncodedItem[], changes: Changes): void;
  list(state: number, read: (file: string) => Uint8Array<ArrayBuffer>): readonly StoredItem[];
  /** Removes the list of a row; answers the files that no row names any more. */
  remove(state: number): readonly string[];
  isSpooled(name: string): boolean;
}

export function createItemTable(database: DatabaseSync, spool: Spool): ItemTable {
  const statements = {
    insert: prepare(database, "INSERT INTO state_items (state, number, kind, spool, value) VALUES (?, ?, ?, ?, ?)"),
    list: prepare<readonly [...StoredItem, spool: string | null]>(
      database,
      "SELECT kind, value, spool FROM state_items WHERE state = ? ORDER BY number",
    ),
    remove: prepare<readonly [spool: string | null]>(database, "DELETE FROM state_items WHERE state = ? RETURNING spool"),
    spooled: prepare<readonly [number]>(database, "SELECT 1 FROM state_items WHERE spool = ?"),
  };

  function spoolItem(name: string, value: string | Uint8Array, changes: Changes): string {
    changes.spooled.push(name);
    spool.write(name, typeof value === "string" ? Buffer.from(value) : value);
    return name;
  }

  return {
    add({ id, count }, items, changes) {
      for (const [index, [kind, value, isSpooled]] of items.entries()) {
        const number = count + index;
        const file = isSpooled ? spoolItem(`item-${id}-${number}`, value, changes) : null;
        statements.insert.run(id, number, kind, file, file === null ? value : null);
      }
    },
    list: (state, read) => statements.list.all(state).map(([kind, value, file]) => [kind, file === null ? value : read(file)]),
    remove: (state) => statements.remove.all(state).flatMap(([file]) => file ?? []),
    isSpooled: (name) => statements.spooled.get(name) !== undefined,
  };
}
