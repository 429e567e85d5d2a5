import type { DatabaseSync } from "node:sqlite";
import { createHeap } from "../memory/heap.ts";
import { ranksBefore } from "../memory/ready-list.ts";
import type { DeliveryRow } from "./protocol.ts";
import { type Statement, prepare } from "./statement.ts";

/** Rows looked at in one query, and in one call of `take` however many are blocked: the rest comes with the next call. */
const SCAN_CHUNK = 256;
const SCAN_BUDGET = 2048;

interface Ready {
  readonly sequence: number;
  readonly priority: number;
}

export interface RowQueueOrder {
  readonly isOrdered: boolean;
  readonly isPrioritized: boolean;
}

type CandidateRow = readonly [sequence: number, due: number, priority: number | null, isBlocked: number];
type TakenRow = readonly [...DeliveryRow, key: string | null, due: number, priority: number | null];

/** The statements that all queues of a database share. */
export interface QueueStatements {
  readonly bounds: Statement<readonly [last: number | null]>;
  readonly fresh: Statement<CandidateRow>;
  readonly freshMessages: Statement<TakenRow>;
  readonly due: Statement<CandidateRow>;
  readonly nextDue: Statement<readonly [number]>;
  readonly ranked: Statement<readonly [sequence: number, priority: number]>;
  readonly message: Statement<TakenRow>;
  readonly nextOfKey: Statement<readonly [sequence: number, due: number]>;
}

/**
 * What one subscription may take. Every pending row is looked at once: by a cursor over the sequence, or, if it has to wait,
 * by one over the due times. A row that stands behind another of its key is passed over, and found through the index of
 * keys when that one goes. So neither memory nor the time of a call grows with the backlog.
 */
export class RowQueue {
  readonly #id: number;
  readonly #isOrdered: boolean;
  readonly #isPrioritized: boolean;
  readonly #statements: QueueStatements;
  /** Looked at and free to go; an entry may be outdated, and is checked when it is taken. */
  #ready = createHeap<Ready>(ranksBefore);
  readonly #inFlight = new Map<number, Ready>();
  #cursor = 0;
  #last = 0;
  #dueCursor = { due: 0, sequence: 0 };
  #nextDue: number | undefined;

  constructor(id: number, { isOrdered, isPrioritized }: RowQueueOrder, statements: QueueStatements) {
    this.#id = id;
    this.#isOrdered = isOrdered;
    this.#isPrioritized = isPrioritized;
    this.#statements = statements;
    this.reset();
  }

  /** Looks at every row again: somebody else has changed them. What is in flight stays so. */
  reset(): void {
    this.#ready = createHeap<Ready>(ranksBefore);
    this.#cursor = 0;
    this.#last = this.#statements.bounds.get(this.#id)?.[0] ?? 0;
    this.#resetDue();
  }

  isInFlight(sequence: number): boolean {
    return this.#inFlight.has(sequence);
  }

  get nextDue(): number | undefined {
    return this.#nextDue;
  }

  appended(sequence: number, due: number): void {
    this.#last = sequence;
    if (due > 0) this.#willBeDue(due);
  }

  /** Answers whether a message that stood behind this one may be taken now or later. */
  finished(sequence: number, key: string | null): boolean {
    this.#inFlight.delete(sequence);
    if (key === null) return false;
    const next = this.#statements.nextOfKey.get(this.#id, key);
    if (next === undefined) return false;
    const [nextSequence, due] = next;
    if (due === 0 ? nextSequence <= this.#cursor : this.#isBehindDueCursor(due, nextSequence)) {
      this.#ready.push({ sequence: nextSequence, priority: 0 });
    }
    return true;
  }

