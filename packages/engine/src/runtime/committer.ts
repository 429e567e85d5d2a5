import { PortolanError, type Awaitable, type ChannelDefinition, type Clock, type Effect, type Store } from "@portolan/core";
import type { Capacity } from "./capacity.ts";
import { POLLER } from "./pollers.ts";
import { claimName, type EffectList, type PendingAppend, type PendingEffect, type UnitOfWork } from "./unit-of-work.ts";

/** Commits units of work to the two stores of an engine. */
export interface Committer {
  /**
   * Takes the places in memory channels that a commit of the list will need; undefined if none has to be waited for. Without
   * it, `commit` does.
   */
  room(list: EffectList): Promise<void> | undefined;
  /** Commits what the list holds and `more` as one; undefined if nothing is left to wait for. Claims that were not kept are given back. */
  commit(list: EffectList, more: readonly Effect[]): Promise<void> | undefined;
  /** Whether a commit of what the list holds changes the durable store. */
  isKept(list: EffectList): boolean;
  /** Which store a channel lives in. */
  storeOf(channel: string): Store;
}

export interface CommitterParts {
  readonly clock: Clock;
  readonly stores: { readonly memory: Store; readonly durable: Store };
  readonly capacity: Capacity;
  channel(name: string): ChannelDefinition | undefined;
}

