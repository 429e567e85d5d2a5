import type { DropStateEffect, Effect, PutStateEffect, StateQuery, StateRow } from "@portolan/core";
import { claimId } from "../leases.ts";
import { checkVersion, isOver, newVersion, versionAfter } from "../state-version.ts";
import { type SortedList, createSortedList } from "./sorted-list.ts";

/** Rows of state, by scope. */
export interface StateRows {
  /** Throws PORTOLAN_CONFLICT if one of the effects finds another version than it expects, be it that of an effect before it. */
  check(effects: readonly Effect[], now: number): void;
  /** Makes a change that has been checked. */
  put(effect: PutStateEffect, now: number): void;
  drop(effect: DropStateEffect): void;
  find(scope: string, key: string, now: number): StateRow | undefined;
  items(scope: string, key: string, now: number): readonly unknown[];
  list(scope: string, query: StateQuery, now: number): readonly StateRow[];
  nextDue(scope: string, now: number): number | undefined;
  prune(limit: number, now: number): number;
}

interface Row {
  readonly scope: string;
  readonly key: string;
  readonly order: number;
  value: unknown;
  version: number;
  due: number | undefined;
  until: number | undefined;
  /** Made when the first item comes. */
  items: unknown[] | undefined;
}

interface Scope {
  readonly rows: Map<string, Row>;
  readonly inOrder: SortedList<Row>;
  readonly byDue: SortedList<Row>;
}

export function createStateRows(): StateRows {
  const scopes = new Map<string, Scope>();
  const byUntil = createSortedList(isOverBefore);
  let order = 0;

  function ensureScope(name: string): Scope {
    const known = scopes.get(name);
    if (known !== undefined) return known;
    const scope = { rows: new Map<string, Row>(), inOrder: createSortedList(cameBefore), byDue: createSortedList(isDueBefore) };
    scopes.set(name, scope);
    return scope;
  }

  function living(scope: string, key: string, now: number): Row | undefined {
    const row = scopes.get(scope)?.rows.get(key);
    return row === undefined || isOver(row.until, now) ? undefined : row;
  }

  function remove(row: Row): void {
    const scope = scopes.get(row.scope);
    if (scope === undefined) return;
    scope.rows.delete(row.key);
    scope.inOrder.delete(row);
    unlist(scope, row);
    if (scope.rows.size === 0) scopes.delete(row.scope);
  }

  function unlist(scope: Scope, row: Row): void {
    if (row.due !== undefined) scope.byDue.delete(row);
    if (row.until !== undefined) byUntil.delete(row);
  }

  function add({ scope, key }: PutStateEffect): Row {
    order += 1;
    const row: Row = { scope, key, order, value: null, version: 0, due: undefined, until: undefined, items: undefined };
    const { rows, inOrder } = ensureScope(scope);
    rows.set(key, row);
    inOrder.add(row);
    return row;
  }

  return {
    check(effects, now) {
      let versions: Map<string, number> | undefined;
      for (const effect of effects) {
        if (effect.kind !== "putState" && effect.kind !== "dropState") continue;
        versions ??= new Map();
        const id = claimId(effect);
        checkVersion(effect, versions.get(id) ?? living(effect.scope, effect.key, now)?.version ?? 0);
        versions.set(id, versionAfter(effect, now));
      }
    },
    put(effect, now) {
      const known = scopes.get(effect.scope)?.rows.get(effect.key);
      const isAlive = known !== undefined && !isOver(known.until, now);
      // A row whose time is over makes place for a new one, which stands behind all others.
      if (known !== undefined && !isAlive) remove(known);
      const row = isAlive ? known : add(effect);
      const scope = ensureScope(effect.scope);
      unlist(scope, row);
      row.value = effect.value ?? null;
      row.version = newVersion(effect);
      row.due = effect.due;
      row.until = effect.until;
      if (effect.items !== undefined) for (const item of effect.items) (row.items ??= []).push(item ?? null);
      if (row.due !== undefined) scope.byDue.add(row);
      if (row.until !== undefined) byUntil.add(row);
    },
    drop({ scope, key }) {
      const row = scopes.get(scope)?.rows.get(key);
      if (row !== undefined) remove(row);
    },
    find(scope, key, now) {
      const row = living(scope, key, now);
      return row === undefined ? undefined : rowOf(row);
    },
    // A copy: the list goes on growing.
    items: (scope, key, now) => living(scope, key, now)?.items?.slice() ?? [],
    list(name, { dueBy, after = 0, limit }, now) {
      const scope = scopes.get(name);
      if (scope === undefined) return [];
      const found: StateRow[] = [];
      const rows = dueBy === undefined ? scope.inOrder.from((row) => row.order <= after) : scope.byDue.from(nothing);
      for (const row of rows) {
        if (found.length >= limit || (dueBy !== undefined && row.due !== undefined && row.due > dueBy)) break;
        if (!isOver(row.until, now)) found.push(rowOf(row));
      }
      return found;
    },
    nextDue(name, now) {
      for (const row of scopes.get(name)?.byDue.from(nothing) ?? []) if (!isOver(row.until, now)) return row.due;
      return undefined;
    },
    prune(limit, now) {
      let removed = 0;
      for (let [row] = byUntil.from(nothing); row !== undefined && removed < limit; [row] = byUntil.from(nothing)) {
        if (!isOver(row.until, now)) break;
        remove(row);
        removed += 1;
      }
      return removed;
    },
  };
}

function rowOf({ key, value, version, due, order, items }: Row): StateRow {
  const count = items === undefined ? 0 : items.length;
  return due === undefined ? { key, value, version, count, order } : { key, value, version, count, due, order };
}

function cameBefore(a: Row, b: Row): boolean {
  return a.order < b.order;
}

/** Only of rows that have the time in question. */
function isDueBefore(a: Row, b: Row): boolean {
  return a.due === b.due ? cameBefore(a, b) : Number(a.due) < Number(b.due);
}

function isOverBefore(a: Row, b: Row): boolean {
  return a.until === b.until ? cameBefore(a, b) : Number(a.until) < Number(b.until);
}

function nothing(): boolean {
  return false;
}