  postponed(sequence: number, due: number): void {
    const entry = this.#inFlight.get(sequence);
    this.#inFlight.delete(sequence);
    if (due > 0) this.#willBeDue(due);
    else if (!this.#isPrioritized) this.#ready.push(entry ?? { sequence, priority: 0 });
  }

  /** Answers whether any was in flight. */
  released(sequences: readonly number[]): boolean {
    let any = false;
    for (const sequence of sequences) {
      const entry = this.#inFlight.get(sequence);
      if (entry === undefined) continue;
      this.#inFlight.delete(sequence);
      this.#ready.push(entry);
      any = true;
    }
    return any;
  }

  /** Whether the last call ended before it had looked at everything. */
  hasMore(now: number): boolean {
    return (!this.#isPrioritized && this.#cursor < this.#last) || (this.#nextDue !== undefined && this.#nextDue <= now);
  }

  take(limit: number, now: number): DeliveryRow[] {
    this.#scanDue(now);
    return this.#isPrioritized ? this.#takeRanked(limit, now) : this.#takeInOrder(limit, now);
  }

  #takeInOrder(limit: number, now: number): DeliveryRow[] {
    const taken: DeliveryRow[] = [];
    let budget = SCAN_BUDGET;
    while (taken.length < limit) {
      const next = this.#ready.peek();
      const mustScan = this.#cursor < this.#last && (next === undefined || next.sequence > this.#cursor);
      if (mustScan) {
        if (budget <= 0) break;
        budget -= this.#isOrdered || next !== undefined ? this.#scanFresh() : this.#takeFresh(limit - taken.length, taken);
      } else if (next === undefined) break;
      else {
        this.#ready.pop();
        this.#takeOne(next, now, taken);
      }
    }
    return taken;
  }

  /** Fresh rows by rank, as many as there may be in flight among them, merged with those that had to wait. */
  #takeRanked(limit: number, now: number): DeliveryRow[] {
    const taken: DeliveryRow[] = [];
    for (const [sequence, priority] of this.#statements.ranked.all(this.#id, limit + this.#inFlight.size)) {
      const fresh = { sequence, priority };
      for (let next = this.#ready.peek(); next !== undefined && taken.length < limit; next = this.#ready.peek()) {
        if (ranksBefore(fresh, next)) break;
        this.#ready.pop();
        this.#takeOne(next, now, taken);
      }
      if (taken.length >= limit) return taken;
      this.#takeOne(fresh, now, taken);
    }
    for (let next = this.#ready.pop(); next !== undefined; next = this.#ready.pop()) {
      if (taken.length >= limit) {
        this.#ready.push(next);
        break;
      }
      this.#takeOne(next, now, taken);
    }
    return taken;
  }

  #takeOne(entry: Ready, now: number, taken: DeliveryRow[]): void {
    if (this.#inFlight.has(entry.sequence)) return;
    const row = this.#statements.message.get(this.#id, entry.sequence);
    if (row === undefined) return;
    const due = row[12];
    if (due > now) {
      // It was postponed after it had become ready, or the clock went back.
      if (this.#isBehindDueCursor(due, entry.sequence)) this.#resetDue();
      return;
    }
    this.#start(entry, row, taken);
  }

  #scanFresh(): number {
    const rows = this.#statements.fresh.all(this.#id, this.#cursor, SCAN_CHUNK);
    for (const [sequence, due, , isBlocked] of rows) {
      this.#cursor = sequence;
      if (due === 0 && isBlocked === 0) this.#ready.push({ sequence, priority: 0 });
    }
    if (rows.length < SCAN_CHUNK) this.#cursor = this.#last;
    return rows.length;
  }

  /** Without keys a look at a row is as well the taking of its message: one query for all. */
  #takeFresh(limit: number, taken: DeliveryRow[]): number {
    const wanted = Math.min(limit, SCAN_CHUNK);
    const rows = this.#statements.freshMessages.all(this.#id, this.#cursor, wanted);
    for (const row of rows) {
      const [sequence] = row;
      this.#cursor = sequence;
      if (row[12] === 0 && !this.#inFlight.has(sequence)) this.#start({ sequence, priority: 0 }, row, taken);
    }
    if (rows.length < wanted) this.#cursor = this.#last;
    return rows.length;
  }

