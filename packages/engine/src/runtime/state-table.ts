import type { Awaitable, StateQuery, StateRow, Store } from "@portolan/core";
import type { Execution } from "./execution.ts";
import { createRowLocks, RowChange, type AddedItem, type KnownRow, type RowLock } from "./state-lock.ts";
import { andThen } from "./step.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Rows of state that one step keeps, seen from units of work. A row belongs to the unit that changed it until that unit's
 * commit is on its way; the next one goes on from there, before the commit is on the disk. Should that commit fail, the
 * next one's version no longer fits, and the store refuses it with PORTOLAN_CONFLICT.
 *
 * Where the store answers at once and nobody else has the row, all of this happens at once.
 */
export interface StateTable {
  /** Runs `work` on a row that nobody else changes meanwhile. */
  withRow<T>(execution: Execution, key: string, work: (row: RowAccess) => Awaitable<T>): Awaitable<T>;
  /** Committed rows, as the store lists them. */
  list(query: StateQuery): Awaitable<readonly StateRow[]>;
  /** Rows that are not in the store yet, or not as `list` says. */
  uncommittedKeys(): readonly string[];
  nextDue(): Awaitable<number | undefined>;
}

export interface RowAccess {
  /** The row as this unit of work sees it; undefined if there is no such row. */
  get(): Awaitable<KnownRow | undefined>;
  /** The row's list as this unit of work sees it. */
  items(): Awaitable<readonly unknown[]>;
  put(value: unknown, more?: RowDetails): Awaitable<void>;
  drop(): Awaitable<void>;
}

export interface RowDetails {
  readonly due?: number | undefined;
  readonly until?: number | undefined;
  /** What its list grows by. */
  readonly items?: readonly unknown[] | undefined;
}

/** Tables of one engine; units of work that wait for each other are found out over all of them. */
export interface StateTables {
  table(scope: string): StateTable;
}

export function createStateTables(store: Store): StateTables {
  const tables = new Map<string, StateTable>();
  const waitsFor = new Map<UnitOfWork, UnitOfWork>();
  return {
    table(scope) {
      const known = tables.get(scope);
      if (known !== undefined) return known;
      const table = createTable({ store, scope }, waitsFor);
      tables.set(scope, table);
      return table;
    },
  };
}

interface Place {
  readonly store: Store;
  readonly scope: string;
}

function createTable(place: Place, waitsFor: Map<UnitOfWork, UnitOfWork>): StateTable {
  const { store, scope } = place;
  const locks = createRowLocks<RowAccess>({ waitsFor, row: (lock, execution) => new Row(place, execution, lock) });
  return {
    withRow: (execution, key, work) => locks.hold(key, execution, work),
    list: (query) => store.states(scope, query),
    uncommittedKeys: locks.changedKeys,
    nextDue: () => store.nextStateDue(scope),
  };
}

const NO_DETAILS: RowDetails = Object.freeze({});

class Row implements RowAccess {
  private readonly place: Place;
  private readonly execution: Execution;
  private readonly lock: RowLock;
  /** As the work has read it: what it writes is built on that, whatever became of it meanwhile. */
  private seen: KnownRow | undefined;
  private isSeen = false;

  constructor(place: Place, execution: Execution, lock: RowLock) {
    this.place = place;
    this.execution = execution;
    this.lock = lock;
  }

  get(): Awaitable<KnownRow | undefined> {
    const { change, key } = this.lock;
    if (change !== undefined) return this.see(change.row);
    const found = this.place.store.state(this.place.scope, key);
    return found instanceof Promise ? this.seeLater(found) : this.seeStored(found);
  }

  items(): Awaitable<readonly unknown[]> {
    return this.isSeen ? this.itemsOf(this.seen) : andThen(this.get(), (row) => this.itemsOf(row));
  }

  put(value: unknown, details: RowDetails = NO_DETAILS): Awaitable<void> {
    if (this.isSeen) return this.write(value, details);
    return andThen(this.get(), () => this.write(value, details));
  }

  drop(): Awaitable<void> {
    return this.isSeen ? this.remove() : andThen(this.get(), () => this.remove());
  }

  private see(row: KnownRow | undefined): KnownRow | undefined {
    this.seen = row;
    this.isSeen = true;
    return row;
  }

  private async seeLater(reading: Promise<KnownRow | undefined>): Promise<KnownRow | undefined> {
    return this.seeStored(await reading);
  }

  private seeStored(row: KnownRow | undefined): KnownRow | undefined {
    this.lock.version = row === undefined ? 0 : row.version;
    return this.see(row);
  }

  private write(value: unknown, { due, until, items }: RowDetails): void {
    const { seen } = this;
    const expected = seen === undefined ? 0 : seen.version;
    let count = seen === undefined ? 0 : seen.count;
    let last = seen === undefined ? undefined : seen.last;
    for (const item of items ?? []) {
      count += 1;
      last = { item, before: last };
    }
    const { scope } = this.place;
    const { key } = this.lock;
    const version = this.lock.version + 1;
    const change = this.change({ value, version, due, count, last });
    this.execution.list.add({ kind: "putState", scope, key, value, items, due, until, expected, version }, change);
  }

  private remove(): void {
    const expected = this.seen === undefined ? 0 : this.seen.version;
    const change = this.change(undefined);
    this.execution.list.add({ kind: "dropState", scope: this.place.scope, key: this.lock.key, expected }, change);
  }

  private change(row: KnownRow | undefined): RowChange {
    this.seen = row;
    return new RowChange(this.lock, this.execution.unit, row);
  }

  private itemsOf(row: KnownRow | undefined): Awaitable<readonly unknown[]> {
    const added: unknown[] = [];
    for (let last: AddedItem | undefined = row?.last; last !== undefined; last = last.before) added.push(last.item);
    added.reverse();
    const stored = row === undefined ? 0 : row.count - added.length;
    if (stored === 0) return added;
    // The store's list may have grown meanwhile by what is in `added`.
    return andThen(this.place.store.stateItems(this.place.scope, this.lock.key), (list) => [...list.slice(0, stored), ...added]);
  }
}
