import type { Clock, Store } from "@portolan/core";
import { createChannelTable } from "./channel-table.ts";
import { databaseFile, openForeignDatabase, spoolDirectory } from "./database-file.ts";
import { decodeEntries } from "./effect-codec.ts";
import { createInspection } from "./inspection.ts";
import { createMessageCodec } from "./message-codec.ts";
import { type OperationStep, createOperations } from "./operation.ts";
import { MESSAGE_SEQUENCES, createSequenceCounter } from "./sequence-counter.ts";
import { createSpool } from "./spool.ts";
import { asStoreError } from "./sqlite-error.ts";

/** What operators do with a store, be its node running or not. */
export type StoreAdmin = Pick<Store, "channels" | "peek" | "remove" | "redrive" | "journal" | "failures" | "close">;

export interface StoreAdminOptions {
  readonly directory: string;
  readonly clock: Clock;
}

/**
 * Opens a store beside the node that may own it, which notices changes within half a second. Changes are made in short
 * transactions. It cannot see what the node is processing at this moment: such a message may be removed or re-driven while
 * its route finishes it. Rejects with PORTOLAN_STORE_MISSING if the directory holds no store.
 */
export async function openSqliteStoreForAdmin({ directory, clock }: StoreAdminOptions): Promise<StoreAdmin> {
  const database = openForeignDatabase(directory);
  const place = databaseFile(directory);
  const channels = createChannelTable(database);
  const sequences = createSequenceCounter(database, MESSAGE_SEQUENCES);
  const spool = createSpool(spoolDirectory(directory));
  const inspection = createInspection(database, channels);
  const messages = createMessageCodec({ spoolDirectory: spoolDirectory(directory), spoolAbove: Infinity });
  const operations = createOperations({ database, channels, sequences, refresh, isInFlight: () => false });

  function refresh(): void {
    channels.reload();
    sequences.reload();
  }

  function guarded<T>(work: () => T): T {
    try {
      refresh();
      return work();
    } catch (error) {
      throw asStoreError(error, place);
    }
  }

  function run(steps: Iterable<OperationStep>): number {
    let count = 0;
    for (const step of steps) {
      spool.remove(step.unnamed);
      count += step.count;
    }
    return count;
  }

  return {
    channels: async () => guarded(() => inspection.channels(clock.now())),
    peek: async (channel, { after = 0, limit }) =>
      guarded(() => inspection.peek(channel, after, limit)).map((row) => ({
        sequence: row[0],
        appendedAt: row[7],
        message: messages.decode(row),
      })),
    remove: async (channel, chosen) => guarded(() => run(operations.remove(channel, chosen))),
    redrive: async (channel, chosen) => guarded(() => run(operations.redrive(channel, chosen, clock.now()))),
    journal: async (messageId) => decodeEntries(guarded(() => inspection.journal(messageId))),
    failures: async (limit) => decodeEntries(guarded(() => inspection.failures(limit))),
    close: async () => database.close(),
  };
}
