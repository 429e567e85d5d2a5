import type { DatabaseSync } from "node:sqlite";
import { checkPosition } from "../position.ts";
import type { Changes } from "./changes.ts";
import type { ChannelEntry, ChannelTable } from "./channel-table.ts";
import type { KeyTable } from "./key-table.ts";
import type { EncodedCommit, EncodedEffect } from "./protocol.ts";
import { isRemembered } from "./remembered-messages.ts";
import type { Spool } from "./spool.ts";
import type { StageTable } from "./stage-table.ts";
import { type StateEffect, type StateTable, isStateEffect } from "./state-table.ts";
import { prepare } from "./statement.ts";
import { outOfTurnError } from "../turn.ts";

export interface EffectWriterParts {
  readonly database: DatabaseSync;
  readonly channels: ChannelTable;
  readonly keys: KeyTable;
  readonly states: StateTable;
  readonly stages: StageTable;
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

/** Of the effect that is written now. */
interface Circumstances {
  readonly at: number;
  /** Of the next append. */
  ticket: number;
}

type Of<Kind extends EncodedEffect[0]> = Extract<EncodedEffect, readonly [Kind, ...unknown[]]>;

export function createEffectWriter(parts: EffectWriterParts): EffectWriter {
  const { channels, keys, states, stages, spool, nextSequence } = parts;
  const statements = prepareStatements(parts.database);

  function append(effect: Of<"append">, { at, ticket }: Circumstances, changes: Changes): void {
    const [, name, message, key, priority, wantedDue, expiresAt] = effect;
    const channel = channels.find(name) ?? channels.ensure(name);
    const [id, kind, content, isSpooled, headers, deadLetter, attributes] = message;
    const sequence = nextSequence();
    const spoolName = isSpooled ? spoolBody(String(sequence), content, changes) : null;
    const body = isSpooled ? null : content;
    statements.message.run(sequence, channel.id, id, kind, body, spoolName, headers, deadLetter, key, priority, at, expiresAt, attributes);
    const due = wantedDue > at ? wantedDue : 0;
    const heededKey = channel.isOrdered ? key : null;
    const rememberedBy = due === 0 && isRemembered(message) ? ticket : null;
    for (const subscription of channels.recipients(channel)) {
      statements.pending.run(subscription, sequence, due, heededKey, channel.isPrioritized ? (priority ?? 0) : null);
      changes.pending.push({ kind: "appended", subscription, sequence, due, key: heededKey, ticket: rememberedBy });
    }
  }

  function spoolBody(name: string, body: string | Uint8Array, changes: Changes): string {
    changes.spooled.push(name);
    spool.write(name, typeof body === "string" ? Buffer.from(body) : body);
    return name;
  }

  /** The row may be gone: an operator removed the message while it was in process. */
  function settle([, subscription, sequence]: Of<"settle">, changes: Changes): void {
    const [key] = channels.isOrdered(subscription)
      ? (statements.settleKeyed.get(subscription, sequence) ?? [])
      : settlePlain(subscription, sequence);
    if (key !== undefined) changes.pending.push({ kind: "finished", subscription, sequence, key });
  }

  /** Asking for nothing back halves the cost. */
  function settlePlain(subscription: number, sequence: number): readonly null[] {
    return statements.settle.run(subscription, sequence) > 0 ? [null] : [];
  }

  function postpone([, subscription, sequence, wantedDue, failures, parked]: Of<"postpone">, at: number, changes: Changes): void {
    const due = wantedDue > at ? wantedDue : 0;
    const found = statements.postpone.run(due, failures, parked, subscription, sequence);
    if (found > 0) changes.pending.push({ kind: "postponed", subscription, sequence, due });
  }

  function check(effects: readonly EncodedEffect[]): void {
    for (const effect of effects) {
      if (effect[0] === "setPosition" && effect[3] !== null) checkOne(effect[1], effect[3]);
      else if (effect[0] === "settle" && effect[3]) checkTurn(effect);
      else if (effect[0] === "appendStaged") stages.check(effect[1]);
    }
  }

  function checkTurn([, subscription, sequence]: Of<"settle">): void {
    if (statements.earlier.get(subscription, sequence) !== undefined) throw outOfTurnError(sequence);
  }

  function checkOne(name: string, expected: string): void {
    const found = statements.position.get(name)?.[0];
    checkPosition({ name, expected: JSON.parse(expected) }, found === undefined ? undefined : JSON.parse(found));
  }

  function write(effect: Exclude<EncodedEffect, StateEffect>, when: Circumstances, changes: Changes): void {
    switch (effect[0]) {
      case "append":
        append(effect, when, changes);
        when.ticket += 1;
        return;
      case "appendStaged":
        return stages.publish(effect[1], when.at, changes);
      case "settle":
        return settle(effect, changes);
      case "postpone":
        return postpone(effect, when.at, changes);
      case "keepKey": {
        const [, scope, key, until, result] = effect;
        keys.keep({ scope, key, until, result });
        changes.keptKeys.push({ scope, key });
        return;
      }
      case "setPosition":
        statements.setPosition.run(effect[1], effect[2]);
        return;
      case "journal":
        statements.journal.run(effect[1], effect[2], effect[3], effect[4]);
        return;
      default:
        effect satisfies never;
    }
  }

  return {
    write([, at, effects, ticket], changes) {
      const when = { at, ticket };
      check(effects);
      const targets = states.check(effects, at);
      for (const effect of effects) {
        if (isStateEffect(effect)) states.write(effect, targets, changes);
        else write(effect, when, changes);
      }
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
      `INSERT INTO messages (sequence, channel, id, kind, body, spool, headers, dead_letter, key, priority, appended_at, expires_at, attributes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    pending: prepare(database, "INSERT INTO pending (subscription, sequence, due, key, priority) VALUES (?, ?, ?, ?, ?)"),
    settle: prepare(database, "DELETE FROM pending WHERE subscription = ? AND sequence = ?"),
    settleKeyed: prepare<readonly [key: string | null]>(
      database,
      "DELETE FROM pending WHERE subscription = ? AND sequence = ? RETURNING key",
    ),
    earlier: prepare(database, "SELECT 1 FROM pending WHERE subscription = ? AND sequence < ? AND due = 0 LIMIT 1"),
    postpone: prepare(database, "UPDATE pending SET due = ?, failures = ?, parked = ? WHERE subscription = ? AND sequence = ?"),
    position: prepare<readonly [value: string]>(database, "SELECT value FROM positions WHERE name = ?"),
    setPosition: prepare(database, "INSERT INTO positions VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
    journal: prepare(database, "INSERT INTO journal (message_id, started_at, failed, entry) VALUES (?, ?, ?, ?)"),
  };
}
