import type { DatabaseSync } from "node:sqlite";
import { noStageError } from "../staged.ts";
import type { Changes } from "./changes.ts";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import type { EncodedStaged } from "./protocol.ts";
import type { SequenceCounter } from "./sequence-counter.ts";
import type { Spool } from "./spool.ts";
import { inTransaction, prepare } from "./statement.ts";

/** Appends of units of work that are not committed yet. */
export interface StageTable {
  /** Adds a batch to a stage, in a transaction of its own. */
  write(stage: string, appends: readonly EncodedStaged[]): void;
  /** Throws PORTOLAN_CONFLICT if there is no such stage. */
  check(stage: string): void;
  /** Makes messages of a stage, within the transaction of its commit. */
  publish(stage: string, at: number, changes: Changes): void;
  /** A commit that published the stage is on the disk. */
  published(stage: string): void;
  drop(stage: string): void;
  /** Drops what a process that died has left. */
  clear(): void;
}

export interface StageTableParts {
  readonly database: DatabaseSync;
  readonly channels: ChannelTable;
  readonly sequences: SequenceCounter;
  readonly spool: Spool;
}

/** Where a stage lies: its rows are those of one range of numbers. Slots are used again, names of files never. */
interface Stage {
  readonly slot: number;
  readonly name: number;
}

/** Orders of one unit of work, of which there are fewer, and slots share the 53 bits of a number. */
const SLOT_SIZE = 2 ** 32;

export function createStageTable({ database, channels, sequences, spool }: StageTableParts): StageTable {
  const statements = prepareStatements(database);
  const stages = new Map<string, Stage>();

  function ensure(stage: string): Stage {
    const known = stages.get(stage);
    if (known !== undefined) return known;
    const used = new Set([...stages.values()].map(({ slot }) => slot));
    let slot = 0;
    while (used.has(slot)) slot += 1;
    return { slot, name: statements.nextName.get()?.[0] ?? 0 };
  }

  function rangeOf({ slot }: Stage): readonly [first: number, last: number] {
    return [slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE - 1];
  }

  function insert({ slot, name }: Stage, append: EncodedStaged, spooled: string[]): void {
    const [order, channelName, message, key, priority, delay, ttl] = append;
    const [id, kind, content, isSpooled, headers, deadLetter, attributes] = message;
    const channel = channels.find(channelName) ?? channels.ensure(channelName);
    let file: string | null = null;
    if (isSpooled) {
      file = `staged-${name}-${order}`;
      spooled.push(file);
      spool.write(file, typeof content === "string" ? Buffer.from(content) : content);
    }
    const body = isSpooled ? null : content;
    statements.insert.run(
      slot * SLOT_SIZE + order,
      channel.id,
      id,
      kind,
      file,
      headers,
      deadLetter,
      attributes,
      key,
      priority,
      delay,
      ttl,
      body,
    );
  }

  function publishTo(
    channel: ChannelEntry,
    range: readonly [number, number],
    { offset, at }: { readonly offset: number; readonly at: number },
  ): void {
    for (const subscription of channels.recipients(channel)) {
      statements.pending.run(
        subscription,
        offset,
        at,
        Number(channel.isOrdered),
        Number(channel.isPrioritized),
        range[0],
        range[1],
        channel.id,
      );
    }
  }

  return {
    write(name, appends) {
      const spooled: string[] = [];
      try {
        const stage = inTransaction(database, () => {
          const found = ensure(name);
          for (const append of appends) insert(found, append, spooled);
          spool.sync();
          return found;
        });
        stages.set(name, stage);
      } catch (error) {
        spool.remove(spooled);
        throw error;
      }
    },
    check(name) {
      if (!stages.has(name)) throw noStageError(name);
    },
    publish(name, at, changes) {
      const stage = stages.get(name);
      if (stage === undefined) throw noStageError(name);
      const range = rangeOf(stage);
      const [first, last] = statements.ends.get(...range) ?? [null, null];
      if (first !== null && last !== null) {
        const offset = sequences.skip(last - first + 1) - first;
        statements.messages.run(offset, at, ...range);
        const used = new Set(statements.channels.all(...range).map(([channel]) => channel));
        const recipients = Array.from(channels.all).filter(({ id }) => used.has(id));
        for (const channel of recipients) publishTo(channel, range, { offset, at });
        statements.remove.run(...range);
      }
      changes.published.push(name);
    },
    published: (name) => void stages.delete(name),
    drop(name) {
      const stage = stages.get(name);
      if (stage === undefined) return;
      stages.delete(name);
      const range = rangeOf(stage);
      const files = statements.spooled.all(...range).map(([file]) => file);
      statements.remove.run(...range);
      spool.remove(files);
    },
    clear() {
      stages.clear();
      database.exec("DELETE FROM staged");
    },
  };
}

function prepareStatements(database: DatabaseSync) {
  return {
    nextName: prepare<readonly [number]>(database, "UPDATE meta SET value = value + 1 WHERE name = 'lastStage' RETURNING value"),
    insert: prepare(
      database,
      `INSERT INTO staged (number, channel, id, kind, spool, headers, dead_letter, attributes, key, priority, delay, ttl, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    ends: prepare<readonly [number | null, number | null]>(
      database,
      "SELECT min(number), max(number) FROM staged WHERE number BETWEEN ? AND ?",
    ),
    messages: prepare(
      database,
      `INSERT INTO messages (sequence, channel, id, kind, body, spool, headers, dead_letter, key, priority, appended_at, expires_at, attributes)
       SELECT ?1 + number, channel, id, kind, body, spool, headers, dead_letter, key, priority, ?2, ?2 + ttl, attributes
       FROM staged WHERE number BETWEEN ?3 AND ?4 ORDER BY number`,
    ),
    channels: prepare<readonly [number]>(database, "SELECT DISTINCT channel FROM staged WHERE number BETWEEN ? AND ?"),
    pending: prepare(
      database,
      `INSERT INTO pending (subscription, sequence, due, key, priority)
       SELECT ?1, ?2 + number, CASE WHEN delay > 0 THEN ?3 + delay ELSE 0 END, CASE WHEN ?4 THEN key END, CASE WHEN ?5 THEN coalesce(priority, 0) END
       FROM staged WHERE number BETWEEN ?6 AND ?7 AND channel = ?8 ORDER BY number`,
    ),
    spooled: prepare<readonly [string]>(database, "SELECT spool FROM staged WHERE number BETWEEN ? AND ? AND spool IS NOT NULL"),
    remove: prepare(database, "DELETE FROM staged WHERE number BETWEEN ? AND ?"),
  };
}
