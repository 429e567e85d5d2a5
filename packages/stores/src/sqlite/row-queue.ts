import type { DatabaseSync } from "node:sqlite";
import { type DueStatements, prepareDueStatements } from "./due-cursor.ts";
import { type HeldRows, createHeldRows } from "./held-rows.ts";
import type { PendingChange } from "./changes.ts";
import type { DeliveryRow, RememberedRow } from "./protocol.ts";
import { type Statement, prepare } from "./statement.ts";

/** What one subscription may take. It is told of every change of its pending rows once that is on the disk. */
export interface RowQueue {
  /** When the next row that has to wait is due. */
  readonly nextDue: number | undefined;
  isInFlight(sequence: number): boolean;
  appended(row: AppendedRow): void;
  /** Answers whether something else may be taken now. */
  finished(sequence: number, key: string | null): boolean;
  postponed(sequence: number, due: number): void;
  /** Answers whether any of them was in flight. */
  released(sequences: readonly number[]): boolean;
  take(limit: number, now: number): readonly TakeRow[];
  /** Whether `take` ended before it had looked at everything. */
  hasMore(now: number): boolean;
  /** Looks at every row again: somebody else has changed them. What is in flight stays so. */
  reset(): void;
}

export type AppendedRow = Extract<PendingChange, { readonly kind: "appended" }>;
export type TakeRow = DeliveryRow | RememberedRow;

export interface ReadyRow {
  readonly sequence: number;
  readonly priority: number;
  readonly key: string | null;
}

export type FreshRow = readonly [sequence: number, due: number, key: string | null];
export type TakenRow = readonly [...DeliveryRow, key: string | null, due: number];

/** What all queues of a database share. */
export interface QueueTools {
  readonly due: DueStatements;
  readonly held: HeldRows;
  readonly last: Statement<readonly [sequence: number | null]>;
  readonly fresh: Statement<FreshRow>;
  readonly freshMessages: Statement<TakenRow>;
  readonly ranked: Statement<readonly [sequence: number, priority: number]>;
  readonly message: Statement<TakenRow>;
  /** The first row of a key that has to wait, or had to. */
  readonly firstDueOfKey: Statement<readonly [sequence: number]>;
}

/** Rows looked at in one query, and in one call of `take` at the most: the rest comes with the next call. */
export const SCAN_CHUNK = 256;
export const SCAN_BUDGET = 2048;

/** The first columns of a taken row are those of a delivery. */
export function deliveryOf(row: TakenRow): DeliveryRow {
  return row as unknown as DeliveryRow;
}

export function keyOf(row: TakenRow): string | null {
  return row[12];
}

export function dueOf(row: TakenRow): number {
  return row[13];
}

export const MESSAGE_COLUMNS = "m.sequence, m.id, m.kind, m.body, m.spool, m.headers, m.dead_letter, m.appended_at, m.attributes";

const TAKEN = `
  SELECT ${MESSAGE_COLUMNS}, m.expires_at, p.failures, p.parked, p.key, p.due
  FROM pending p JOIN messages m ON m.sequence = p.sequence`;

export function prepareQueueTools(database: DatabaseSync): QueueTools {
  return {
    due: prepareDueStatements(database),
    held: createHeldRows(database),
    last: prepare(database, "SELECT max(sequence) FROM pending WHERE subscription = ?"),
    fresh: prepare(database, "SELECT sequence, due, key FROM pending WHERE subscription = ? AND sequence > ? ORDER BY sequence LIMIT ?"),
    freshMessages: prepare(database, `${TAKEN} WHERE p.subscription = ? AND p.sequence > ? ORDER BY p.sequence LIMIT ?`),
    message: prepare(database, `${TAKEN} WHERE p.subscription = ? AND p.sequence = ?`),
    ranked: prepare(
      database,
      `SELECT sequence, priority FROM pending INDEXED BY pending_priority
       WHERE subscription = ? AND priority IS NOT NULL AND due = 0 ORDER BY priority DESC, sequence LIMIT ?`,
    ),
    firstDueOfKey: prepare(
      database,
      `SELECT sequence FROM pending INDEXED BY pending_due_key
       WHERE subscription = ? AND key = ? AND due > 0 ORDER BY sequence LIMIT 1`,
    ),
  };
}
