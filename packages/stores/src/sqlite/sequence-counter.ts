import type { DatabaseSync } from "node:sqlite";
import { prepare } from "./statement.ts";

/** Numbers of messages: each once, and always higher than those before, also of messages that are long gone. */
export interface SequenceCounter {
  next(): number;
  readonly last: number;
  /** Goes on after the highest number in the database: another connection has appended, or a transaction was undone. */
  reload(): void;
  /** Must be called in the transaction that is about to remove messages. */
  rememberLast(): void;
}

export function createSequenceCounter(database: DatabaseSync): SequenceCounter {
  const highest = prepare<readonly [number]>(
    database,
    "SELECT max(coalesce((SELECT max(sequence) FROM messages), 0), (SELECT value FROM meta WHERE name = 'removedUpTo'))",
  );
  const remember = prepare(database, "UPDATE meta SET value = max(value, ?) WHERE name = 'removedUpTo'");
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
    get last() {
      return last;
    },
    reload,
    rememberLast() {
      remember.run(last);
    },
  };
}