  #start(entry: Ready, row: TakenRow, taken: DeliveryRow[]): void {
    this.#inFlight.set(entry.sequence, entry);
    // The columns of a delivery come first.
    taken.push(row as unknown as DeliveryRow);
  }

  #scanDue(now: number): void {
    if (this.#nextDue === undefined || this.#nextDue > now) return;
    for (let looked = 0; looked < SCAN_BUDGET; looked += SCAN_CHUNK) {
      const { due, sequence } = this.#dueCursor;
      const rows = this.#statements.due.all(this.#id, due, sequence, now, SCAN_CHUNK);
      for (const [rowSequence, rowDue, priority, isBlocked] of rows) {
        this.#dueCursor = { due: rowDue, sequence: rowSequence };
        if (isBlocked === 0) this.#ready.push({ sequence: rowSequence, priority: priority ?? 0 });
      }
      if (rows.length < SCAN_CHUNK) break;
    }
    this.#findNextDue();
  }

  #willBeDue(due: number): void {
    if (due <= this.#dueCursor.due) this.#resetDue();
    else if (this.#nextDue === undefined || due < this.#nextDue) this.#nextDue = due;
  }

  #resetDue(): void {
    this.#dueCursor = { due: 0, sequence: 0 };
    this.#findNextDue();
  }

  #findNextDue(): void {
    this.#nextDue = this.#statements.nextDue.get(this.#id, this.#dueCursor.due, this.#dueCursor.sequence)?.[0];
  }

  #isBehindDueCursor(due: number, sequence: number): boolean {
    return due < this.#dueCursor.due || (due === this.#dueCursor.due && sequence <= this.#dueCursor.sequence);
  }
}

const IS_BLOCKED = `
  p.key IS NOT NULL AND EXISTS (
    SELECT 1 FROM pending b WHERE b.subscription = p.subscription AND b.key = p.key AND b.sequence < p.sequence)`;

export const MESSAGE_COLUMNS = "m.sequence, m.id, m.kind, m.body, m.spool, m.headers, m.dead_letter, m.appended_at";

const TAKEN = `
  SELECT ${MESSAGE_COLUMNS}, m.expires_at, p.failures, p.parked, p.key, p.due, p.priority
  FROM pending p JOIN messages m ON m.sequence = p.sequence`;

/**
 * The indexes are named because the planner, which knows nothing of how many rows there are, takes others: the first term
 * after the subscription is the one that leads straight to the row.
 */
export function prepareQueueStatements(database: DatabaseSync): QueueStatements {
  return {
    bounds: prepare(database, "SELECT max(sequence) FROM pending WHERE subscription = ?"),
    fresh: prepare(
      database,
      `SELECT p.sequence, p.due, p.priority, ${IS_BLOCKED} FROM pending p
       WHERE p.subscription = ? AND p.sequence > ? ORDER BY p.sequence LIMIT ?`,
    ),
    due: prepare(
      database,
      `SELECT p.sequence, p.due, p.priority, ${IS_BLOCKED} FROM pending p INDEXED BY pending_due
       WHERE p.subscription = ? AND (p.due, p.sequence) > (?, ?) AND p.due > 0 AND p.due <= ? ORDER BY p.due, p.sequence LIMIT ?`,
    ),
    nextDue: prepare(
      database,
      `SELECT due FROM pending INDEXED BY pending_due
       WHERE subscription = ? AND (due, sequence) > (?, ?) AND due > 0 ORDER BY due, sequence LIMIT 1`,
    ),
    ranked: prepare(
      database,
      `SELECT sequence, priority FROM pending WHERE subscription = ? AND priority IS NOT NULL AND due = 0
       ORDER BY priority DESC, sequence LIMIT ?`,
    ),
    freshMessages: prepare(database, `${TAKEN} WHERE p.subscription = ? AND p.sequence > ? ORDER BY p.sequence LIMIT ?`),
    message: prepare(database, `${TAKEN} WHERE p.subscription = ? AND p.sequence = ?`),
    nextOfKey: prepare(
      database,
      "SELECT sequence, due FROM pending INDEXED BY pending_key WHERE subscription = ? AND key = ? ORDER BY sequence LIMIT 1",
    ),
  };
}
