import { isRecord, type DeliveryRef, type Effect } from "@portolan/core";

/**
 * The effects of all commits that a store's log holds, in order. The log also holds the commits that the store refused: one
 * that expects another position or another version of a row than it finds changes nothing, nor does one that was out of turn.
 */
export function standingEffects(records: readonly unknown[]): readonly Effect[] {
  const known = new Map<string, unknown>();
  const endings = lastEndings(records);
  return records.flatMap((record, index) => {
    const effects = effectsOf(record);
    if (effects.some((effect) => effect.kind === "settle" && effect.inTurn === true && endings.get(nameOf(effect.ref)) !== index))
      return [];
    const changes = new Map<string, unknown>();
    for (const effect of effects) {
      const change = changeOf(effect);
      if (change === undefined) continue;
      const found = changes.has(change.name) ? changes.get(change.name) : known.get(change.name);
      if (change.isGuarded && !isSame(found, change.expected)) return [];
      changes.set(change.name, change.value);
    }
    for (const [name, value] of changes) known.set(name, value);
    return effects;
  });
}

/** Where the log last says that a delivery has ended. What had been refused for being out of turn was delivered, and ended, again. */
function lastEndings(records: readonly unknown[]): ReadonlyMap<string, number> {
  const endings = new Map<string, number>();
  for (const [index, record] of records.entries()) {
    for (const effect of effectsOf(record))
      if (effect.kind === "settle" || effect.kind === "postpone") endings.set(nameOf(effect.ref), index);
  }
  return endings;
}

function nameOf({ subscription, sequence }: DeliveryRef): string {
  return `${subscription}/${sequence}`;
}

/** The effects of a record of the store's log, if it is a commit. */
function effectsOf(record: unknown): readonly Effect[] {
  // The log is the store's own; a commit in it holds the effects as they were asked for.
  return isRecord(record) && record["kind"] === "commit" ? (record["effects"] as readonly Effect[]) : [];
}

interface Change {
  readonly name: string;
  readonly expected: unknown;
  readonly isGuarded: boolean;
  readonly value: unknown;
}

/** A change of what later commits may build on: the value of a position, the version of a row. */
function changeOf(effect: Effect): Change | undefined {
  switch (effect.kind) {
    case "setPosition":
      return { name: `position ${effect.name}`, expected: effect.expected, isGuarded: "expected" in effect, value: effect.value };
    case "putState":
    case "dropState": {
      const expected = effect.expected === 0 ? undefined : effect.expected;
      const value = effect.kind === "putState" ? (effect.version ?? effect.expected + 1) : undefined;
      return { name: `row ${effect.scope} ${effect.key}`, expected, isGuarded: true, value };
    }
    default:
      return undefined;
  }
}

function isSame(found: unknown, expected: unknown): boolean {
  return JSON.stringify(found ?? null) === JSON.stringify(expected ?? null);
}
