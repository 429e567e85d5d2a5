import type { UnitOfWork } from "./unit-of-work.ts";

/** The places in memory channels. Who sends to one that has none left waits, in the order of asking. */
export interface Capacity {
  /**
   * Takes a place for each of these messages' channels, all at once; undefined if that need not wait. A unit of work that reads
   * from a channel, or works on its side, never waits for that channel.
   */
  take(unit: UnitOfWork, channels: readonly string[]): Promise<void> | undefined;
  /** A message that does not wait, such as a dead letter. */
  add(channel: string): void;
  /** What the places were taken for did not come. */
  giveBack(channels: readonly string[]): void;
  /** One subscription has ended a message. */
  settled(channel: string, route: string): void;
}

export interface CapacityParts {
  capacity(channel: string): number;
  subscribers(channel: string): readonly string[];
}

interface Sender {
  /** One for each message. */
  readonly channels: readonly string[];
  /** The channel that it never waits for. */
  readonly exempt: string | undefined;
  go(): void;
}

export function createCapacity({ capacity, subscribers }: CapacityParts): Capacity {
  /** Messages that each subscription has not ended. */
  const taken = new Map<string, number>();
  const senders: Sender[] = [];
  const name = (channel: string, route: string) => `${channel}\u0000${route}`;
  const isFull = (channel: string) => subscribers(channel).some((route) => (taken.get(name(channel, route)) ?? 0) >= capacity(channel));

  const count = (channel: string, change: number): void => {
    for (const route of subscribers(channel)) countFor(channel, route, change);
  };
  const countFor = (channel: string, route: string, change: number): void => {
    taken.set(name(channel, route), Math.max(0, (taken.get(name(channel, route)) ?? 0) + change));
  };

  /** A channel has room again: lets those go that waited for it, until one of them has to go on waiting. */
  const grant = (channel: string): void => {
    const kept = new Set<string>();
    for (let index = 0; index < senders.length && !kept.has(channel);) {
      const sender = senders[index] as Sender;
      const mustWait = sender.channels.some((one) => one !== sender.exempt && (kept.has(one) || isFull(one)));
      if (mustWait) {
        for (const one of sender.channels) kept.add(one);
        index += 1;
        continue;
      }
      senders.splice(index, 1);
      for (const one of sender.channels) count(one, 1);
      sender.go();
    }
  };

  return {
    take({ reads }, channels) {
      const isWanted = (channel: string) => senders.some((sender) => sender.channels.includes(channel));
      if (!channels.some((channel) => channel !== reads && (isFull(channel) || isWanted(channel)))) {
        for (const channel of channels) count(channel, 1);
        return undefined;
      }
      return new Promise((go) => senders.push({ channels, exempt: reads, go }));
    },
    add: (channel) => count(channel, 1),
    giveBack(channels) {
      for (const channel of channels) count(channel, -1);
      for (const channel of new Set(channels)) grant(channel);
    },
    settled(channel, route) {
      countFor(channel, route, -1);
      grant(channel);
    },
  };
}
