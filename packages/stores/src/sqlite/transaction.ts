import type { DatabaseSync } from "node:sqlite";
import type { ClaimKey } from "../leases.ts";
import { checkPosition } from "../position.ts";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import type { KeyTable } from "./key-table.ts";
import type { EncodedCommit, EncodedEffect } from "./protocol.ts";
import type { Spool } from "./spool.ts";
import { prepare } from "./statement.ts";

/** What a transaction changed of the pending rows, for those who keep an eye on them. */
export type PendingChange =
  | { readonly kind: "appended"; readonly subscription: number; readonly sequence: number; readonly due: number }
  | { readonly kind: "finished"; readonly subscription: number; readonly sequence: number; readonly key: string | null }
  | { readonly kind: "postponed"; readonly subscription: number; readonly sequence: number; readonly due: number };

/** Only true once the transaction is on the disk. */
export interface Changes {
  readonly pending: PendingChange[];
  readonly keptKeys: ClaimKey[];
  readonly spooled: string[];
}

export interface EffectWriterParts {
  readonly database: DatabaseSync;
  readonly channels: ChannelTable;
  readonly keys: KeyTable;
  readonly spool: Spool;
  /** A number that no message has had. */
  readonly nextSequence: () => number;
}

export interface EffectWriter {
  /**
   * Makes the effects of one commit within the running transaction. PORTOLAN_CONFLICT is thrown before anything was
   * changed; after any other failure the transaction must be undone.
   */
  write(commit: EncodedCommit, changes: Changes): void;
}

type Of<Kind extends EncodedEffect["kind"]> = EncodedEffect & { readonly kind: Kind };

export function createEffectWriter(parts: EffectWriterParts): EffectWriter {
  const { channels, keys, spool, nextSequence } = parts;
  const statements = prepareStatements(parts.database);

  function append(effect: Of<"append">, at: number, changes: Changes): void {
    const channel = channels.find(effect.channel) ?? channels.ensure(effect.channel);
    const { message, key, priority, expiresAt } = effect;
    const sequence = nextSequence();
    const spoolName = message.isSpooled ? spoolBody(String(sequence), message.body, changes) : null;
    const body = message.isSpooled ? null : message.body;
    statements.message.run(
      ...[sequence, channel.id, message.id, message.kind, body, spoolName],
      ...[message.headers, message.deadLetter, key, priority, at, expiresAt],
    );
    const due = effect.due > at ? effect.due : 0;
    for (const subscription of channels.recipients(channel)) {
      statements.pending.run(subscription, sequence, due, ...orderOf(channel, key, priority));
      changes.pending.push({ kind: "appended", subscription, sequence, due });
    }
  }

  function spoolBody(name: string, body: string | Uint8Array, changes: Changes): string {
    changes.spooled.push(name);
    spool.write(name, typeof body === "string" ? Buffer.from(body) : body);
    return name;
  }

  function settle({ subscription, sequence }: Of<"settle">, changes: Changes): void {
    const row = statements.settle.get(subscription, sequence);
    // It may be gone: an operator removed the message while it was in process.
    if (row !== undefined) changes.pending.push({ kind: "finished", subscription, sequence, key: row[0] });
  }

  function postpone(effect: Of<"postpone">, at: number, changes: Changes): void {
    const { subscription, sequence, failures, parked } = effect;
    const due = effect.due > at ? effect.due : 0;
    const found = statements.postpone.run(due, failures, parked, subscription, sequence);
    if (found > 0) changes.pending.push({ kind: "postponed", subscription, sequence, due });
  }

  function setPosition({ name, value }: Of<"setPosition">): void {
    statements.setPosition.run(name, value);
  }

  function checkPositions(commit: EncodedCommit): void {
    for (const effect of commit.effects) {
      if (effect.kind !== "setPosition" || effect.expected === undefined) continue;
      const found = statements.position.get(effect.name)?.[0];
      checkPosition(
        { kind: "setPosition", name: effect.name, value: undefined, expected: JSON.parse(effect.expected) },
        found === undefined ? undefined : JSON.parse(found),
      );
    }
  }

  function writeEffect(effect: EncodedEffect, at: number, changes: Changes): void {
    switch (effect.kind) {
      case "append":
        return append(effect, at, changes);
      case "settle":
        return settle(effect, changes);
      case "postpone":
        return postpone(effect, at, changes);
      case "keepKey":
        keys.keep(effect);
        changes.keptKeys.push(effect);
        return;
      case "setPosition":
        return setPosition(effect);
      case "journal":
        statements.journal.run(effect.messageId, effect.startedAt, Number(effect.failed), effect.entry);
        return;
      default:
        effect satisfies never;
    }
  }

  return {
    write(commit, changes) {
      checkPositions(commit);
      for (const effect of commit.effects) writeEffect(effect, commit.at, changes);
    },
  };
}

/** Key and priority of a pending row: only where its channel heeds them. */
export function orderOf(channel: ChannelEntry, key: string | null, priority: number | null): [string | null, number | null] {
  return [channel.isOrdered ? key : null, channel.isPrioritized ? (priority ?? 0) : null];
}

function prepareStatements(database: DatabaseSync) {
  return {
    message: prepare(
      database,
      `INSERT INTO messages (sequence, channel, id, kind, body, spool, headers, dead_letter, key, priority, appended_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    pending: prepare(database, "INSERT INTO pending (subscription, sequence, due, key, priority) VALUES (?, ?, ?, ?, ?)"),
    settle: prepare<readonly [key: string | null]>(database, "DELETE FROM pending WHERE subscription = ? AND sequence = ? RETURNING key"),
    postpone: prepare(database, "UPDATE pending SET due = ?, failures = ?, parked = ? WHERE subscription = ? AND sequence = ?"),
    position: prepare<readonly [value: string]>(database, "SELECT value FROM positions WHERE name = ?"),
    setPosition: prepare(database, "INSERT INTO positions VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
    journal: prepare(database, "INSERT INTO journal (message_id, started_at, failed, entry) VALUES (?, ?, ?, ?)"),
  };
}
