import { createHeap } from "../memory/heap.ts";
import { ranksBefore } from "../memory/ready-list.ts";
import { DueCursor } from "./due-cursor.ts";
import { REMEMBERED } from "./remembered-messages.ts";
import {
  type AppendedRow,
  type QueueTools,
  type ReadyRow,
  type RowQueue,
  SCAN_BUDGET,
  SCAN_CHUNK,
  type TakeRow,
  deliveryOf,
  dueOf,
  keyOf,
} from "./row-queue.ts";

interface Ready extends ReadyRow {
  /** null: its row has to be read. */
  readonly ticket: number | null;
  readonly trusted: number;
}

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
  #ready = createHeap<Ready>(ranksBefore);
  readonly #inFlight = new Map<number, Ready>();
  /** Tickets of rows that were listed before the last change of this number do not count any more. */
  #trusted = 0;
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

  appended({ sequence, due, key, ticket }: AppendedRow): void {
    const isNext = this.#cursor === this.#last;
    this.#last = sequence;
    if (due > 0) this.#noteDue(due);
    else if (ticket !== null && isNext && this.#ready.size < REMEMBERED) {
      // Every row before it has been looked at, so that there is nothing to look up.
      this.#cursor = sequence;
      this.#admit(sequence, key, ticket);
    }
  }

  finished(sequence: number, key: string | null): boolean {
    // A row that ends without having been taken is still listed, and only a look into the database will tell that it is gone.
    if (!this.#inFlight.delete(sequence)) this.#trusted += 1;
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
      this.#ready.push({ ...row, ticket: null });
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

  take(limit: number, now: number): readonly TakeRow[] {
    const taken: TakeRow[] = [];
    try {
      this.#passDue(now);
      this.#fill(taken, limit, now);
    } catch (error) {
      // What was passed and not kept must be looked at again.
      for (const [sequence] of taken) this.#inFlight.delete(sequence);
      this.reset();
      throw error;
    }
    return taken;
  }

  reset(): void {
    this.#ready = createHeap<Ready>(ranksBefore);
    this.#trusted += 1;
    this.#active.clear();
    for (const { key, sequence } of this.#inFlight.values()) if (key !== null) this.#active.set(key, sequence);
    if (this.#isOrdered) this.#tools.held.clear(this.#id);
    this.#cursor = 0;
    this.#last = this.#tools.last.get(this.#id)?.[0] ?? 0;
    this.#due.reset();
    this.#anyDue = this.#due.next !== undefined;
  }

  #fill(taken: TakeRow[], limit: number, now: number): void {
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

  #takeReady(ready: Ready, taken: TakeRow[], now: number): void {
    if (this.#inFlight.has(ready.sequence)) return;
    if (ready.ticket !== null && ready.trusted === this.#trusted) return this.#start(ready, [ready.sequence, ready.ticket], taken);
    const row = this.#tools.message.get(this.#id, ready.sequence);
    if (row === undefined) return;
    if (dueOf(row) > now) this.reset();
    else this.#start(ready, deliveryOf(row), taken);
  }

  #start(ready: Ready, row: TakeRow, taken: TakeRow[]): void {
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
  #takeFresh(taken: TakeRow[], limit: number): number {
    const wanted = Math.min(limit - taken.length, SCAN_CHUNK);
    const rows = this.#tools.freshMessages.all(this.#id, this.#cursor, wanted);
    for (const row of rows) {
      const [sequence] = row;
      this.#cursor = sequence;
      const isFree = dueOf(row) === 0 || this.#due.hasPassed(dueOf(row), sequence);
      if (isFree && !this.#inFlight.has(sequence)) this.#start(this.#listed(sequence, keyOf(row)), deliveryOf(row), taken);
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

  #admit(sequence: number, key: string | null, ticket: number | null = null): void {
    if (this.#inFlight.has(sequence)) return;
    if (key !== null && (this.#active.has(key) || this.#isBehindDue(key, sequence))) {
      this.#tools.held.hold(this.#id, key, sequence);
      return;
    }
    if (key !== null) this.#active.set(key, sequence);
    this.#ready.push(this.#listed(sequence, key, ticket));
  }

  #listed(sequence: number, key: string | null, ticket: number | null = null): Ready {
    return { sequence, priority: 0, key, ticket, trusted: this.#trusted };
  }

  /** The next row of a key that has no active one: the first held row, unless one that has to wait stands before it. */
  #admitNext(key: string): void {
    const sequence = this.#tools.held.first(this.#id, key);
    if (sequence === undefined || this.#isBehindDue(key, sequence)) return;
    this.#tools.held.drop(this.#id, key, sequence);
    this.#active.set(key, sequence);
    this.#ready.push(this.#listed(sequence, key));
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
