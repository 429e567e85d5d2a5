import {
  type AppDefinition,
  type ChannelDefinition,
  type Clock,
  type Delivery,
  type Logger,
  type Message,
  type Store,
  type Subscription,
} from "@portolan/core";
import { arrived } from "./channel.ts";
import type { Reentry } from "./compile-route.ts";
import { createConsumer, type Consumer } from "./consumer.ts";
import { inboxOf } from "./dead-letter.ts";
import type { Endings } from "./endings.ts";
import type { Execution } from "./execution.ts";
import type { Gate } from "./gate.ts";
import { POLLER, type Pollers } from "./pollers.ts";
import type { Route } from "./route.ts";
import { andThen } from "./step.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** All consumers of an app, on both stores. */
export interface Consumers {
  start(): void;
  /** Takes nothing more from durable channels but the inboxes of steps; resolves when what was taken has ended. */
  stopDurable(): Promise<void>;
  /** Resolves when nothing waits in the inboxes of steps, and nothing is left in memory channels. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConsumersParts {
  readonly app: AppDefinition;
  readonly stores: { readonly memory: Store; readonly durable: Store };
  readonly clock: Clock;
  readonly log: Logger;
  readonly gates: ReadonlyMap<string, Gate>;
  readonly routes: ReadonlyMap<string, Route>;
  /** Blocks that dead letters go back to, by their inbox. */
  readonly reentries: ReadonlyMap<string, Reentry>;
  readonly pollers: Pollers;
  readonly endings: Endings;
  execution(unit: UnitOfWork, message: Message): Execution;
  ids(): string;
}

/** Opens the stores with the channels and subscriptions of the app. */
export async function createConsumers(parts: ConsumersParts): Promise<Consumers> {
  const memory = await openConsumers(parts, { store: parts.stores.memory, mode: "memory" });
  const durable = await openConsumers(parts, { store: parts.stores.durable, mode: "durable" });
  const all = [...durable, ...memory];
  const isInbox = ({ subscription }: Consumer) => parts.reentries.has(subscription.channel);
  const inboxes = durable.filter(isInbox);
  return {
    start: () => all.forEach((consumer) => consumer.start()),
    async stopDurable() {
      await Promise.all(durable.filter((consumer) => !isInbox(consumer)).map((consumer) => consumer.stop()));
    },
    async drain() {
      // What one of them ends may be something for another.
      const isDrained = () => inboxes.every((one) => one.isIdle(false)) && memory.every((one) => one.isIdle(true));
      do {
        await Promise.all([...inboxes.map((one) => one.drain(false)), ...memory.map((one) => one.drain(true))]);
      } while (!isDrained());
    },
    stop: async () => {
      await Promise.all(all.map((consumer) => consumer.stop()));
    },
  };
}

async function openConsumers(
  parts: ConsumersParts,
  of: { readonly store: Store; readonly mode: "memory" | "durable" },
): Promise<readonly Consumer[]> {
  const { app } = parts;
  const inboxes = of.mode === "durable" ? inboxRoutes(parts) : new Map<string, Reentry>();
  const channels = [
    ...app.channels.filter((channel) => channel.mode === of.mode),
    ...[...inboxes].map(([name, reentry]) => inboxDefinition(name, reentry)),
  ];
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  const subscriptions = [
    ...app.routes.flatMap((route) =>
      route.from.flatMap((source) =>
        source.kind === "channel" && byName.has(source.channel) ? [{ channel: source.channel, route: route.id }] : [],
      ),
    ),
    ...[...inboxes].map(([channel, { owner }]) => ({ channel, route: owner })),
    ...[...parts.pollers.channels].filter((channel) => byName.has(channel)).map((channel) => ({ channel, route: POLLER })),
  ];
  const opened = await of.store.open({
    channels: channels.map(({ name, orderedBy, priority }) => ({
      name,
      ordered: orderedBy !== undefined,
      prioritized: priority !== undefined,
    })),
    subscriptions,
  });
  const consumers = new Map<number, Consumer>();
  const polled = new Map<number, string>();
  for (const subscription of opened) {
    // The store answers the subscriptions that it was asked for.
    const channel = byName.get(subscription.channel) as ChannelDefinition;
    if (parts.pollers.channels.has(channel.name)) {
      parts.pollers.attach(channel.name, subscription);
      polled.set(subscription.id, channel.name);
      continue;
    }
    const inbox = inboxes.get(channel.name);
    const route = inbox?.route ?? (parts.routes.get(subscription.route) as Route);
    const gate = inbox?.onTheSide === undefined ? parts.gates.get(route.id) : undefined;
    const inTurn = inbox !== undefined && channel.concurrency === 1;
    consumers.set(subscription.id, consumerOf(parts, subscription, { channel, route, gate, isStored: of.mode === "durable", inTurn }));
  }
  of.store.onWork((id) => {
    const channel = polled.get(id);
    if (channel === undefined) consumers.get(id)?.wake();
    else parts.pollers.wake(channel);
  });
  return [...consumers.values()];
}

/** The inboxes of the app with what a message goes through that arrives there. */
function inboxRoutes({ routes, reentries }: ConsumersParts): ReadonlyMap<string, Reentry> {
  const own = [...routes.values()].map((route): [string, Reentry] => [inboxOf(route.id), { route, owner: route.id, concurrency: 1 }]);
  return new Map([...own, ...reentries]);
}

interface Reading {
  readonly channel: ChannelDefinition;
  readonly route: Route;
  readonly gate: Gate | undefined;
  readonly isStored: boolean;
  readonly inTurn: boolean;
}

function consumerOf(parts: ConsumersParts, subscription: Subscription, { channel, route, gate, isStored, inTurn }: Reading): Consumer {
  const { definition } = route;
  return createConsumer({
    subscription,
    concurrency: channel.concurrency,
    prefetch: channel.priority === undefined,
    gate,
    clock: parts.clock,
    log: parts.log,
    process(delivery: Delivery) {
      const unit = new UnitOfWork(parts.ids, definition.durability, { delivery, isStored });
      const message = arrived(delivery.message);
      const execution = parts.execution(unit, message);
      const context = { route: definition, execution, delivery, channel, inTurn, release: () => subscription.release([delivery.ref]) };
      if (delivery.expiresAt !== undefined && parts.clock.now() > delivery.expiresAt) return parts.endings.expired(context);
      return andThen(route.enter(message, execution), (end) => parts.endings.consumed(end, context));
    },
  });
}

/** What arrives in the inbox of a step comes from nobody who would deliver it again: what its route's policy cannot save is a dead letter. */
function inboxDefinition(name: string, { concurrency, owner }: Reentry): ChannelDefinition {
  const maxAttempts = name === inboxOf(owner) ? 5 : 1;
  return { name, mode: "durable", concurrency, maxAttempts, redelivery: { delay: 1000 }, capacity: 1000 };
}
