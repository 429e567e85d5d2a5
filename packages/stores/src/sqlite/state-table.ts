import type { DatabaseSync } from "node:sqlite";
import type { StateQuery } from "@portolan/core";
import { claimId } from "../leases.ts";
import { checkVersion, isOver } from "../state-version.ts";
import type { Changes } from "./changes.ts";
import { createItemTable } from "./item-table.ts";
import { hashKey } from "./key-hash.ts";
import type { EncodedEffect, EncodedStateRow, StoredItem } from "./protocol.ts";
import { STATE_ORDERS, createSequenceCounter } from "./sequence-counter.ts";
import { type Spool, readSpooled } from "./spool.ts";
import { corruptError } from "./sqlite-error.ts";
import { prepare } from "./statement.ts";

/** Rows of state, as the owner of the database writes and reads them. Writes only within a transaction. */
export interface StateTable {
  /**
   * Throws PORTOLAN_CONFLICT if one of a commit's effects finds another version than it expects, be it that of an effect
   * before it. Answers the rows that the effects are about, for `write`.
   */
  check(effects: readonly EncodedEffect[], at: number): StateTargets;
  write(effect: StateEffect, targets: StateTargets, changes: Changes): void;
  find(scope: string, key: string, now: number): EncodedStateRow | undefined;
  items(scope: string, key: string, now: number): readonly StoredItem[];
  list(scope: string, query: StateQuery, now: number): readonly EncodedStateRow[];
  nextDue(scope: string, now: number): number | undefined;
  /** Removes rows whose time is over. */
  prune(limit: number, now: number): { readonly count: number; readonly unnamed: readonly string[] };
  isSpooled(name: string): boolean;
  /** A transaction was undone. */
  reload(): void;
}

export type StateEffect = Extract<EncodedEffect, readonly ["putState" | "dropState", ...unknown[]]>;

export type StateTargets = ReadonlyMap<string, Target>;

/** The row of a scope and key as the effects of one commit find it and leave it. */
interface Target {
  /** 0: there is no row. */
  id: number;
  due: number | null;
  until: number | null;
  spool: string | null;
  /** Items of its list. */
  count: number;
  /** What the check has found, or will find once the effects that it has looked at are made. */
  version: number;
}

export interface StateTableParts {
  readonly database: DatabaseSync;
  readonly spool: Spool;
  readonly spoolDirectory: string;
}

type PutState = Extract<StateEffect, readonly ["putState", ...unknown[]]>;
type ReadRow = readonly [...EncodedStateRow, spool: string | null];

const NO_TARGETS: StateTargets = new Map();
const NO_SCOPE = 0;

export function createStateTable({ database, spool, spoolDirectory }: StateTableParts): StateTable {
  const statements = prepareStatements(database);
  const items = createItemTable(database, spool);
  const orders = createSequenceCounter(database, STATE_ORDERS);
  const scopes = new Map<string, number>();

  /** Scopes are stored once, and named by a number; there is none before the first row of a scope. */
  function scopeId(name: string): number {
    const known = scopes.get(name);
    if (known !== undefined) return known;
    const found = statements.scope.get(name)?.[0];
    if (found === undefined) return NO_SCOPE;
    scopes.set(name, found);
    return found;
  }

  function ensureScope(name: string): number {
    if (scopeId(name) === NO_SCOPE) statements.insertScope.run(name);
    return scopeId(name);
  }

  function targetOf(scope: string, key: string, at: number): Target {
    const [id, version, count, due, until, spooled] = statements.target.get(hashKey({ scope, key }), key, scopeId(scope)) ?? NO_ROW;
    return { id, count, due, until, spool: spooled, version: isOver(until, at) ? 0 : version };
  }

  function forget(target: Target, changes: Changes): void {
    if (target.spool !== null) changes.unnamed.push(target.spool);
    target.spool = null;
  }

  function remove(target: Target, changes: Changes): void {
    forget(target, changes);
    if (target.id === orders.last) orders.rememberLast();
    statements.remove.run(target.id);
    if (target.count > 0) for (const file of items.remove(target.id)) changes.unnamed.push(file);
    target.id = 0;
    target.count = 0;
  }

  /** A row that is expected to be none, and is there, is one whose time is over. */
  function put(
    [, scope, key, kind, content, isSpooled, due, until, expected, version, added]: PutState,
    target: Target,
    changes: Changes,
  ): void {
    const wasInRow = target.spool === null;
    if (expected === 0 && target.id !== 0) remove(target, changes);
    else forget(target, changes);
    const isNew = target.id === 0;
    if (isNew) target.id = orders.next();
    const file = isSpooled ? spoolValue(`state-${target.id}-${version}`, content, changes) : null;
    const value = isSpooled ? null : content;
    const count = target.count + added.length;
    if (isNew)
      statements.insert.run(target.id, ensureScope(scope), hashKey({ scope, key }), key, version, count, due, until, file, kind, value);
    // An index is written only if what it holds may have changed.
    else if (due === target.due && until === target.until && wasInRow && file === null)
      statements.update.run(version, count, kind, value, target.id);
    else statements.updateAll.run(version, count, kind, value, due, until, file, target.id);
    items.add(target, added, changes);
    target.count = count;
    target.due = due;
    target.until = until;
    target.spool = file;
  }

  function spoolValue(name: string, content: string | Uint8Array, changes: Changes): string {
    changes.spooled.push(name);
    spool.write(name, typeof content === "string" ? Buffer.from(content) : content);
    return name;
  }

  /** Values in files are read here, beside the writer that removes such files. */
  function withValue(scope: string, [order, key, kind, value, version, due, count, file]: ReadRow): EncodedStateRow {
    return [order, key, kind, file === null ? value : readValue(scope, key, file), version, due, count];
  }

  function readValue(scope: string, key: string, file: string): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(readSpooled(spoolDirectory, file));
    } catch (cause) {
      throw corruptError(`${spoolDirectory}/${file}`, `the value of row "${key}" of state "${scope}" cannot be read`, cause);
    }
  }

  return {
    check(effects, at) {
      let targets: Map<string, Target> | undefined;
      for (const effect of effects) {
        if (!isStateEffect(effect)) continue;
        const [, scope, key] = effect;
        targets ??= new Map();
        const id = claimId({ scope, key });
        let target = targets.get(id);
        if (target === undefined) targets.set(id, (target = targetOf(scope, key, at)));
        const expected = effect[0] === "putState" ? effect[8] : effect[3];
        checkVersion({ scope, key, expected }, target.version);
        target.version = effect[0] === "dropState" || isOver(effect[7], at) ? 0 : effect[9];
      }
      return targets ?? NO_TARGETS;
    },
    write(effect, targets, changes) {
      const target = targets.get(claimId({ scope: effect[1], key: effect[2] }));
      if (target === undefined) throw new Error(`the row "${effect[2]}" of state "${effect[1]}" was not checked`);
      if (effect[0] === "putState") put(effect, target, changes);
      else if (target.id !== 0) remove(target, changes);
    },
    find(scope, key, now) {
      const row = statements.find.get(hashKey({ scope, key }), key, scopeId(scope), now);
      return row === undefined ? undefined : withValue(scope, row);
    },
    items(scope, key, now) {
      const found = statements.listed.get(hashKey({ scope, key }), key, scopeId(scope), now);
      return found === undefined ? [] : items.list(found[0], (file) => readValue(scope, key, file));
    },
    list(scope, { dueBy, after = 0, limit }, now) {
      const id = scopeId(scope);
      const rows = dueBy === undefined ? statements.inOrder.all(id, after, now, limit) : statements.byDue.all(id, dueBy, now, limit);
      return rows.map((row) => withValue(scope, row));
    },
    nextDue: (scope, now) => statements.nextDue.get(scopeId(scope), now)?.[0],
    prune(limit, now) {
      const removed = statements.removeOver.all(now, limit);
      if (removed.length > 0) orders.rememberLast();
      const unnamed = removed.flatMap(([id, count, file]) => [...(file === null ? [] : [file]), ...(count > 0 ? items.remove(id) : [])]);
      return { count: removed.length, unnamed };
    },
    isSpooled: (name) => statements.spooled.get(name) !== undefined || items.isSpooled(name),
    reload() {
      scopes.clear();
      orders.reload();
    },
  };
}

