import type { DatabaseSync } from "node:sqlite";
import { prepare } from "./statement.ts";

/** Numbers of rows: each once, and always higher than those before, also of rows that are long gone. */
export interface SequenceCounter {
  next(): number;
  /** The first of so many numbers, which are used up with it. */
  skip(count: number): number;
  readonly last: number;
  /** Goes on after the highest number in the database: another connection has written, or a transaction was undone. */
  reload(): void;
  /** Must be called in the transaction that is about to remove rows. */
  rememberLast(): void;
}

/** Which rows are counted, and where the highest number that may be gone is remembered. */
export interface Counted {
  readonly table: string;
  readonly column: string;
  readonly memory: string;
}

export const MESSAGE_SEQUENCES: Counted = { table: "messages", column: "sequence", memory: "removedUpTo" };
export const STATE_ORDERS: Counted = { table: "state", column: "id", memory: "stateRemovedUpTo" };

export function createSequenceCounter(database: DatabaseSync, { table, column, memory }: Counted): SequenceCounter {
  const highest = prepare<readonly [number]>(
    database,
    `SELECT max(coalesce((SELECT max(${column}) FROM ${table}), 0), (SELECT value FROM meta WHERE name = '${memory}'))`,
  );
  const remember = prepare(database, `UPDATE meta SET value = max(value, ?) WHERE name = '${memory}'`);
  let last = 0;

  function reload(): void {
    last = highest.get()?.[0] ?? 0;
  }

  reload();
  return {
    next() {
      last += 1;
      return last;
    },
    skip(count) {
      last += count;
      return last - count + 1;
    },
    get last() {
      return last;
    },
    reload,
    rememberLast() {
      remember.run(last);
    },
  };
}
