import type { DatabaseSync } from "node:sqlite";
import type { PortolanError } from "@portolan/core";
import { createLeases } from "../leases.ts";
import type { Changes } from "./changes.ts";
import { createChannelTable } from "./channel-table.ts";
import { createCommitWriter } from "./commit-writer.ts";
import { databaseFile, openOwnDatabase, spoolDirectory } from "./database-file.ts";
import { createInspection } from "./inspection.ts";
import { createKeyTable } from "./key-table.ts";
import { type OperationStep, createOperations } from "./operation.ts";
import { type OwnerLock, acquireOwnerLock } from "./owner-lock.ts";
import type { CallRequest, EncodedClaimAnswer, EncodedCommit } from "./protocol.ts";
import { createQueues } from "./queues.ts";
import { type RetentionStep, createRetention } from "./retention.ts";
import type { TakeRow } from "./row-queue.ts";
import { MESSAGE_SEQUENCES, createSequenceCounter } from "./sequence-counter.ts";
import { createSpool } from "./spool.ts";
import { createStageTable } from "./stage-table.ts";
import { createStateTable } from "./state-table.ts";
import { inReadTransaction, prepare } from "./statement.ts";
import { createEffectWriter } from "./transaction.ts";

/** A long operation in short transactions; the answer is the sum of the counts. */
export type Steps = Iterator<{ readonly count: number }>;
export type Answer = { readonly value: unknown } | { readonly steps: Steps };

/** Everything behind the worker's port: the database, and what is known about it in memory. */
export interface Core {
  /** One outcome for each commit: undefined, or why nothing of it happened. */
  commit(commits: readonly EncodedCommit[]): readonly (PortolanError | undefined)[];
  /** Whether commits that asked for no durability are still to be written. */
  readonly isOwing: boolean;
  call(request: CallRequest, now: number): Answer;
  release(subscription: number, sequences: readonly number[]): void;
  unstage(stage: string): void;
  renew(owner: string, until: number): void;
  unclaim(scope: string, key: string, owner: string): void;
  tick(): void;
  /** Answers why accepted commits could not be written, if so. */
  close(): PortolanError | undefined;
}

