import type { DatabaseSync } from "node:sqlite";
import type { StoreSetup, SubscriptionSpec } from "@portolan/core";
import { type Statement, inTransaction, prepare } from "./statement.ts";

export interface ChannelEntry {
  readonly id: number;
  readonly name: string;
  readonly isOrdered: boolean;
  readonly isPrioritized: boolean;
  readonly subscriptions: readonly SubscriptionEntry[];
}

export interface SubscriptionEntry {
  readonly id: number;
  /** null: the one that keeps what nobody reads yet. */
  readonly route: string | null;
  readonly isActive: boolean;
}

/** The channels and subscriptions of a store as they are in its database. */
export interface ChannelTable {
  readonly all: Iterable<ChannelEntry>;
  find(name: string): ChannelEntry | undefined;
  /** The channel, which is made if there is none. Only within a transaction. */
  ensure(name: string): ChannelEntry;
  /** Which subscriptions get what is appended now. Only within a transaction. */
  recipients(channel: ChannelEntry): readonly number[];
  /** Whether the channel of a subscription delivers by key. */
  isOrdered(subscription: number): boolean;
  /** Reads everything again: another connection, or a transaction that was undone, has changed it. */
  reload(): void;
  /** Makes channels and subscriptions what the setup says; answers the subscriptions' ids in its order. */
  setUp(setup: StoreSetup): readonly number[];
}

export function createChannelTable(database: DatabaseSync): ChannelTable {
  const statements = prepareStatements(database);
  const channels = new Map<string, ChannelEntry>();
  const recipients = new Map<number, readonly number[]>();
  const ordered = new Set<number>();

  function reload(): void {
    channels.clear();
    recipients.clear();
    ordered.clear();
    const subscriptions = Map.groupBy(statements.subscriptions.all(), ([, channel]) => channel);
    for (const [id, name, isOrdered, isPrioritized] of statements.channels.all()) {
      const own = (subscriptions.get(id) ?? []).map(([subscription, , route, active]) => ({
        id: subscription,
        route,
        isActive: active === 1,
      }));
      channels.set(name, { id, name, isOrdered: isOrdered === 1, isPrioritized: isPrioritized === 1, subscriptions: own });
      if (isOrdered === 1) for (const { id: subscription } of own) ordered.add(subscription);
    }
  }

  function ensure(name: string): ChannelEntry {
    const known = channels.get(name);
    if (known !== undefined) return known;
    statements.insertChannel.run(name);
    reload();
    return ensure(name);
  }

  function keeperOf(channel: ChannelEntry): number {
    const known = channel.subscriptions.find(({ route }) => route === null);
    if (known !== undefined) return known.id;
    statements.insertSubscription.run(channel.id, null, 0);
    reload();
    return keeperOf(ensure(channel.name));
  }

  /** The first subscription of a channel that had none gets what was kept, at no cost if it is new itself. */
  function subscribe(spec: SubscriptionSpec, isFirst: boolean): void {
    const { id, subscriptions } = ensure(spec.channel);
    const known = subscriptions.find(({ route }) => route === spec.route);
    const keeper = isFirst ? subscriptions.find(({ route }) => route === null) : undefined;
    if (known === undefined && keeper !== undefined) statements.renameSubscription.run(spec.route, keeper.id);
    else if (known === undefined) statements.insertSubscription.run(id, spec.route, 1);
    else {
      statements.activate.run(known.id);
      if (keeper !== undefined) statements.movePending.run(known.id, keeper.id);
    }
    reload();
  }

  reload();

  return {
    get all() {
      return channels.values();
    },
    find: (name) => channels.get(name),
    ensure,
    recipients(channel) {
      const known = recipients.get(channel.id);
      if (known !== undefined) return known;
      const active = channel.subscriptions.filter(({ isActive }) => isActive).map(({ id }) => id);
      const found = active.length > 0 ? active : [keeperOf(channel)];
      recipients.set(channel.id, found);
      return found;
    },
    isOrdered: (subscription) => ordered.has(subscription),
    reload,
    setUp(setup) {
      inTransaction(database, () => {
        for (const spec of setup.channels) {
          const channel = ensure(spec.name);
          if (channel.isOrdered === spec.ordered && channel.isPrioritized === spec.prioritized) continue;
          statements.setOrder.run(Number(spec.ordered), Number(spec.prioritized), channel.id);
          statements.reorderPending.run(Number(spec.ordered), Number(spec.prioritized), channel.id);
        }
        statements.deactivateAll.run();
        const first = new Set<string>();
        for (const spec of setup.subscriptions) {
          subscribe(spec, !first.has(spec.channel));
          first.add(spec.channel);
        }
      });
      reload();
      return setup.subscriptions.map((spec) => subscriptionId(ensure(spec.channel), spec));
    },
  };
}

function subscriptionId(channel: ChannelEntry, spec: SubscriptionSpec): number {
  const found = channel.subscriptions.find(({ route }) => route === spec.route);
  if (found === undefined) throw new Error(`the subscription of ${spec.route} on ${spec.channel} was not made`);
  return found.id;
}

interface Statements {
  readonly channels: Statement<readonly [number, string, number, number]>;
  readonly subscriptions: Statement<readonly [number, number, string | null, number]>;
  readonly insertChannel: Statement<never>;
  readonly insertSubscription: Statement<never>;
  readonly renameSubscription: Statement<never>;
  readonly activate: Statement<never>;
  readonly deactivateAll: Statement<never>;
  readonly movePending: Statement<never>;
  readonly setOrder: Statement<never>;
  readonly reorderPending: Statement<never>;
}

function prepareStatements(database: DatabaseSync): Statements {
  return {
    channels: prepare(database, "SELECT id, name, ordered, prioritized FROM channels ORDER BY name"),
    subscriptions: prepare(database, "SELECT id, channel, route, active FROM subscriptions ORDER BY id"),
    insertChannel: prepare(database, "INSERT INTO channels (name) VALUES (?)"),
    insertSubscription: prepare(database, "INSERT INTO subscriptions (channel, route, active) VALUES (?, ?, ?)"),
    renameSubscription: prepare(database, "UPDATE subscriptions SET route = ?, active = 1 WHERE id = ?"),
    activate: prepare(database, "UPDATE subscriptions SET active = 1 WHERE id = ?"),
    deactivateAll: prepare(database, "UPDATE subscriptions SET active = 0"),
    movePending: prepare(database, "UPDATE pending SET subscription = ? WHERE subscription = ?"),
    setOrder: prepare(database, "UPDATE channels SET ordered = ?, prioritized = ? WHERE id = ?"),
    reorderPending: prepare(
      database,
      `UPDATE pending SET
         key = (SELECT m.key FROM messages m WHERE m.sequence = pending.sequence AND ?1),
         priority = (SELECT coalesce(m.priority, 0) FROM messages m WHERE m.sequence = pending.sequence AND ?2)
       WHERE subscription IN (SELECT id FROM subscriptions WHERE channel = ?3)`,
    ),
  };
}
