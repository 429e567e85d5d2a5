import type { DatabaseSync } from "node:sqlite";
import type { Changes } from "./changes.ts";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import type { SequenceCounter } from "./sequence-counter.ts";
import { inTransaction, prepare } from "./statement.ts";
import { orderOf } from "./transaction.ts";

/** One transaction of an operation that may need many. */
export interface OperationStep {
  readonly count: number;
  readonly changes: Changes;
  /** Spooled bodies whose rows are gone. */
  readonly unnamed: readonly string[];
}

/** What operators do to waiting messages, in short transactions: whoever runs an operation may do other work between them. */
export interface Operations {
  remove(channel: string, sequences: readonly number[] | undefined): Generator<OperationStep>;
  redrive(channel: string, sequences: readonly number[] | undefined, at: number): Generator<OperationStep>;
}

export interface OperationParts {
  readonly database: DatabaseSync;
  readonly channels: ChannelTable;
  readonly sequences: SequenceCounter;
  /** Called in each transaction before anything is read: another connection may have written since. */
  readonly refresh: () => void;
  readonly isInFlight: (subscription: number, sequence: number) => boolean;
}

const CHUNK = 500;

export function createOperations(parts: OperationParts): Operations {
  const { database, channels, sequences: counter } = parts;
  const statements = prepareStatements(database);

  function* inChunks(name: string, chosen: readonly number[] | undefined, handle: Handle): Generator<OperationStep> {
    const upTo = counter.last;
    let after = 0;
    for (;;) {
      const step = inTransaction(database, () => {
        parts.refresh();
        const channel = channels.find(name);
        if (channel === undefined) return undefined;
        const candidates = chosen === undefined ? page(channel, after, upTo) : chosen.slice(after, after + CHUNK);
        if (candidates.length === 0) return undefined;
        after = chosen === undefined ? (candidates.at(-1) ?? upTo) : after + CHUNK;
        counter.rememberLast();
        const made: OperationStep & { count: number; unnamed: string[] } = {
          count: 0,
          changes: { pending: [], keptKeys: [], spooled: [], published: [], unnamed: [] },
          unnamed: [],
        };
        for (const sequence of new Set(candidates)) if (isWaiting(channel, sequence) && handle(channel, sequence, made)) made.count += 1;
        return made;
      });
      if (step === undefined) return;
      yield step;
    }
  }

  function page(channel: ChannelEntry, after: number, upTo: number): readonly number[] {
    const found = channel.subscriptions.flatMap(({ id }) => statements.page.all(id, after, upTo, CHUNK).map(([sequence]) => sequence));
    return [...new Set(found)].sort((a, b) => a - b).slice(0, CHUNK);
  }

  function isWaiting(channel: ChannelEntry, sequence: number): boolean {
    return channel.subscriptions.some(({ id }) => statements.isPending.get(id, sequence) !== undefined);
  }

  function finish(channel: ChannelEntry, sequence: number, changes: Changes): void {
    for (const { id } of channel.subscriptions) {
      const row = statements.finish.get(id, sequence);
      if (row !== undefined) changes.pending.push({ kind: "finished", subscription: id, sequence, key: row[0] });
    }
  }

  return {
    remove: (channel, chosen) =>
      inChunks(channel, chosen, (of, sequence, step) => {
        finish(of, sequence, step.changes);
        const spooled = statements.removeMessage.get(sequence)?.[0] ?? null;
        if (spooled !== null) step.unnamed.push(spooled);
        return true;
      }),
    redrive: (channel, chosen, at) =>
      inChunks(channel, chosen, (of, sequence, step) => {
        const home = statements.deadLetterInbox.get(sequence)?.[0] ?? null;
        // What is being processed at this moment is not taken from under the hands of its route.
        if (home === null || of.subscriptions.some(({ id }) => parts.isInFlight(id, sequence))) return false;
        finish(of, sequence, step.changes);
        const inbox = channels.ensure(home);
        const moved = counter.next();
        statements.moveMessage.run(moved, inbox.id, at, sequence);
        statements.removeMessage.get(sequence);
        for (const subscription of channels.recipients(inbox)) {
          statements.pending.run(subscription, moved, ...orderOf(inbox, null, null));
          step.changes.pending.push({ kind: "appended", subscription, sequence: moved, due: 0, key: null, ticket: null });
        }
        return true;
      }),
  };
}

type Handle = (channel: ChannelEntry, sequence: number, step: OperationStep & { readonly unnamed: string[] }) => boolean;

function prepareStatements(database: DatabaseSync) {
  return {
    page: prepare<readonly [number]>(
      database,
      "SELECT sequence FROM pending WHERE subscription = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
    ),
    isPending: prepare<readonly [number]>(database, "SELECT 1 FROM pending WHERE subscription = ? AND sequence = ?"),
    finish: prepare<readonly [string | null]>(database, "DELETE FROM pending WHERE subscription = ? AND sequence = ? RETURNING key"),
    removeMessage: prepare<readonly [string | null]>(database, "DELETE FROM messages WHERE sequence = ? RETURNING spool"),
    deadLetterInbox: prepare<readonly [string | null]>(
      database,
      "SELECT coalesce(json_extract(dead_letter, '$.facts.inbox'), 'route:' || json_extract(dead_letter, '$.facts.route')) FROM messages WHERE sequence = ?",
    ),
    moveMessage: prepare(
      database,
      `INSERT INTO messages (sequence, channel, id, kind, body, spool, headers, attributes, appended_at)
       SELECT ?, ?, id, kind, body, spool, headers, attributes, ? FROM messages WHERE sequence = ?`,
    ),
    pending: prepare(database, "INSERT INTO pending (subscription, sequence, key, priority) VALUES (?, ?, ?, ?)"),
  };
}
