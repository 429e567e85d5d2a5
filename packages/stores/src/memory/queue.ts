import type { Delivery, DeliveryRef, ParkedState, StoredMessage } from "@portolan/core";
import { createHeap } from "./heap.ts";
import type { Moment } from "./moment.ts";
import { createReadyList } from "./ready-list.ts";

/** A message in a channel, shared by the queues of its subscriptions. */
export interface Kept {
  readonly sequence: number;
  readonly channel: string;
  readonly message: StoredMessage;
  readonly key: string | undefined;
  readonly priority: number;
  readonly due: number;
  readonly appendedAt: number;
  readonly expiresAt: number | undefined;
  /** Queues that have not finished with it. */
  pending: number;
}

/**
 * `ready`: may be taken. `later`: not before `due`. `behind`: an unfinished entry of the same key stands before it.
 * `gone`: settled or removed; lists that still hold it pass over it.
 */
type EntryState = "ready" | "later" | "behind" | "inFlight" | "gone";

interface Entry {
  readonly sequence: number;
  readonly priority: number;
  readonly kept: Kept;
  state: EntryState;
  due: number;
  failures: number;
  parked: ParkedState | undefined;
  /** The next entry with the same key. */
  next: Entry | undefined;
}

export interface QueueOrder {
  readonly ordered: boolean;
  readonly prioritized: boolean;
}

/** One subscription's view of its channel: what waits, and in which order it may be taken. */
export class Queue {
  readonly id: number;
  readonly #entries = new Map<number, Entry>();
  readonly #order: QueueOrder;
  readonly #ready = createReadyList<Entry>();
  readonly #later = createHeap<Entry>((a, b) => (a.due === b.due ? a.sequence < b.sequence : a.due < b.due));
  /** The last unfinished entry of each key. */
  readonly #tails = new Map<string, Entry>();

  constructor(id: number, order: QueueOrder) {
    this.id = id;
    this.#order = order;
  }

  get size(): number {
    return this.#entries.size;
  }

  append(kept: Kept, now: number): void {
    kept.pending += 1;
    const priority = this.#order.prioritized ? kept.priority : 0;
    this.#enter(
      { sequence: kept.sequence, priority, kept, state: "behind", due: kept.due, failures: 0, parked: undefined, next: undefined },
      now,
    );
  }

  /** Takes the entries of other queues over, which must not be used any more, in their order and with their failures. */
  adopt(others: readonly Queue[], now: number): void {
    const entries = others.flatMap((other) => [...other.#entries.values()]).sort((a, b) => a.sequence - b.sequence);
    for (const entry of entries) {
      const priority = this.#order.prioritized ? entry.kept.priority : 0;
      this.#enter({ ...entry, priority, state: "behind", next: undefined }, now);
    }
  }

  take(limit: number, now: number): Delivery[] {
    this.#promote(now);
    const deliveries: Delivery[] = [];
    while (deliveries.length < limit) {
      const entry = this.#ready.pop();
      if (entry === undefined) break;
      if (entry.state !== "ready") continue;
      entry.state = "inFlight";
      deliveries.push(this.#delivery(entry));
    }
    return deliveries;
  }

  nextDue(): number | undefined {
    for (let first = this.#later.peek(); first !== undefined; first = this.#later.peek()) {
      if (first.state === "later") return first.due;
      this.#later.pop();
    }
    return undefined;
  }

  /** Answers whether a delivery was given back. */
  release(sequence: number): boolean {
    const entry = this.#entries.get(sequence);
    if (entry?.state !== "inFlight") return false;
    this.#makeReady(entry);
    return true;
  }

  /** The message has been dealt with; answers it unless it was gone already. */
  settle(sequence: number, moment: Moment): Kept | undefined {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return undefined;
    this.#entries.delete(sequence);
    const wasFirst = entry.state !== "behind";
    entry.state = "gone";
    entry.kept.pending -= 1;
    if (wasFirst && this.#isOrdered(entry)) this.#admitBehind(entry, moment.now());
    return entry.kept;
  }

  postpone(
    sequence: number,
    change: { readonly due: number; readonly failures: number; readonly parked?: ParkedState | undefined },
    now: number,
  ): void {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return;
    entry.failures = change.failures;
    entry.parked = change.parked;
    entry.due = change.due;
    this.#admit(entry, now);
  }

  /** Whether an unfinished message stands before it that does not have to wait for a time. */
  hasEarlier(sequence: number): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.sequence >= sequence) return false;
      if (entry.due === 0) return true;
    }
    return false;
  }

  isInFlight(sequence: number): boolean {
    return this.#entries.get(sequence)?.state === "inFlight";
  }

  /** Sequences that wait for a time after now. */
  *postponed(now: number): Generator<number> {
    for (const entry of this.#entries.values()) if (entry.state !== "inFlight" && entry.due > now) yield entry.sequence;
  }

  #enter(entry: Entry, now: number): void {
    this.#entries.set(entry.sequence, entry);
    if (this.#isOrdered(entry)) {
      const tail = this.#tails.get(entry.kept.key);
      this.#tails.set(entry.kept.key, entry);
      if (tail !== undefined) {
        tail.next = entry;
        return;
      }
    }
    this.#admit(entry, now);
  }

  #admit(entry: Entry, now: number): void {
    if (entry.due <= now) {
      entry.due = 0;
      return this.#makeReady(entry);
    }
    entry.state = "later";
    this.#later.push(entry);
  }

  #makeReady(entry: Entry): void {
    entry.state = "ready";
    this.#ready.push(entry);
  }

  #promote(now: number): void {
    for (let first = this.#later.peek(); first !== undefined && first.due <= now; first = this.#later.peek()) {
      this.#later.pop();
      if (first.state === "later") this.#makeReady(first);
    }
  }

  #admitBehind(finished: Entry & { readonly kept: { readonly key: string } }, now: number): void {
    let next = finished.next;
    while (next?.state === "gone") next = next.next;
    if (next === undefined) this.#tails.delete(finished.kept.key);
    else this.#admit(next, now);
  }

  #isOrdered(entry: Entry): entry is Entry & { readonly kept: { readonly key: string } } {
    return this.#order.ordered && entry.kept.key !== undefined;
  }

  #delivery(entry: Entry): Delivery {
    const { channel, message, appendedAt, expiresAt } = entry.kept;
    const ref: DeliveryRef = { subscription: this.id, sequence: entry.sequence };
    return { ref, channel, message, failures: entry.failures, parked: entry.parked, appendedAt, expiresAt };
  }
}
