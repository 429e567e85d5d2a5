import { PortolanError, type Awaitable } from "@portolan/core";
import type { Execution } from "./execution.ts";
import type { EffectOptions, UnitListener, UnitOfWork } from "./unit-of-work.ts";

/** A row as a unit of work sees it. */
export interface KnownRow {
  readonly value: unknown;
  readonly version: number;
  readonly due?: number | undefined;
  /** Items of its list. */
  readonly count: number;
  /** The last of its items, if that is not in the store yet. */
  readonly last?: AddedItem | undefined;
}

/** An item of a commit that is not on the disk yet; the items before the first of these are in the store. */
export interface AddedItem {
  readonly item: unknown;
  readonly before: AddedItem | undefined;
}

/** The rows of a table that somebody has, waits for, or has changed. */
export interface RowLocks<Row> {
  /**
   * Runs `work` when the unit has the row, after what it does with that already. A row that it changes stays with the unit
   * until its commit is on its way or the change is undone; any other one is free again with the end of `work`.
   */
  hold<T>(key: string, execution: Execution, work: (row: Row) => Awaitable<T>): Awaitable<T>;
  /** Rows that are not in the store as they were changed last, those that came to be first before the others. */
  changedKeys(): readonly string[];
}

/** So many locks that nobody has are kept: to make one for each message costs more than all that it does. */
const IDLE_LOCKS = 1000;

interface Waiting {
  readonly unit: UnitOfWork;
  go(): void;
}

export interface RowLocksParts<Row> {
  /** Whom a unit of work waits for, over all tables of an engine. */
  readonly waitsFor: Map<UnitOfWork, UnitOfWork>;
  /** What the work on a row sees of it. */
  row(lock: RowLock, execution: Execution): Row;
}

export function createRowLocks<Row>({ waitsFor, row }: RowLocksParts<Row>): RowLocks<Row> {
  const locks = new Map<string, RowLock>();

  const lockOf = (key: string): RowLock => {
    let lock = locks.get(key);
    if (lock === undefined) locks.set(key, (lock = new RowLock(key, locks, waitsFor)));
    return lock;
  };

  // Closures stand in functions of their own: where one is, each call pays for it, also those that never wait.
  const enter = <T>(lock: RowLock, holding: Holding<Row, T>): Awaitable<T> => {
    const { execution, work } = holding;
    lock.sections += 1;
    let result: Awaitable<T>;
    try {
      result = lock.turn === undefined ? work(row(lock, execution)) : workLater(lock.turn, lock, holding);
    } catch (error) {
      lock.leave(execution.unit);
      throw error;
    }
    if (result instanceof Promise) lock.turn = leaveLater(result, lock, execution.unit);
    else lock.leave(execution.unit);
    return result;
  };

  const workLater = async <T>(turn: Promise<void>, lock: RowLock, { execution, work }: Holding<Row, T>): Promise<T> => {
    await turn;
    return work(row(lock, execution));
  };

  const leaveLater = (result: Promise<unknown>, lock: RowLock, unit: UnitOfWork): Promise<void> => {
    const leave = () => lock.leave(unit);
    return result.then(leave, leave);
  };

  const enterLater = async <T>(granted: Promise<void>, lock: RowLock, holding: Holding<Row, T>): Promise<T> => {
    await granted;
    return enter(lock, holding);
  };

  return {
    hold(key, execution, work) {
      const lock = lockOf(key);
      const { unit } = execution;
      lock.owner ??= unit;
      const holding = { execution, work };
      return lock.owner === unit ? enter(lock, holding) : enterLater(lock.wait(unit), lock, holding);
    },
    changedKeys: () => {
      const changes = [...locks.values()].flatMap(({ change }) => change ?? []);
      return changes.toSorted((a, b) => a.opened - b.opened).map(({ lock }) => lock.key);
    },
  };
}

interface Holding<Row, T> {
  readonly execution: Execution;
  readonly work: (row: Row) => Awaitable<T>;
}

