import { createHeap } from "../memory/heap.ts";
import { ranksBefore } from "../memory/ready-list.ts";
import { DueCursor } from "./due-cursor.ts";
import type { DeliveryRow } from "./protocol.ts";
import {
  type AppendedRow,
  type QueueTools,
  type ReadyRow,
  type RowQueue,
  SCAN_BUDGET,
  SCAN_CHUNK,
  type TakenRow,
  deliveryOf,
  dueOf,
} from "./row-queue.ts";

/**
 * Takes rows by priority, equal ones in the order of their sequence. Rows that never had to wait come straight from the index
 * of priorities, which shows what is in flight as well; those that were due, and what was released, are kept beside it.
 */
export class RankedQueue implements RowQueue {
  readonly #id: number;
  readonly #tools: QueueTools;
  readonly #due: DueCursor;
  #ready = createHeap<ReadyRow>(ranksBefore);
  readonly #inFlight = new Map<number, ReadyRow>();

  constructor(id: number, tools: QueueTools) {
    this.#id = id;
    this.#tools = tools;
    this.#due = new DueCursor(id, tools.due);
    this.reset();
  }

  get nextDue(): number | undefined {
    return this.#due.next;
  }

  isInFlight(sequence: number): boolean {
    return this.#inFlight.has(sequence);
  }

  appended({ due }: AppendedRow): void {
    if (due > 0) this.#noteDue(due);
  }

  finished(sequence: number): boolean {
    this.#inFlight.delete(sequence);
    return false;
  }

  postponed(sequence: number, due: number): void {
    this.#inFlight.delete(sequence);
    if (due > 0) this.#noteDue(due);
  }

  released(sequences: readonly number[]): boolean {
    let any = false;
    for (const sequence of sequences) {
      const row = this.#inFlight.get(sequence);
      if (row === undefined) continue;
      this.#inFlight.delete(sequence);
      this.#ready.push(row);
      any = true;
    }
    return any;
  }

  hasMore(now: number): boolean {
    return this.#due.next !== undefined && this.#due.next <= now;
  }

  take(limit: number, now: number): readonly DeliveryRow[] {
    const taken: TakenRow[] = [];
    try {
      this.#passDue(now);
      this.#fill(taken, limit, now);
    } catch (error) {
      for (const [sequence] of taken) this.#inFlight.delete(sequence);
      this.reset();
      throw error;
    }
    return taken.map(deliveryOf);
  }

  reset(): void {
    this.#ready = createHeap<ReadyRow>(ranksBefore);
    this.#due.reset();
  }

  /** Merges what the index holds with what is ready beside it. */
  #fill(taken: TakenRow[], limit: number, now: number): void {
    for (const [sequence, priority] of this.#tools.ranked.all(this.#id, limit + this.#inFlight.size)) {
      if (taken.length >= limit) return;
      const fresh = { sequence, priority, key: null };
      this.#takeReady(taken, { limit, now, before: fresh });
      if (taken.length < limit) this.#takeOne(fresh, taken, now);
    }
    this.#takeReady(taken, { limit, now });
  }

  #takeReady(taken: TakenRow[], until: { readonly limit: number; readonly now: number; readonly before?: ReadyRow }): void {
    for (let next = this.#ready.peek(); next !== undefined && taken.length < until.limit; next = this.#ready.peek()) {
      if (until.before !== undefined && ranksBefore(until.before, next)) return;
      this.#ready.pop();
      this.#takeOne(next, taken, until.now);
    }
  }

  #takeOne(ready: ReadyRow, taken: TakenRow[], now: number): void {
    if (this.#inFlight.has(ready.sequence)) return;
    const row = this.#tools.message.get(this.#id, ready.sequence);
    if (row === undefined) return;
    if (dueOf(row) > now) {
      // A row that was postponed again is found when it is due; one that the clock has gone back before must be, too.
      if (this.#due.hasPassed(dueOf(row), ready.sequence)) this.reset();
      return;
    }
    this.#inFlight.set(ready.sequence, ready);
    taken.push(row);
  }

  #passDue(now: number): void {
    for (let looked = 0; looked < SCAN_BUDGET && this.#ready.size < SCAN_BUDGET; looked += SCAN_CHUNK) {
      const rows = this.#due.pass(now, SCAN_CHUNK);
      for (const [sequence, , , priority] of rows) this.#ready.push({ sequence, priority: priority ?? 0, key: null });
      if (rows.length < SCAN_CHUNK) return;
    }
  }

  #noteDue(due: number): void {
    if (!this.#due.note(due)) this.reset();
  }
}
