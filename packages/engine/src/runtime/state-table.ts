import { PortolanError, type StateQuery, type StateRow, type Store } from "@portolan/core";
import type { Execution } from "./execution.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Rows of state that one step keeps, seen from units of work. A row belongs to the unit that changed it until that unit's
 * commit is on its way; the next one goes on from there, before the commit is on the disk. Should that commit fail, the
 * next one's version no longer fits, and the store refuses it with PORTOLAN_CONFLICT.
 */
export interface StateTable {
  /** Runs `work` on a row that nobody else changes meanwhile. */
  withRow<T>(execution: Execution, key: string, work: (row: RowAccess) => Promise<T>): Promise<T>;
  /** Committed rows, as the store lists them. */
  list(query: StateQuery): readonly StateRow[] | Promise<readonly StateRow[]>;
  /** Rows that are not in the store yet, or not as `list` says. */
  uncommittedKeys(): readonly string[];
  nextDue(): number | undefined | Promise<number | undefined>;
}

export interface RowAccess {
  /** Its value as this unit of work sees it; undefined if there is no such row. */
  get(): Promise<KnownRow | undefined>;
  put(value: unknown, times?: { readonly due?: number | undefined; readonly until?: number | undefined }): Promise<void>;
  drop(): Promise<void>;
}

export interface KnownRow {
  readonly value: unknown;
  readonly version: number;
  readonly due?: number | undefined;
}

/** A row as changed by units of work whose commits are not on the disk yet. */
interface Uncommitted {
  readonly row: KnownRow | undefined;
  readonly unit: UnitOfWork;
  /** Its unit of work has ended. */
  isOver: boolean;
}

interface Lock {
  owner: UnitOfWork | undefined;
  /** Critical sections of the owner run one after another. */
  turn: Promise<void>;
  readonly waiting: { readonly unit: UnitOfWork; go(): void }[];
}

/** Tables of one engine; units of work that wait for each other are found out over all of them. */
export interface StateTables {
  table(scope: string): StateTable;
}

export function createStateTables(store: Store): StateTables {
  const tables = new Map<string, StateTable>();
  /** Whom a unit of work waits for. */
  const waitsFor = new Map<UnitOfWork, UnitOfWork>();
  return {
    table(scope) {
      const known = tables.get(scope);
      if (known !== undefined) return known;
      const table = createTable(store, scope, waitsFor);
      tables.set(scope, table);
      return table;
    },
  };
}

function createTable(store: Store, scope: string, waitsFor: Map<UnitOfWork, UnitOfWork>): StateTable {
  const uncommitted = new Map<string, Uncommitted>();
  const locks = new Map<string, Lock>();

  const acquire = async (key: string, unit: UnitOfWork): Promise<Lock> => {
    const lock = locks.get(key) ?? { owner: undefined, turn: Promise.resolve(), waiting: [] };
    locks.set(key, lock);
    if (lock.owner === undefined) lock.owner = unit;
    else if (lock.owner !== unit) {
      if (leadsTo(waitsFor, lock.owner, unit)) {
        throw new PortolanError("PORTOLAN_CONFLICT", "two messages wait for each other's groups; this one gives way", {
          hint: "it is delivered again",
        });
      }
      waitsFor.set(unit, lock.owner);
      await new Promise<void>((go) => lock.waiting.push({ unit, go }));
      waitsFor.delete(unit);
    }
    return lock;
  };

  const release = (key: string, unit: UnitOfWork): void => {
    const lock = locks.get(key);
    if (lock === undefined || lock.owner !== unit) return;
    const next = lock.waiting.shift();
    lock.owner = next?.unit;
    if (next === undefined) {
      locks.delete(key);
      return;
    }
    for (const { unit: waiter } of lock.waiting) waitsFor.set(waiter, next.unit);
    next.go();
  };

  const known = async (key: string): Promise<KnownRow | undefined> => {
    const pending = uncommitted.get(key);
    return pending === undefined ? await store.state(scope, key) : pending.row;
  };

  /** Remembers a change of what was seen until its commit is on the disk. */
  const change = ({ unit }: Execution, key: string, now: KnownRow | undefined): (() => void) => {
    const before = uncommitted.get(key);
    const made: Uncommitted = { row: now, unit, isOver: false };
    uncommitted.set(key, made);
    unit.listen({
      submitted: () => release(key, unit),
      ended() {
        made.isOver = true;
        if (uncommitted.get(key) === made) uncommitted.delete(key);
        release(key, unit);
      },
    });
    return () => {
      if (before === undefined || before.isOver) uncommitted.delete(key);
      else uncommitted.set(key, before);
      if (before?.unit !== unit) release(key, unit);
    };
  };

  const access = (execution: Execution, key: string): RowAccess => {
    // The version of the row that the work has read: what it writes is built on that one, whatever became of it meanwhile.
    let seen: number | undefined;
    const version = async () => (seen ??= (await known(key))?.version ?? 0);
    return {
      async get() {
        const row = await known(key);
        seen = row?.version ?? 0;
        return row;
      },
      async put(value, { due, until } = {}) {
        const expected = await version();
        seen = expected + 1;
        const undo = change(execution, key, { value, version: seen, due });
        execution.list.add({ kind: "putState", scope, key, value, due, until, expected }, { undo });
      },
      async drop() {
        const expected = await version();
        seen = 0;
        const undo = change(execution, key, undefined);
        execution.list.add({ kind: "dropState", scope, key, expected }, { undo });
      },
    };
  };

  return {
    async withRow(execution, key, work) {
      const { unit } = execution;
      const lock = await acquire(key, unit);
      const before = lock.turn;
      let done: () => void = () => undefined;
      lock.turn = new Promise((resolve) => (done = resolve));
      await before;
      try {
        return await work(access(execution, key));
      } finally {
        done();
        if (uncommitted.get(key)?.unit !== unit) release(key, unit);
      }
    },
    list: (query) => store.states(scope, query),
    uncommittedKeys: () => [...uncommitted.keys()],
    nextDue: () => store.nextStateDue(scope),
  };
}

function leadsTo(waitsFor: ReadonlyMap<UnitOfWork, UnitOfWork>, from: UnitOfWork, to: UnitOfWork): boolean {
  for (let unit: UnitOfWork | undefined = from, steps = 0; unit !== undefined && steps < 10_000; steps++) {
    if (unit === to) return true;
    unit = waitsFor.get(unit);
  }
  return false;
}
