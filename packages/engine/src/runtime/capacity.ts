import { PortolanError } from "@portolan/core";
import type { UnitOfWork } from "./unit-of-work.ts";

/** How full the memory channels are; senders wait while one is full. */
export interface Capacity {
  /** Undefined if all have room. A unit of work that reads from a channel, or works on its side, never waits for that channel. */
  room(unit: UnitOfWork, channels: readonly string[]): Promise<void> | undefined;
  appended(channels: readonly string[]): void;
  /** One subscription has ended a message. */
  settled(channel: string, route: string): void;
  /** From now on nobody waits: what finds no room, or has waited for it, fails with PORTOLAN_STOPPING. */
  close(): void;
}

export interface CapacityParts {
  capacity(channel: string): number;
  subscribers(channel: string): readonly string[];
}

export function createCapacity(parts: CapacityParts): Capacity {
  const waiting = new Map<string, number>();
  const senders = new Map<string, (() => void)[]>();
  let isClosed = false;
  const name = (channel: string, route: string) => `${channel}\u0000${route}`;
  const isFull = (channel: string) =>
    parts.subscribers(channel).some((route) => (waiting.get(name(channel, route)) ?? 0) >= parts.capacity(channel));

  return {
    room(unit, channels) {
      const isShut = (channel: string) => unit.reads !== channel && isFull(channel);
      if (!channels.some(isShut)) return undefined;
      return (async () => {
        for (const channel of channels) {
          while (isShut(channel)) {
            if (isClosed) throw new PortolanError("PORTOLAN_STOPPING", `the node is stopping, and channel ${channel} is full`);
            await new Promise<void>((resolve) => {
              const queue = senders.get(channel) ?? [];
              senders.set(channel, queue);
              queue.push(resolve);
            });
          }
        }
      })();
    },
    close() {
      isClosed = true;
      for (const queue of senders.values()) for (const go of queue.splice(0)) go();
    },
    appended(channels) {
      for (const channel of channels) {
        for (const route of parts.subscribers(channel)) waiting.set(name(channel, route), (waiting.get(name(channel, route)) ?? 0) + 1);
      }
    },
    settled(channel, route) {
      const before = waiting.get(name(channel, route));
      // Only memory channels are counted.
      if (before === undefined) return;
      waiting.set(name(channel, route), Math.max(0, before - 1));
      senders.get(channel)?.shift()?.();
    },
  };
}
