import type { DatabaseSync } from "node:sqlite";
import type { ChannelStatus } from "@portolan/core";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import type { MessageRow } from "./protocol.ts";
import { MESSAGE_COLUMNS } from "./row-queue.ts";
import { prepare } from "./statement.ts";

/** What operators see of a store. Reads only, on any connection. */
export interface Inspection {
  channels(now: number): readonly ChannelStatus[];
  peek(channel: string, after: number, limit: number): readonly MessageRow[];
  journal(messageId: string): readonly string[];
  failures(limit: number): readonly string[];
  position(name: string): string | undefined;
  /** Whether a message's body is in the spooled file of that name. */
  isSpooled(name: string): boolean;
}

/** `countOf` knows how many pending rows a subscription has, where somebody keeps count. */
export function createInspection(database: DatabaseSync, table: ChannelTable, countOf?: (subscription: number) => number): Inspection {
  const statements = prepareStatements(database);
  const count = countOf ?? ((subscription: number) => statements.count.get(subscription)?.[0] ?? 0);

  function waiting(channel: ChannelEntry): number {
    const counts = channel.subscriptions.map(({ id }) => count(id)).filter((number) => number > 0);
    return counts.length > 1 ? (statements.countMessages.get(channel.id)?.[0] ?? 0) : (counts[0] ?? 0);
  }

  function status(channel: ChannelEntry, now: number): ChannelStatus {
    const oldest = channel.subscriptions.flatMap(({ id }) => statements.oldest.get(id)?.[0] ?? []);
    return {
      name: channel.name,
      waiting: waiting(channel),
      postponed: statements.postponed.get(channel.id, now)?.[0] ?? 0,
      ...(oldest.length === 0 ? {} : { oldestAt: Math.min(...oldest) }),
      subscriptions: channel.subscriptions.flatMap(({ id, route, isActive }) =>
        route === null ? [] : [{ route, waiting: count(id), active: isActive }],
      ),
    };
  }

  return {
    channels: (now) => [...table.all].map((channel) => status(channel, now)),
    peek(name, after, limit) {
      const subscriptions = table.find(name)?.subscriptions ?? [];
      const sequences = new Set(subscriptions.flatMap(({ id }) => statements.page.all(id, after, limit).map(([sequence]) => sequence)));
      const page = [...sequences].sort((a, b) => a - b).slice(0, limit);
      return page.map((sequence) => statements.message.get(sequence)).filter((row) => row !== undefined);
    },
    journal: (messageId) => statements.journal.all(messageId).map(([entry]) => entry),
    failures: (limit) => statements.failures.all(limit).map(([entry]) => entry),
    position: (name) => statements.position.get(name)?.[0],
    isSpooled: (name) => statements.spooled.get(name) !== undefined,
  };
}

function prepareStatements(database: DatabaseSync) {
  type One<T> = readonly [T];
  return {
    count: prepare<One<number>>(database, "SELECT count(*) FROM pending WHERE subscription = ?"),
    countMessages: prepare<One<number>>(
      database,
      "SELECT count(DISTINCT sequence) FROM pending WHERE subscription IN (SELECT id FROM subscriptions WHERE channel = ?)",
    ),
    postponed: prepare<One<number>>(
      database,
      "SELECT count(DISTINCT sequence) FROM pending WHERE subscription IN (SELECT id FROM subscriptions WHERE channel = ?) AND due > 0 AND due > ?",
    ),
    oldest: prepare<One<number>>(
      database,
      "SELECT appended_at FROM messages WHERE sequence = (SELECT min(sequence) FROM pending WHERE subscription = ?)",
    ),
    page: prepare<One<number>>(database, "SELECT sequence FROM pending WHERE subscription = ? AND sequence > ? ORDER BY sequence LIMIT ?"),
    message: prepare<MessageRow>(database, `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.sequence = ?`),
    journal: prepare<One<string>>(database, "SELECT entry FROM journal WHERE message_id = ? ORDER BY id"),
    failures: prepare<One<string>>(database, "SELECT entry FROM journal WHERE failed = 1 ORDER BY id DESC LIMIT ?"),
    spooled: prepare<One<number>>(database, "SELECT 1 FROM messages WHERE spool = ?"),
    position: prepare<One<string>>(database, "SELECT value FROM positions WHERE name = ?"),
  };
}