/** Who has one row. A class, as `RowChange` is: each message makes one of each, and closures would cost it several times as much. */
export class RowLock {
  readonly key: string;
  owner: UnitOfWork | undefined;
  /** The last change, unless it is on the disk. */
  change: RowChange | undefined;
  /**
   * The last version that the row has had in changes that are not on the disk, also if it is dropped: no later row may have that
   * while the drop can fail.
   */
  version = 0;
  /** What the owner does with the row, or is about to do: one after another. */
  sections = 0;
  /** Resolves with the end of the last of them that has to wait for something. */
  turn: Promise<void> | undefined;
  private waiting: Waiting[] | undefined;
  private readonly locks: Map<string, RowLock>;
  private readonly waitsFor: Map<UnitOfWork, UnitOfWork>;

  constructor(key: string, locks: Map<string, RowLock>, waitsFor: Map<UnitOfWork, UnitOfWork>) {
    this.key = key;
    this.locks = locks;
    this.waitsFor = waitsFor;
  }

  /** Resolves when the unit is the owner. Fails where the owner waits for that unit. */
  async wait(unit: UnitOfWork): Promise<void> {
    // Somebody has it, or nobody would have to wait.
    const owner = this.owner as UnitOfWork;
    if (leadsTo(this.waitsFor, owner, unit)) {
      throw new PortolanError("PORTOLAN_CONFLICT", "two messages wait for each other's groups; this one gives way", {
        hint: "it is delivered again",
      });
    }
    this.waitsFor.set(unit, owner);
    await new Promise<void>((go) => (this.waiting ??= []).push({ unit, go }));
    this.waitsFor.delete(unit);
  }

  /** One section has ended. */
  leave(unit: UnitOfWork): void {
    this.sections -= 1;
    if (this.sections > 0) return;
    this.turn = undefined;
    if (this.change === undefined || this.change.unit !== unit) this.release(unit);
  }

  /** The next one has it, if the unit does. */
  release(unit: UnitOfWork): void {
    if (this.owner !== unit) return;
    const next = this.waiting?.shift();
    this.owner = next?.unit;
    if (next === undefined) return this.forget();
    for (const { unit: waiter } of this.waiting ?? []) this.waitsFor.set(waiter, next.unit);
    // It goes on in a later turn: the commit of the unit that gives the row away comes first.
    next.go();
  }

  /** A row that is in the store as it was changed last, and nobody's, needs no lock. */
  forget(): void {
    if (this.owner !== undefined || this.change !== undefined || this.locks.size <= IDLE_LOCKS) return;
    if (this.locks.get(this.key) === this) this.locks.delete(this.key);
  }
}

let opened = 0;

/** A row as changed by a unit of work whose commit is not on the disk yet. */
export class RowChange implements UnitListener, EffectOptions {
  readonly unit: UnitOfWork;
  readonly row: KnownRow | undefined;
  readonly lock: RowLock;
  /** Rises from row to row in the order in which they came to be, as far as they are not in the store. */
  readonly opened: number;
  /** What it goes back to. */
  private before: RowChange | undefined;
  private isOver = false;

  constructor(lock: RowLock, unit: UnitOfWork, row: KnownRow | undefined) {
    this.lock = lock;
    this.unit = unit;
    this.row = row;
    if (row !== undefined) lock.version = row.version;
    const { change } = lock;
    this.opened = change?.row === undefined ? (opened += 1) : change.opened;
    this.before = change;
    lock.change = this;
    unit.listen(this);
  }

  submitted(): void {
    this.lock.release(this.unit);
  }

  ended(): void {
    const { lock } = this;
    this.isOver = true;
    this.before = undefined;
    if (lock.change === this) lock.change = undefined;
    lock.release(this.unit);
    lock.forget();
  }

  undo(): void {
    const { lock, before, unit } = this;
    // A part that was cut off may end after its unit of work: the row may be another one's by then.
    if (this.isOver) return;
    lock.change = before === undefined || before.isOver ? undefined : before;
    if (before?.unit !== unit && lock.sections === 0) lock.release(unit);
    lock.forget();
  }
}

function leadsTo(waitsFor: ReadonlyMap<UnitOfWork, UnitOfWork>, from: UnitOfWork, to: UnitOfWork): boolean {
  for (let unit: UnitOfWork | undefined = from, steps = 0; unit !== undefined && steps < 10_000; steps++) {
    if (unit === to) return true;
    unit = waitsFor.get(unit);
  }
  return false;
}
