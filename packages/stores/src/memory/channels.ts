import type { AppendEffect, ChannelStatus, PeekedMessage, StoreSetup, SubscriptionSpec } from "@portolan/core";
import type { Moment } from "./moment.ts";
import { type Kept, Queue, type QueueOrder } from "./queue.ts";

interface Channel {
  readonly name: string;
  order: QueueOrder;
  /** What waits, by sequence. */
  readonly waiting: Map<number, Kept>;
  /** Holds what is appended while no subscription is active. */
  keeper: Queue;
  readonly subscriptions: ChannelSubscription[];
}

interface ChannelSubscription {
  readonly route: string;
  queue: Queue;
  isActive: boolean;
}

const UNORDERED: QueueOrder = { ordered: false, prioritized: false };
const KEEPER = 0;

/** All channels and their queues. `notify` is called with the id of each subscription that may have something new. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #queues = new Map<number, Queue>();
  readonly #notify: (subscription: number) => void;
  #sequence = 0;
  #subscriptions = 0;

  constructor(notify: (subscription: number) => void) {
    this.#notify = notify;
  }

  open(setup: StoreSetup, now: number): void {
    for (const spec of setup.channels) this.#channel(spec.name).order = { ordered: spec.ordered, prioritized: spec.prioritized };
    for (const channel of this.#channels.values()) {
      for (const subscription of channel.subscriptions) subscription.isActive = false;
    }
    const adopters = new Map<Channel, ChannelSubscription>();
    for (const spec of setup.subscriptions) {
      const channel = this.#channel(spec.channel);
      const subscription = this.#subscription(channel, spec);
      subscription.isActive = true;
      if (!adopters.has(channel)) adopters.set(channel, subscription);
    }
    for (const channel of this.#channels.values()) this.#rebuild(channel, adopters.get(channel), now);
  }

  append(effect: AppendEffect, now: number): void {
    const channel = this.#channel(effect.channel);
    this.#sequence += 1;
    const kept: Kept = {
      sequence: this.#sequence,
      channel: channel.name,
      message: effect.message,
      key: effect.key,
      priority: effect.priority ?? 0,
      due: effect.due ?? 0,
      appendedAt: now,
      expiresAt: effect.expiresAt,
      pending: 0,
    };
    channel.waiting.set(kept.sequence, kept);
    for (const subscription of channel.subscriptions) {
      if (!subscription.isActive) continue;
      subscription.queue.append(kept, now);
      this.#notify(subscription.queue.id);
    }
    if (kept.pending === 0) channel.keeper.append(kept, now);
  }

  subscriptionId(spec: SubscriptionSpec): number {
    return this.#subscription(this.#channel(spec.channel), spec).queue.id;
  }

  queue(id: number): Queue | undefined {
    return this.#queues.get(id);
  }

  settle(queue: Queue, sequence: number, moment: Moment): void {
    const kept = queue.settle(sequence, moment);
    if (kept === undefined) return;
    if (kept.pending === 0) this.#channels.get(kept.channel)?.waiting.delete(sequence);
    if (kept.key !== undefined) this.#notify(queue.id);
  }

  /** Answers how many of them waited. */
  remove(name: string, sequences: readonly number[], now: number): number {
    const channel = this.#channels.get(name);
    if (channel === undefined) return 0;
    const waiting = sequences.filter((sequence) => channel.waiting.has(sequence));
    for (const sequence of waiting) for (const queue of queuesOf(channel)) this.settle(queue, sequence, { now: () => now });
    return waiting.length;
  }

  redrive(name: string, sequences: readonly number[], now: number): number {
    let moved = 0;
    for (const sequence of sequences) {
      const message = this.#channels.get(name)?.waiting.get(sequence)?.message;
      if (message?.deadLetter === undefined) continue;
      const { deadLetter, ...alive } = message;
      this.remove(name, [sequence], now);
      this.append({ kind: "append", channel: deadLetter.inbox ?? `route:${deadLetter.route}`, message: alive }, now);
      moved += 1;
    }
    return moved;
  }

  /** What waits in a channel, oldest first. */
  waiting(name: string): Iterable<Kept> {
    return this.#channels.get(name)?.waiting.values() ?? [];
  }

  isInFlight(kept: Kept): boolean {
    const channel = this.#channels.get(kept.channel);
    return channel?.subscriptions.some((subscription) => subscription.queue.isInFlight(kept.sequence)) ?? false;
  }

  peek(name: string, options: { readonly after?: number; readonly limit: number }): readonly PeekedMessage[] {
    const found: PeekedMessage[] = [];
    for (const kept of this.waiting(name)) {
      if (found.length >= options.limit) break;
      if (kept.sequence <= (options.after ?? 0)) continue;
      found.push({ sequence: kept.sequence, appendedAt: kept.appendedAt, message: kept.message });
    }
    return found;
  }

  status(now: number): readonly ChannelStatus[] {
    return [...this.#channels.values()].map((channel) => statusOf(channel, now)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #channel(name: string): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const channel: Channel = { name, order: UNORDERED, waiting: new Map(), keeper: new Queue(KEEPER, UNORDERED), subscriptions: [] };
    this.#channels.set(name, channel);
    return channel;
  }

  #subscription(channel: Channel, spec: SubscriptionSpec): ChannelSubscription {
    const known = channel.subscriptions.find((subscription) => subscription.route === spec.route);
    if (known !== undefined) return known;
    this.#subscriptions += 1;
    const subscription = { route: spec.route, queue: new Queue(this.#subscriptions, channel.order), isActive: false };
    channel.subscriptions.push(subscription);
    return subscription;
  }

  /** Queues afresh, since the order of the channel may be another than before. */
  #rebuild(channel: Channel, adopter: ChannelSubscription | undefined, now: number): void {
    for (const subscription of channel.subscriptions) {
      const queue = new Queue(subscription.queue.id, channel.order);
      queue.adopt(subscription === adopter ? [subscription.queue, channel.keeper] : [subscription.queue], now);
      subscription.queue = queue;
      this.#queues.set(queue.id, queue);
      if (queue.size > 0) this.#notify(queue.id);
    }
    if (adopter !== undefined) channel.keeper = new Queue(KEEPER, UNORDERED);
  }
}

function queuesOf(channel: Channel): readonly Queue[] {
  return [channel.keeper, ...channel.subscriptions.map((subscription) => subscription.queue)];
}

function statusOf(channel: Channel, now: number): ChannelStatus {
  const postponed = new Set(queuesOf(channel).flatMap((queue) => [...queue.postponed(now)]));
  const [oldest] = channel.waiting.values();
  return {
    name: channel.name,
    waiting: channel.waiting.size,
    postponed: postponed.size,
    ...(oldest === undefined ? {} : { oldestAt: oldest.appendedAt }),
    subscriptions: channel.subscriptions.map(({ route, queue, isActive }) => ({ route, waiting: queue.size, active: isActive })),
  };
}
