import type { UnitOfWork } from "./unit-of-work.ts";

/** How full the memory channels are; senders wait while one is full. */
export interface Capacity {
  /** Undefined if all have room. A unit of work that reads from a channel never waits for that channel. */
  room(unit: UnitOfWork, channels: readonly string[]): Promise<void> | undefined;
  appended(channels: readonly string[]): void;
  /** One subscription has ended a message. */
  settled(channel: string, route: string): void;
}

export interface CapacityParts {
  capacity(channel: string): number;
  subscribers(channel: string): readonly string[];
}

export function createCapacity(parts: CapacityParts): Capacity {
  const waiting = new Map<string, number>();
  const senders = new Map<string, (() => void)[]>();
  const name = (channel: string, route: string) => `${channel}\u0000${route}`;
  const isFull = (channel: string) =>
    parts.subscribers(channel).some((route) => (waiting.get(name(channel, route)) ?? 0) >= parts.capacity(channel));

  return {
    room(unit, channels) {
      const full = channels.find((channel) => unit.delivery?.channel !== channel && isFull(channel));
      if (full === undefined) return undefined;
      return (async () => {
        for (const channel of channels) {
          while (unit.delivery?.channel !== channel && isFull(channel)) {
            await new Promise<void>((resolve) => {
              const queue = senders.get(channel) ?? [];
              senders.set(channel, queue);
              queue.push(resolve);
            });
          }
        }
      })();
    },
    appended(channels) {
      for (const channel of channels) {
        for (const route of parts.subscribers(channel)) waiting.set(name(channel, route), (waiting.get(name(channel, route)) ?? 0) + 1);
      }
    },
    settled(channel, route) {
      const left = (waiting.get(name(channel, route)) ?? 0) - 1;
      waiting.set(name(channel, route), Math.max(0, left));
      senders.get(channel)?.shift()?.();
    },
  };
}
