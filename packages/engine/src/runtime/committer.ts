import { PortolanError, type ChannelDefinition, type Clock, type Effect, type Store } from "@portolan/core";
import type { EffectList, PendingEffect, UnitOfWork } from "./unit-of-work.ts";

/** Commits units of work to the two stores of an engine. */
export interface Committer {
  /** Commits what the list holds and `more` as one; undefined if there is nothing to commit. Claims that were not kept are given back. */
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

  const commitNow = (unit: UnitOfWork, pending: readonly PendingEffect[], more: readonly Effect[]): Promise<void> => {
    const now = parts.clock.now();
    const durable: Effect[] = [];
    const memory: Effect[] = [];
    const appended: string[] = [];
    for (const one of pending) {
      if (one.kind === "pendingSettle") {
        (inMemory(one.channel) ? memory : durable).push({ kind: "settle", ref: one.ref });
        continue;
      }
      if (one.kind === "pendingReceipt") {
        if (one.position !== undefined) durable.push({ kind: "setPosition", ...one.position });
        continue;
      }
      const effect = one.kind === "pendingAppend" ? atCommit(one, now) : one;
      if (effect.kind === "append" && inMemory(effect.channel)) {
        memory.push(effect);
        appended.push(effect.channel);
      } else durable.push(effect);
    }
    const settlesMemory = unit.delivery !== undefined && inMemory(unit.delivery.channel);
    for (const effect of more) {
      const isSettlement = effect.kind === "settle" || effect.kind === "postpone";
      const toMemory = isSettlement ? settlesMemory : effect.kind === "append" && inMemory(effect.channel);
      (toMemory ? memory : durable).push(effect);
    }
    const finish = () => {
      unit.ended(true);
      if (memory.length === 0) return undefined;
      parts.appended(appended);
      return parts.stores.memory.commit(memory, "none");
    };
    unit.submitted();
    // The durable store first: what memory holds may be lost with the process anyway.
    return durable.length > 0 ? parts.stores.durable.commit(durable, unit.durability).then(finish) : (finish() ?? Promise.resolve());
  };

  const atCommit = (pending: Extract<PendingEffect, { kind: "pendingAppend" }>, now: number): Effect => {
    const definition = parts.channel(pending.channel);
    const { channel, message, key, priority, delayMs } = pending;
    const due = delayMs === undefined || delayMs === 0 ? undefined : now + delayMs;
    const expiresAt = definition?.ttl === undefined ? undefined : now + definition.ttl;
    return { kind: "append", channel, message, key, priority, due, expiresAt };
  };

  return {
    isKept(list) {
      if (list.unit.asides !== undefined) return true;
      return list.effects().some((effect) => !("channel" in effect && inMemory(effect.channel)));
    },
    storeOf: (channel) => (inMemory(channel) ? parts.stores.memory : parts.stores.durable),
    commit(list, more) {
      const { unit } = list;
      const { asides = [] } = unit;
      if (list.size === 0 && more.length === 0 && asides.length === 0) {
        unit.ended(true);
        return undefined;
      }
      const own = list.effects();
      const pending = asides.length === 0 ? own : [...own, ...asides.map(({ append }) => append)];
      const channels = pending.flatMap((effect) => (effect.kind === "pendingAppend" && inMemory(effect.channel) ? [effect.channel] : []));
      const room = channels.length === 0 ? undefined : parts.room(unit, channels);
      const first = room === undefined ? commitNow(unit, pending, more) : room.then(() => commitNow(unit, pending, more));
      // What is on the side must not fail the message, and this is the one failure that it alone can have caused.
      const committed =
        asides.length === 0
          ? first
          : first.catch(async (error: unknown) => {
              if (!(error instanceof PortolanError && error.code === "PORTOLAN_BODY_UNSTORABLE")) throw error;
              await commitNow(unit, own, more);
              for (const aside of asides) await aside.start();
            });
      return committed.catch((error: unknown) => {
        unit.ended(false);
        throw error;
      });
    },
  };
}
