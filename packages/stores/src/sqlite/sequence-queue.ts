import { createHeap } from "../memory/heap.ts";
import { ranksBefore } from "../memory/ready-list.ts";
import { DueCursor } from "./due-cursor.ts";
import type { DeliveryRow } from "./protocol.ts";
import {
  type QueueTools,
  type ReadyRow,
  type RowQueue,
  SCAN_BUDGET,
  SCAN_CHUNK,
  type TakenRow,
  deliveryOf,
  dueOf,
  keyOf,
} from "./row-queue.ts";

/**
 * Takes rows in the order of their sequence. One cursor goes over the sequence, another over the times of rows that have to
 * wait; a row that both have passed is looked at once, by the second. It is ready then, or held if an earlier row of its key is
 * unfinished. So neither memory nor the time of a call grows with the backlog.
 */
export class SequenceQueue implements RowQueue {
  readonly #id: number;
  readonly #isOrdered: boolean;
  readonly #tools: QueueTools;
  readonly #due: DueCursor;
  #ready = createHeap<ReadyRow>(ranksBefore);
  readonly #inFlight = new Map<number, ReadyRow>();
  /** The row of each key that is ready or in flight. */
  readonly #active = new Map<string, number>();
  #cursor = 0;
  #last = 0;
  /** Whether rows with a key may have to wait, which then keep later ones of their key back. */
  #anyDue = false;

  constructor(id: number, isOrdered: boolean, tools: QueueTools) {
    this.#id = id;
    this.#isOrdered = isOrdered;
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

  appended(sequence: number, due: number): void {
    this.#last = sequence;
    if (due > 0) this.#noteDue(due);
  }

  finished(sequence: number, key: string | null): boolean {
    this.#inFlight.delete(sequence);
    if (key === null) return false;
    if (this.#active.get(key) === sequence) this.#active.delete(key);
    else this.#tools.held.drop(this.#id, key, sequence);
    if (!this.#active.has(key)) this.#admitNext(key);
    return true;
  }

  postponed(sequence: number, due: number): void {
    const row = this.#inFlight.get(sequence);
    if (row === undefined) return;
    this.#inFlight.delete(sequence);
    if (due === 0) {
      this.#ready.push(row);
      return;
    }
    if (row.key !== null) this.#active.delete(row.key);
    this.#noteDue(due);
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
    return this.#cursor < this.#last || (this.#due.next !== undefined && this.#due.next <= now);
  }

  take(limit: number, now: number): readonly DeliveryRow[] {
    const taken: TakenRow[] = [];
    try {
      this.#passDue(now);
      this.#fill(taken, limit, now);
    } catch (error) {
      // What was passed and not kept must be looked at again.
      for (const [sequence] of taken) this.#inFlight.delete(sequence);
      this.reset();
      throw error;
    }
    return taken.map(deliveryOf);
  }

  reset(): void {
    this.#ready = createHeap<ReadyRow>(ranksBefore);
    this.#active.clear();
    for (const { key, sequence } of this.#inFlight.values()) if (key !== null) this.#active.set(key, sequence);
    if (this.#isOrdered) this.#tools.held.clear(this.#id);
    this.#cursor = 0;
    this.#last = this.#tools.last.get(this.#id)?.[0] ?? 0;
    this.#due.reset();
    this.#anyDue = this.#due.next !== undefined;
  }

  #fill(taken: TakenRow[], limit: number, now: number): void {
    let budget = SCAN_BUDGET;
    while (taken.length < limit) {
      const next = this.#ready.peek();
      if (this.#cursor < this.#last && (next === undefined || next.sequence > this.#cursor)) {
        if (budget <= 0) return;
        budget -= this.#isOrdered || next !== undefined ? this.#passFresh() : this.#takeFresh(taken, limit);
      } else if (next === undefined) return;
      else {
        this.#ready.pop();
        this.#takeReady(next, taken, now);
      }
    }
  }

  #takeReady(ready: ReadyRow, taken: TakenRow[], now: number): void {
    if (this.#inFlight.has(ready.sequence)) return;
    const row = this.#tools.message.get(this.#id, ready.sequence);
    if (row === undefined) return;
    if (dueOf(row) > now) this.reset();
    else this.#start(ready, row, taken);
  }

  #start(ready: ReadyRow, row: TakenRow, taken: TakenRow[]): void {
    this.#inFlight.set(ready.sequence, ready);
    taken.push(row);
  }

  #passFresh(): number {
    const rows = this.#tools.fresh.all(this.#id, this.#cursor, SCAN_CHUNK);
    for (const [sequence, due, key] of rows) {
      this.#cursor = sequence;
      if (due === 0 || this.#due.hasPassed(due, sequence)) this.#admit(sequence, key);
    }
    if (rows.length < SCAN_CHUNK) this.#cursor = this.#last;
    return rows.length;
  }

  /** Without keys and nothing else ready, a look at the rows is as well the taking of their messages: one query for all. */
  #takeFresh(taken: TakenRow[], limit: number): number {
    const wanted = Math.min(limit - taken.length, SCAN_CHUNK);
    const rows = this.#tools.freshMessages.all(this.#id, this.#cursor, wanted);
    for (const row of rows) {
      const [sequence] = row;
      this.#cursor = sequence;
      const isFree = dueOf(row) === 0 || this.#due.hasPassed(dueOf(row), sequence);
      if (isFree && !this.#inFlight.has(sequence)) this.#start({ sequence, priority: 0, key: keyOf(row) }, row, taken);
    }
    if (rows.length < wanted) this.#cursor = this.#last;
    return rows.length;
  }

  /** Rows beyond the cursor of the sequence are left to that one: what stands before them is not known yet. */
  #passDue(now: number): void {
    for (let looked = 0; looked < SCAN_BUDGET && this.#ready.size < SCAN_BUDGET; looked += SCAN_CHUNK) {
      const rows = this.#due.pass(now, SCAN_CHUNK);
      for (const [sequence, , key] of rows) if (sequence <= this.#cursor) this.#admit(sequence, key);
      if (rows.length < SCAN_CHUNK) return;
    }
  }

  #admit(sequence: number, key: string | null): void {
    if (this.#inFlight.has(sequence)) return;
    if (key === null) this.#ready.push({ sequence, priority: 0, key });
    else if (this.#active.has(key) || this.#isBehindDue(key, sequence)) this.#tools.held.hold(this.#id, key, sequence);
    else this.#activate(sequence, key);
  }

  #activate(sequence: number, key: string): void {
    this.#active.set(key, sequence);
    this.#ready.push({ sequence, priority: 0, key });
  }

  /** The next row of a key that has no active one: the first held row, unless one that has to wait stands before it. */
  #admitNext(key: string): void {
    const sequence = this.#tools.held.first(this.#id, key);
    if (sequence === undefined || this.#isBehindDue(key, sequence)) return;
    this.#tools.held.drop(this.#id, key, sequence);
    this.#activate(sequence, key);
  }

  #isBehindDue(key: string, sequence: number): boolean {
    if (!this.#anyDue) return false;
    const first = this.#tools.firstDueOfKey.get(this.#id, key);
    return first !== undefined && first[0] < sequence;
  }

  #noteDue(due: number): void {
    this.#anyDue = true;
    if (!this.#due.note(due)) this.reset();
  }
}