export function createCommitter(parts: CommitterParts): Committer {
  const { capacity } = parts;
  const inMemory = (channel: string) => parts.channel(channel)?.mode === "memory";
  /** What memory channels are to get once the durable part of a commit is on the disk; what comes later is not to overtake it. */
  let pendingInMemory: Promise<unknown> | undefined;

  const room = (list: EffectList): Promise<void> | undefined => {
    const { unit } = list;
    if (unit.places !== undefined || list.size === 0) return undefined;
    const effects = list.effects();
    if (!effects.some(sendsToMemory)) return undefined;
    const channels = effects.filter(sendsToMemory).map(({ channel }) => channel);
    unit.places = channels;
    return capacity.take(unit, channels);
  };

  const commitNow = (unit: UnitOfWork, pending: readonly PendingEffect[], more: readonly Effect[]): Awaitable<void> => {
    let durable: Effect[] | undefined;
    let memory: Effect[] | undefined;
    for (const one of pending) {
      const effect = atCommit(one);
      if (effect === undefined) continue;
      if (effect.kind === "keepKey") (unit.kept ??= new Set()).add(claimName(effect.scope, effect.key));
      if (isInMemory(one)) memory = extended(memory, effect);
      else durable = extended(durable, effect);
    }
    const settlesMemory = unit.delivery !== undefined && inMemory(unit.delivery.channel);
    for (const effect of more) {
      const isSettlement = effect.kind === "settle" || effect.kind === "postpone";
      const toMemory = isSettlement ? settlesMemory : effect.kind === "append" && inMemory(effect.channel);
      if (toMemory) memory = extended(memory, effect);
      else durable = extended(durable, effect);
    }
    unit.submitted();
    // The durable store first: what memory holds may be lost with the process anyway.
    const written = durable === undefined ? undefined : parts.stores.durable.commit(durable, unit.durability);
    if (memory !== undefined) return inTurn(written, () => finishInMemory(unit, memory, { pending, more }));
    return written instanceof Promise ? endLater(written, unit) : unit.ended(true);
  };

  const endLater = (written: Promise<void>, unit: UnitOfWork): Promise<void> => written.then(() => unit.ended(true));

  /** Changes the memory store behind the durable part of the commit, and in the order of the commits. */
  const inTurn = (written: Awaitable<void>, change: () => Awaitable<void>): Awaitable<void> => {
    if (!(written instanceof Promise) && pendingInMemory === undefined) return change();
    const mine = Promise.all([written, pendingInMemory]).then(change);
    const over = mine.then(nothing, nothing);
    pendingInMemory = over;
    void over.then(() => {
      if (pendingInMemory === over) pendingInMemory = undefined;
    });
    return mine;
  };

  const finishInMemory = (unit: UnitOfWork, memory: readonly Effect[], contents: Contents): Awaitable<void> => {
    unit.ended(true);
    const changed = parts.stores.memory.commit(memory, "none");
    return changed instanceof Promise ? changed.then(() => account(contents)) : account(contents);
  };

  /** What has found a place without having asked for it, and what has made one free. */
  const account = ({ pending, more }: Contents): void => {
    for (const effects of [pending, more]) {
      for (const one of effects) {
        if (one.kind === "append" && inMemory(one.channel)) capacity.add(one.channel);
        else if (one.kind === "pendingSettle" && inMemory(one.channel)) capacity.settled(one.channel, POLLER);
      }
    }
  };

  const sendsToMemory = (effect: PendingEffect): effect is PendingAppend => effect.kind === "pendingAppend" && inMemory(effect.channel);

  const isInMemory = (effect: PendingEffect): boolean =>
    (effect.kind === "append" || effect.kind === "pendingAppend" || effect.kind === "pendingSettle") && inMemory(effect.channel);

  const atCommit = (effect: PendingEffect): Effect | undefined => {
    switch (effect.kind) {
      case "pendingAppend":
        return appendAtCommit(effect);
      case "pendingSettle":
        return { kind: "settle", ref: effect.ref };
      case "pendingReceipt":
        return effect.position === undefined ? undefined : { kind: "setPosition", ...effect.position };
      default:
        return effect;
    }
  };

  const appendAtCommit = ({ channel, message, key, priority, delayMs }: PendingAppend): Effect => {
    const ttl = parts.channel(channel)?.ttl;
    const isDelayed = delayMs !== undefined && delayMs !== 0;
    if (!isDelayed && ttl === undefined) return { kind: "append", channel, message, key, priority };
    const now = parts.clock.now();
    const due = isDelayed ? now + delayMs : undefined;
    const expiresAt = ttl === undefined ? undefined : now + ttl;
    return { kind: "append", channel, message, key, priority, due, expiresAt };
  };

  const commitLater = (wait: Promise<void>, unit: UnitOfWork, { pending, more }: Contents): Promise<void> =>
    wait.then(() => commitNow(unit, pending, more));

  /** What is on the side must not fail the message, and this is the one failure that it alone can have caused. */
  const withoutAsides = (committed: Promise<void>, unit: UnitOfWork, { pending: own, more }: Contents): Promise<void> =>
    committed.catch(async (error: unknown) => {
      if (!(error instanceof PortolanError && error.code === "PORTOLAN_BODY_UNSTORABLE")) throw error;
      await commitNow(unit, own, more);
      for (const aside of unit.asides ?? []) await aside.start();
    });

  const watched = (committed: Promise<void>, unit: UnitOfWork): Promise<void> =>
    committed.catch((error: unknown) => {
      capacity.giveBack(unit.places ?? []);
      unit.ended(false);
      throw error;
    });

  return {
    room,
    isKept(list) {
      if (list.unit.asides !== undefined) return true;
      return list.effects().some((effect) => !("channel" in effect && inMemory(effect.channel)));
    },
    storeOf: (channel) => (inMemory(channel) ? parts.stores.memory : parts.stores.durable),
    commit(list, more) {
      const { unit } = list;
      const { asides } = unit;
      if (list.size === 0 && more.length === 0 && asides === undefined) {
        unit.ended(true);
        return undefined;
      }
      const own = list.effects();
      const pending = asides === undefined ? own : [...own, ...asides.map(({ append }) => append)];
      const wait = room(list);
      const committed = wait === undefined ? commitNow(unit, pending, more) : commitLater(wait, unit, { pending, more });
      if (!(committed instanceof Promise)) return undefined;
      return watched(asides === undefined ? committed : withoutAsides(committed, unit, { pending: own, more }), unit);
    },
  };
}

interface Contents {
  readonly pending: readonly PendingEffect[];
  readonly more: readonly Effect[];
}

function nothing(): void {}

/** A list that begins with what it holds takes a tenth of the memory of one that grows. */
function extended(list: Effect[] | undefined, effect: Effect): Effect[] {
  if (list === undefined) return [effect];
  list.push(effect);
  return list;
}
