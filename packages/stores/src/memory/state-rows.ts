import type { DropStateEffect, Effect, PutStateEffect, StateQuery, StateRow } from "@portolan/core";
import { claimId } from "../leases.ts";
import { checkVersion, isOver, newVersion, versionAfter } from "../state-version.ts";
import type { Moment } from "./moment.ts";
import { type SortedList, createSortedList } from "./sorted-list.ts";

/** Rows of state, by scope. */
export interface StateRows {
  /** Throws PORTOLAN_CONFLICT if one of the effects finds another version than it expects, be it that of an effect before it. */
  check(effects: readonly Effect[], moment: Moment): void;
  /** Makes a change that has been checked. */
  put(effect: PutStateEffect, moment: Moment): void;
  drop(effect: DropStateEffect): void;
  find(scope: string, key: string, moment: Moment): StateRow | undefined;
  items(scope: string, key: string, moment: Moment): readonly unknown[];
  list(scope: string, query: StateQuery, moment: Moment): readonly StateRow[];
  nextDue(scope: string, moment: Moment): number | undefined;
  prune(limit: number, moment: Moment): number;
}

type StateEffect = PutStateEffect | DropStateEffect;

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
    const scope: Scope = { rows: new Map<string, Row>(), inOrder: createSortedList(cameBefore), byDue: createSortedList(isDueBefore) };
    scopes.set(name, scope);
    return scope;
  }

  function living(scope: string, key: string, moment: Moment): Row | undefined {
    const row = scopes.get(scope)?.rows.get(key);
    return row === undefined || isGone(row, moment) ? undefined : row;
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

  function move(row: Row, { due, until }: PutStateEffect): void {
    const scope = ensureScope(row.scope);
    unlist(scope, row);
    row.due = due;
    row.until = until;
    if (due !== undefined) scope.byDue.add(row);
    if (until !== undefined) byUntil.add(row);
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
    check(effects, moment) {
      let first: StateEffect | undefined;
      let versions: Map<string, number> | undefined;
      for (const effect of effects) {
        if (effect.kind !== "putState" && effect.kind !== "dropState") continue;
        // Most commits change one row, once.
        if (first === undefined) {
          first = effect;
          checkVersion(effect, living(effect.scope, effect.key, moment)?.version ?? 0);
          continue;
        }
        versions ??= new Map([[claimId(first), versionAfter(first, moment)]]);
        const id = claimId(effect);
        checkVersion(effect, versions.get(id) ?? living(effect.scope, effect.key, moment)?.version ?? 0);
        versions.set(id, versionAfter(effect, moment));
      }
    },
    put(effect, moment) {
      let row = scopes.get(effect.scope)?.rows.get(effect.key);
      // A row whose time is over makes place for a new one, which stands behind all others.
      if (row !== undefined && isGone(row, moment)) {
        remove(row);
        row = undefined;
      }
      row ??= add(effect);
      if (row.due !== effect.due || row.until !== effect.until) move(row, effect);
      row.value = effect.value ?? null;
      row.version = newVersion(effect);
      if (effect.items !== undefined) for (const item of effect.items) (row.items ??= []).push(item ?? null);
    },
    drop({ scope, key }) {
      const row = scopes.get(scope)?.rows.get(key);
      if (row !== undefined) remove(row);
    },
    find(scope, key, moment) {
      const row = living(scope, key, moment);
      return row === undefined ? undefined : rowOf(row);
    },
    // A copy: the list goes on growing.
    items: (scope, key, moment) => living(scope, key, moment)?.items?.slice() ?? [],
    list(name, { dueBy, after = 0, limit }, moment) {
      const scope = scopes.get(name);
      if (scope === undefined) return [];
      const found: StateRow[] = [];
      const rows = dueBy === undefined ? scope.inOrder.from((row) => row.order <= after) : scope.byDue.from(nothing);
      for (const row of rows) {
        if (found.length >= limit || (dueBy !== undefined && row.due !== undefined && row.due > dueBy)) break;
        if (!isGone(row, moment)) found.push(rowOf(row));
      }
      return found;
    },
    nextDue(name, moment) {
      for (const row of scopes.get(name)?.byDue.from(nothing) ?? []) if (!isGone(row, moment)) return row.due;
      return undefined;
    },
    prune(limit, moment) {
      let removed = 0;
      for (let [row] = byUntil.from(nothing); row !== undefined && removed < limit; [row] = byUntil.from(nothing)) {
        if (!isGone(row, moment)) break;
        remove(row);
        removed += 1;
      }
      return removed;
    },
  };
}

function isGone({ until }: Row, moment: Moment): boolean {
  return until !== undefined && isOver(until, moment.now());
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
