import { PortolanError, type Awaitable, type ChannelDefinition, type Clock, type Effect, type Store } from "@portolan/core";
import type { EffectList, PendingAppend, PendingEffect, UnitOfWork } from "./unit-of-work.ts";

/** Commits units of work to the two stores of an engine. */
export interface Committer {
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
  channel(name: string): ChannelDefinition | undefined;
  /** Waits while memory channels that the unit sends to are full; undefined if none is. */
  room(unit: UnitOfWork, channels: readonly string[]): Promise<void> | undefined;
  /** Told what was appended to memory channels. */
  appended(channels: readonly string[]): void;
}

export function createCommitter(parts: CommitterParts): Committer {
  const inMemory = (channel: string) => parts.channel(channel)?.mode === "memory";

  const commitNow = (unit: UnitOfWork, pending: readonly PendingEffect[], more: readonly Effect[]): Awaitable<void> => {
    let durable: Effect[] | undefined;
    let memory: Effect[] | undefined;
    for (const one of pending) {
      const effect = atCommit(one);
      if (effect === undefined) continue;
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
    const committed = durable === undefined ? undefined : parts.stores.durable.commit(durable, unit.durability);
    return committed instanceof Promise ? finishLater(committed, unit, { memory, pending }) : finish(unit, { memory, pending });
  };

  const finish = (unit: UnitOfWork, { memory, pending }: Rest): Awaitable<void> => {
    unit.ended(true);
    if (memory === undefined) return;
    parts.appended(memoryChannels(pending));
    return parts.stores.memory.commit(memory, "none");
  };
  const finishLater = (committed: Promise<void>, unit: UnitOfWork, rest: Rest): Promise<void> => committed.then(() => finish(unit, rest));

  const isInMemory = (effect: PendingEffect): boolean =>
    (effect.kind === "append" || effect.kind === "pendingAppend" || effect.kind === "pendingSettle") && inMemory(effect.channel);

  /** The memory channels that a unit of work sends to, one for each message. */
  const memoryChannels = (pending: readonly PendingEffect[]): readonly string[] =>
    pending.flatMap((effect) =>
      (effect.kind === "append" || effect.kind === "pendingAppend") && inMemory(effect.channel) ? effect.channel : [],
    );

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

  const commitLater = (room: Promise<void>, unit: UnitOfWork, { pending, more }: Contents): Promise<void> =>
    room.then(() => commitNow(unit, pending, more));

  /** What is on the side must not fail the message, and this is the one failure that it alone can have caused. */
  const withoutAsides = (committed: Promise<void>, unit: UnitOfWork, { own, more }: Contents): Promise<void> =>
    committed.catch(async (error: unknown) => {
      if (!(error instanceof PortolanError && error.code === "PORTOLAN_BODY_UNSTORABLE")) throw error;
      await commitNow(unit, own, more);
      for (const aside of unit.asides ?? []) await aside.start();
    });

  const watched = (committed: Promise<void>, unit: UnitOfWork): Promise<void> =>
    committed.catch((error: unknown) => {
      unit.ended(false);
      throw error;
    });

  return {
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
      const sendsToMemory = pending.some((effect) => effect.kind === "pendingAppend" && inMemory(effect.channel));
      const room = sendsToMemory ? parts.room(unit, memoryChannels(pending)) : undefined;
      const committed = room === undefined ? commitNow(unit, pending, more) : commitLater(room, unit, { own, pending, more });
      if (!(committed instanceof Promise)) return undefined;
      return watched(asides === undefined ? committed : withoutAsides(committed, unit, { own, pending, more }), unit);
    },
  };
}

interface Contents {
  readonly own: readonly PendingEffect[];
  /** Its own, and what is on the side. */
  readonly pending: readonly PendingEffect[];
  readonly more: readonly Effect[];
}

/** What is left to do when the durable store has committed. */
interface Rest {
  readonly memory: readonly Effect[] | undefined;
  readonly pending: readonly PendingEffect[];
}

/** A list that begins with what it holds takes a tenth of the memory of one that grows. */
function extended(list: Effect[] | undefined, effect: Effect): Effect[] {
  if (list === undefined) return [effect];
  list.push(effect);
  return list;
}
