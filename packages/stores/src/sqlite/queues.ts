import type { DatabaseSync } from "node:sqlite";
import type { PendingChange } from "./changes.ts";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import { RankedQueue } from "./ranked-queue.ts";
import type { DeliveryRow } from "./protocol.ts";
import { type RowQueue, deliveryOf, prepareQueueTools } from "./row-queue.ts";
import { SequenceQueue } from "./sequence-queue.ts";
import { inReadTransaction, prepare } from "./statement.ts";

/** The queues of all active subscriptions, and how much waits for each, kept in step with the database. */
export interface Queues {
  find(subscription: number): RowQueue | undefined;
  isInFlight(subscription: number, sequence: number): boolean;
  count(subscription: number): number;
  /** The rows of deliveries in flight; those that are gone are in flight no more. */
  read(subscription: number, sequences: readonly number[]): readonly DeliveryRow[];
  /** What a transaction changed, once it is on the disk. */
  apply(changes: readonly PendingChange[]): void;
  /** Reads everything again, and rings for all that wait. */
  reset(): void;
}

export function createQueues(database: DatabaseSync, channels: ChannelTable, ring: (subscription: number) => void): Queues {
  const tools = prepareQueueTools(database);
  const counts = prepare<readonly [subscription: number, count: number]>(
    database,
    "SELECT subscription, count(*) FROM pending GROUP BY subscription",
  );
  const queues = new Map<number, RowQueue>();
  const waiting = new Map<number, number>();

  function add(subscription: number, difference: number): void {
    waiting.set(subscription, (waiting.get(subscription) ?? 0) + difference);
  }

  function applyOne(change: PendingChange): void {
    const queue = queues.get(change.subscription);
    switch (change.kind) {
      case "appended":
        add(change.subscription, 1);
        if (queue === undefined) return;
        queue.appended(change);
        return ring(change.subscription);
      case "finished":
        add(change.subscription, -1);
        if (queue?.finished(change.sequence, change.key)) ring(change.subscription);
        return;
      case "postponed":
        queue?.postponed(change.sequence, change.due);
        return ring(change.subscription);
      default:
        change satisfies never;
    }
  }

  function resetQueue(id: number, { isOrdered, isPrioritized }: ChannelEntry): void {
    const queue = queues.get(id);
    if (queue !== undefined) queue.reset();
    else queues.set(id, isPrioritized ? new RankedQueue(id, tools) : new SequenceQueue(id, isOrdered, tools));
    if ((waiting.get(id) ?? 0) > 0) ring(id);
  }

  return {
    find: (subscription) => queues.get(subscription),
    isInFlight: (subscription, sequence) => queues.get(subscription)?.isInFlight(sequence) ?? false,
    count: (subscription) => waiting.get(subscription) ?? 0,
    read: (subscription, sequences) =>
      sequences.flatMap((sequence) => {
        const row = tools.message.get(subscription, sequence);
        if (row !== undefined) return [deliveryOf(row)];
        queues.get(subscription)?.finished(sequence, null);
        return [];
      }),
    apply(changes) {
      const asks = changes.some((change) => change.kind !== "postponed" && change.key !== null);
      const applyAll = () => {
        for (const change of changes) applyOne(change);
      };
      if (asks) inReadTransaction(database, applyAll);
      else applyAll();
    },
    reset() {
      waiting.clear();
      for (const [subscription, count] of counts.all()) waiting.set(subscription, count);
      for (const channel of channels.all) {
        for (const { id, isActive } of channel.subscriptions) if (isActive) resetQueue(id, channel);
      }
    },
  };
}
