import type { AppendEffect, DeliveryRef, Effect } from "@portolan/core";
import { checkPosition } from "../position.ts";
import type { StoreLogRecord } from "../store-log.ts";
import { noStageError } from "../staged.ts";
import { outOfTurnError } from "../turn.ts";
import { Channels } from "./channels.ts";
import { createJournal } from "./journal.ts";
import { createKeptKeys } from "./kept-keys.ts";
import type { Moment } from "./moment.ts";
import { createStateRows } from "./state-rows.ts";

export interface MemoryStateOptions {
  readonly notify: (subscription: number) => void;
  readonly onKept: (key: { readonly scope: string; readonly key: string }) => void;
}

/** Everything that a memory store knows and that a log of it would bring back. */
export interface MemoryState {
  readonly channels: Channels;
  readonly journal: ReturnType<typeof createJournal>;
  readonly keys: ReturnType<typeof createKeptKeys>;
  readonly rows: ReturnType<typeof createStateRows>;
  position(name: string): unknown;
  /** Makes one change, and answers what it counted. A commit that conflicts throws and changes nothing. */
  apply(record: StoreLogRecord): number;
  commit(effects: readonly Effect[], moment: Moment): void;
}

export function createMemoryState(options: MemoryStateOptions): MemoryState {
  const channels = new Channels(options.notify);
  const journal = createJournal();
  const keys = createKeptKeys();
  const rows = createStateRows();
  const positions = new Map<string, unknown>();

  function commit(effects: readonly Effect[], moment: Moment): void {
    for (const effect of effects) if (effect.kind === "setPosition") checkPosition(effect, positions.get(effect.name));
    rows.check(effects, moment);
    for (const effect of effects) if (effect.kind === "settle" && effect.inTurn === true) checkTurn(effect.ref);
    for (const effect of effects) applyEffect(effect, moment);
  }

  function checkTurn({ subscription, sequence }: DeliveryRef): void {
    if (channels.queue(subscription)?.hasEarlier(sequence) === true) throw outOfTurnError(sequence);
  }

  function applyEffect(effect: Effect, moment: Moment): void {
    switch (effect.kind) {
      case "append":
        return channels.append(storable(effect), moment.now());
      case "appendStaged":
        // A memory store puts the appends in its place before.
        throw noStageError(effect.stage);
      case "settle": {
        const queue = channels.queue(effect.ref.subscription);
        if (queue !== undefined) channels.settle(queue, effect.ref.sequence, moment);
        return;
      }
      case "postpone":
        channels.queue(effect.ref.subscription)?.postpone(effect.ref.sequence, effect, moment.now());
        return options.notify(effect.ref.subscription);
      case "keepKey":
        keys.keep(effect);
        return options.onKept(effect);
      case "setPosition":
        positions.set(effect.name, effect.value);
        return;
      case "putState":
        return rows.put(effect, moment);
      case "dropState":
        return rows.drop(effect);
      case "journal":
        return journal.add(effect.entry);
      default:
        effect satisfies never;
    }
  }

  return {
    channels,
    journal,
    keys,
    rows,
    commit,
    position: (name) => positions.get(name),
    apply(record) {
      switch (record.kind) {
        case "open":
          channels.open(record.setup, record.at);
          return record.setup.subscriptions.length;
        case "commit":
          commit(record.effects, { now: () => record.at });
          return record.effects.length;
        case "remove":
          return channels.remove(record.channel, record.sequences, record.at);
        case "redrive":
          return channels.redrive(record.channel, record.sequences, record.at);
        case "prune": {
          let removed = journal.prune(record.policy, record.at);
          removed += keys.prune(record.policy.batch - removed, record.at);
          return removed + rows.prune(record.policy.batch - removed, { now: () => record.at });
        }
        default:
          return record satisfies never;
      }
    },
  };
}

/** Bodies are what they would be after a way through a file. */
function storable(effect: AppendEffect): AppendEffect {
  return effect.message.body === undefined ? { ...effect, message: { ...effect.message, body: null } } : effect;
}
