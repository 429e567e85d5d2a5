import type { DatabaseSync } from "node:sqlite";
import type { RetentionPolicy } from "@portolan/core";
import type { KeyTable } from "./key-table.ts";
import type { SequenceCounter } from "./sequence-counter.ts";
import type { StateTable } from "./state-table.ts";
import { inTransaction, prepare } from "./statement.ts";

export interface RetentionStep {
  readonly count: number;
  readonly unnamed: readonly string[];
}

export interface Retention {
  /** Removes up to one batch, in short transactions. */
  prune(policy: RetentionPolicy, now: number): Generator<RetentionStep>;
  /** A message that some subscription has finished; it may be needed by nobody now. */
  finished(sequence: number): void;
}

const CHUNK = 500;
const NOTHING: RetentionStep = { count: 0, unnamed: [] };

export interface RetentionParts {
  readonly database: DatabaseSync;
  readonly keys: KeyTable;
  readonly states: StateTable;
  readonly sequences: SequenceCounter;
}

export function createRetention({ database, keys, states, sequences }: RetentionParts): Retention {
  const statements = prepareStatements(database);
  /** Below it are only messages that were still needed when it passed, and those of `late`. */
  let cursor = 0;
  let late: number[] = [];

  /** Entries lie in the order they came, so that only the first ones can be too old or too many. */
  function removeJournal(policy: RetentionPolicy, limit: number, now: number): number {
    const [first, last] = statements.journalBounds.get() ?? [null, null];
    if (first === null || last === null) return 0;
    const excess = last - policy.maxEntries;
    const youngest = statements.journalYoungerFrom.get(now - policy.olderThanMs, first + limit)?.[0] ?? first + limit;
    const upTo = Math.min(Math.max(excess, youngest - 1), first + limit - 1);
    return statements.removeJournal.run(upTo);
  }

  function removeMessages(policy: RetentionPolicy, limit: number, now: number): RetentionStep & { readonly isAtEnd: boolean } {
    const unnamed: string[] = [];
    let count = 0;
    const remove = (sequence: number) => {
      const [spool] = statements.removeUnneeded.get(sequence) ?? [];
      if (spool === undefined) return;
      count += 1;
      if (spool !== null) unnamed.push(spool);
    };
    const waiting = late.splice(0, limit);
    for (const sequence of waiting) remove(sequence);
    const rows = statements.from.all(cursor, limit - waiting.length);
    let isAtEnd = rows.length < limit - waiting.length;
    for (const [sequence, appendedAt] of rows) {
      if (appendedAt >= now - policy.olderThanMs) {
        isAtEnd = true;
        break;
      }
      cursor = sequence;
      remove(sequence);
    }
    return { count, unnamed, isAtEnd };
  }

  function removeBatch(policy: RetentionPolicy, limit: number, now: number): RetentionStep & { readonly isDone: boolean } {
    const fromJournal = removeJournal(policy, limit, now);
    if (fromJournal === limit) return { ...NOTHING, count: fromJournal, isDone: false };
    const { count, unnamed, isAtEnd } = removeMessages(policy, limit - fromJournal, now);
    if (count > 0) sequences.rememberLast();
    return { count: fromJournal + count, unnamed, isDone: fromJournal === 0 && isAtEnd };
  }

  return {
    *prune(policy, now) {
      const fromKeys = inTransaction(database, () => keys.prune(Math.min(policy.batch, CHUNK), now));
      yield { ...NOTHING, count: fromKeys };
      const fromStates = inTransaction(database, () => states.prune(Math.min(policy.batch - fromKeys, CHUNK), now));
      yield fromStates;
      for (let left = policy.batch - fromKeys - fromStates.count; left > 0;) {
        const before = { cursor, late: [...late] };
        try {
          const step = inTransaction(database, () => removeBatch(policy, Math.min(left, CHUNK), now));
          left -= step.count;
          yield step;
          if (step.isDone) return;
        } catch (error) {
          ({ cursor, late } = before);
          throw error;
        }
      }
    },
    finished(sequence) {
      if (sequence <= cursor) late.push(sequence);
    },
  };
}

function prepareStatements(database: DatabaseSync) {
  return {
    journalBounds: prepare<readonly [number | null, number | null]>(
      database,
      "SELECT (SELECT min(id) FROM journal), (SELECT max(id) FROM journal)",
    ),
    journalYoungerFrom: prepare<readonly [number]>(database, "SELECT id FROM journal WHERE started_at >= ? AND id < ? ORDER BY id LIMIT 1"),
    removeJournal: prepare(database, "DELETE FROM journal WHERE id <= ?"),
    from: prepare<readonly [sequence: number, appendedAt: number]>(
      database,
      "SELECT sequence, appended_at FROM messages WHERE sequence > ? ORDER BY sequence LIMIT ?",
    ),
    removeUnneeded: prepare<readonly [spool: string | null]>(
      database,
      `DELETE FROM messages WHERE sequence = ? AND NOT EXISTS (
         SELECT 1 FROM subscriptions s JOIN pending p ON p.subscription = s.id AND p.sequence = messages.sequence
         WHERE s.channel = messages.channel)
       RETURNING spool`,
    ),
  };
}
