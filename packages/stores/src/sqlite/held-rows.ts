import type { DatabaseSync } from "node:sqlite";
import { prepare } from "./statement.ts";

/**
 * Rows that a queue has met while an earlier one of the same key was unfinished. They are only known to this process, and
 * lie in a temporary table of its own, so that they cost neither memory, when thousands stand behind one key, nor a write to
 * the store.
 */
export interface HeldRows {
  hold(subscription: number, key: string, sequence: number): void;
  first(subscription: number, key: string): number | undefined;
  drop(subscription: number, key: string, sequence: number): void;
  clear(subscription: number): void;
}

export function createHeldRows(database: DatabaseSync): HeldRows {
  database.exec(`
    PRAGMA temp_store = FILE;
    CREATE TEMP TABLE held (
      subscription INTEGER NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (subscription, key, sequence)) WITHOUT ROWID;
    PRAGMA temp.journal_mode = OFF;
    PRAGMA temp.cache_size = -8192;
  `);
  const insert = prepare(database, "INSERT OR IGNORE INTO temp.held VALUES (?, ?, ?)");
  const first = prepare<readonly [number]>(
    database,
    "SELECT sequence FROM temp.held WHERE subscription = ? AND key = ? ORDER BY sequence LIMIT 1",
  );
  const remove = prepare(database, "DELETE FROM temp.held WHERE subscription = ? AND key = ? AND sequence = ?");
  const clear = prepare(database, "DELETE FROM temp.held WHERE subscription = ?");
  return {
    hold: (subscription, key, sequence) => void insert.run(subscription, key, sequence),
    first: (subscription, key) => first.get(subscription, key)?.[0],
    drop: (subscription, key, sequence) => void remove.run(subscription, key, sequence),
    clear: (subscription) => void clear.run(subscription),
  };
}