/** Becomes the owner of the directory. `ring` is called with subscriptions that may have something new. */
export function createCore(directory: string, ring: (subscription: number) => void): Core {
  const lock = acquireOwnerLock(directory);
  try {
    return createOwningCore(openOwnDatabase(directory), { directory, lock, ring });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Surroundings {
  readonly directory: string;
  readonly lock: OwnerLock;
  readonly ring: (subscription: number) => void;
}

function createOwningCore(database: DatabaseSync, { directory, lock, ring }: Surroundings): Core {
  const channels = createChannelTable(database);
  const keys = createKeyTable(database);
  const sequences = createSequenceCounter(database, MESSAGE_SEQUENCES);
  const spool = createSpool(spoolDirectory(directory));
  const queues = createQueues(database, channels, ring);
  const inspection = createInspection(database, channels, queues.count);
  const states = createStateTable({ database, spool, spoolDirectory: spoolDirectory(directory) });
  const stages = createStageTable({ database, channels, sequences, spool });
  const retention = createRetention({ database, keys, states, sequences });
  const leases = createLeases();
  const effects = createEffectWriter({ database, channels, keys, states, stages, spool, nextSequence: sequences.next });
  const operations = createOperations({ database, channels, sequences, refresh, isInFlight: queues.isInFlight });
  const writer = createCommitWriter({ database, place: databaseFile(directory), effects, spool, refresh, onCommitted, onUndone });
  const dataVersion = prepare<readonly [number]>(database, "PRAGMA data_version");
  let version = dataVersion.get()?.[0];
  let isCheckpointed = true;
  let isQuiet = false;

  /** Whether another connection, such as an operator's command, has changed the database since the last look. */
  function refresh(): void {
    const found = dataVersion.get()?.[0];
    if (found === version) return;
    onUndone();
    queues.reset();
    version = found;
  }

  function onUndone(): void {
    channels.reload();
    sequences.reload();
    states.reload();
  }

  function onCommitted(changes: Changes): void {
    isQuiet = false;
    isCheckpointed = false;
    for (const key of changes.keptKeys) leases.end(key);
    for (const change of changes.pending) if (change.kind === "finished") retention.finished(change.sequence);
    for (const stage of changes.published) stages.published(stage);
    spool.remove(changes.unnamed);
    try {
      queues.apply(changes.pending);
      if (changes.published.length > 0) queues.reset();
    } catch {
      // Only what is known of the rows has suffered. It is read afresh; where that fails, too, this thread has to end.
      queues.reset();
    }
  }

  function* accounted<Step extends OperationStep | RetentionStep>(steps: Iterable<Step>): Generator<Step> {
    try {
      for (const step of steps) {
        if ("changes" in step) onCommitted(step.changes);
        spool.remove(step.unnamed);
        yield step;
      }
    } catch (error) {
      onUndone();
      throw error;
    }
  }

  function take(subscription: number, limit: number, now: number): readonly TakeRow[] {
    const queue = queues.find(subscription);
    const rows = inReadTransaction(database, () => {
      refresh();
      return queue?.take(limit, now) ?? [];
    });
    if (rows.length < limit && queue?.hasMore(now)) ring(subscription);
    return rows;
  }

  function call(request: CallRequest, now: number): Answer {
    switch (request.name) {
      case "open": {
        const ids = channels.setUp(request.args[0]);
        stages.clear();
        spool.sweep((name) => inspection.isSpooled(name) || states.isSpooled(name));
        queues.reset();
        return { value: ids };
      }
      case "stage":
        return { value: stage(...request.args) };
      case "take":
        return { value: take(...request.args, now) };
      case "read":
        return { value: queues.read(...request.args) };
      case "nextDue":
        return { value: queues.find(request.args[0])?.nextDue };
      case "claim":
        return { value: claim(...request.args, now) };
      case "position":
        return { value: inspection.position(...request.args) };
      case "state":
        return { value: states.find(...request.args, now) };
      case "stateItems":
        return { value: states.items(...request.args, now) };
      case "states":
        return { value: states.list(...request.args, now) };
      case "nextStateDue":
        return { value: states.nextDue(...request.args, now) };
      case "channels":
        return { value: inspection.channels(now) };
      case "peek":
        return { value: inspection.peek(...request.args) };
      case "journal":
        return { value: inspection.journal(...request.args) };
      case "failures":
        return { value: inspection.failures(...request.args) };
      case "remove":
        return { steps: accounted(operations.remove(...request.args)) };
      case "redrive":
        return { steps: accounted(operations.redrive(...request.args, now)) };
      case "prune":
        return { steps: accounted(retention.prune(...request.args, now)) };
      default:
        return request satisfies never;
    }
  }

  function stage(...args: Parameters<typeof stages.write>): void {
    try {
      stages.write(...args);
    } catch (error) {
      onUndone();
      throw error;
    }
  }

  function claim(request: Parameters<typeof leases.acquire>[0], now: number): EncodedClaimAnswer {
    const kept = keys.find(request, now);
    if (kept !== undefined) return { state: "kept", ...kept };
    const until = leases.acquire(request, now);
    return until === undefined ? { state: "granted" } : { state: "held", until };
  }

  return {
    commit: writer.write,
    get isOwing() {
      return writer.isOwing;
    },
    call,
    release(subscription, released) {
      if (queues.find(subscription)?.released(released)) ring(subscription);
    },
    unstage: stages.drop,
    renew: leases.renew,
    unclaim: (scope, key, owner) => leases.release({ scope, key }, owner),
    tick() {
      refresh();
      writer.settleDebts();
      if (isQuiet && !isCheckpointed) {
        database.exec("PRAGMA wal_checkpoint(PASSIVE)");
        isCheckpointed = true;
      }
      isQuiet = true;
    },
    close() {
      const debt = writer.settleDebts();
      database.close();
      lock.release();
      return debt;
    },
  };
}