export function isStateEffect(effect: EncodedEffect): effect is StateEffect {
  return effect[0] === "putState" || effect[0] === "dropState";
}

type TargetRow = readonly [id: number, version: number, count: number, due: number | null, until: number | null, spool: string | null];

const NO_ROW: TargetRow = [0, 0, 0, null, null, null];

function prepareStatements(database: DatabaseSync) {
  const columns = "id, key, kind, value, version, due, count, spool";
  const isAlive = "(until IS NULL OR until > ?)";
  return {
    scope: prepare<readonly [number]>(database, "SELECT id FROM scopes WHERE name = ?"),
    insertScope: prepare(database, "INSERT INTO scopes (name) VALUES (?)"),
    target: prepare<TargetRow>(
      database,
      `SELECT id, version, count, due, until, spool FROM state INDEXED BY state_hash WHERE hash = ? AND key = ? AND scope = ?`,
    ),
    insert: prepare(
      database,
      "INSERT INTO state (id, scope, hash, key, version, count, due, until, spool, kind, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    update: prepare(database, "UPDATE state SET version = ?, count = ?, kind = ?, value = ? WHERE id = ?"),
    updateAll: prepare(
      database,
      "UPDATE state SET version = ?, count = ?, kind = ?, value = ?, due = ?, until = ?, spool = ? WHERE id = ?",
    ),
    remove: prepare(database, "DELETE FROM state WHERE id = ?"),
    find: prepare<ReadRow>(
      database,
      `SELECT ${columns} FROM state INDEXED BY state_hash WHERE hash = ? AND key = ? AND scope = ? AND ${isAlive}`,
    ),
    listed: prepare<readonly [id: number]>(
      database,
      `SELECT id FROM state INDEXED BY state_hash WHERE hash = ? AND key = ? AND scope = ? AND ${isAlive}`,
    ),
    inOrder: prepare<ReadRow>(
      database,
      `SELECT ${columns} FROM state INDEXED BY state_scope WHERE scope = ? AND id > ? AND ${isAlive} ORDER BY id LIMIT ?`,
    ),
    byDue: prepare<ReadRow>(
      database,
      `SELECT ${columns} FROM state INDEXED BY state_due
       WHERE scope = ? AND due IS NOT NULL AND due <= ? AND ${isAlive} ORDER BY due, id LIMIT ?`,
    ),
    nextDue: prepare<readonly [number]>(
      database,
      `SELECT due FROM state INDEXED BY state_due WHERE scope = ? AND due IS NOT NULL AND ${isAlive} ORDER BY due LIMIT 1`,
    ),
    removeOver: prepare<readonly [id: number, count: number, spool: string | null]>(
      database,
      `DELETE FROM state WHERE id IN (SELECT id FROM state INDEXED BY state_until WHERE until <= ? ORDER BY until LIMIT ?) RETURNING id, count, spool`,
    ),
    spooled: prepare<readonly [number]>(database, "SELECT 1 FROM state WHERE spool = ?"),
  };
}
