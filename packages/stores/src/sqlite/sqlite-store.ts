import {
  type Clock,
  type Durability,
  type Effect,
  type Logger,
  PortolanError,
  type Store,
  type Subscription,
  type Timer,
  silentLogger,
} from "@portolan/core";
import { mayConflict } from "../position.ts";
import { createWorkBell } from "../work-bell.ts";
import { spoolDirectory } from "./database-file.ts";
import { decodeClaimAnswer, decodeEntries, encodeEffect, encodeStaged } from "./effect-codec.ts";
import { createMessageCodec } from "./message-codec.ts";
import type { EncodedEffect, MessageRow } from "./protocol.ts";
import { createRememberedMessages } from "./remembered-messages.ts";
import { readDeliveries } from "./row-reader.ts";
import { decodeItem, decodeStateRow } from "./state-codec.ts";
import { createWorkerLink } from "./worker-link.ts";

export interface SqliteStoreOptions {
  /** Where the store's files are. The directory is made if there is none; one process at a time can own it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log?: Logger;
  /** Bodies of more bytes than this go to files of their own. */
  readonly spoolAbove?: number;
}

const SPOOL_ABOVE = 256 * 1024;
/** How often changes by other processes are looked for, and quiet moments used. */
const TICK_MS = 500;

/**
 * The embedded store: one SQLite database, written by a worker thread. Commits that arrive while a batch is written are the
 * next batch, which is synced to the disk once for all of them. Bodies are JSON data, text or bytes; what JSON cannot hold
 * fails the commit with PORTOLAN_BODY_UNSTORABLE. `open` rejects with PORTOLAN_STORE_LOCKED, PORTOLAN_STORE_CORRUPT or
 * PORTOLAN_STORE_VERSION if the directory cannot be used.
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const { directory, clock, log = silentLogger, spoolAbove = SPOOL_ABOVE } = options;
  const bell = createWorkBell();
  const messages = createMessageCodec({ spoolDirectory: spoolDirectory(directory), spoolAbove });
  const remembered = createRememberedMessages();
  const link = createWorkerLink({ directory, clock, onRung: bell.ring });
  let timer: Timer | undefined;
  let closed: Promise<void> | undefined;

  function tickLater(): void {
    timer = clock.after(TICK_MS, () => {
      link.tell({ kind: "tick", now: clock.now() });
      tickLater();
    });
  }

  function commit(effects: readonly Effect[], durability: Durability): Promise<void> {
    if (closed !== undefined) return Promise.reject(closedError());
    let encoded: readonly EncodedEffect[];
    try {
      encoded = effects.map((effect) => encodeEffect(effect, messages));
    } catch (error) {
      return Promise.reject(error);
    }
    const at = clock.now();
    const written = link.commit([durability, at, encoded, remembered.remember(encoded, at)]);
    if (durability !== "none" || link.isOwing || link.hasEnded || mayConflict(effects)) return written;
    written.catch((error: unknown) => {
      // One that is owed is written when the disk is well again.
      if (!link.isOwing) log.log("error", "a commit that asked for no durability was lost", { error: String(error) });
    });
    return Promise.resolve();
  }

  function subscriptionOf(id: number, channel: string, route: string): Subscription {
    const of = { id, channel, route };
    return {
      ...of,
      async take(limit) {
        const rows = await link.call("take", id, limit);
        return readDeliveries(rows, of, { messages, remembered, read: (sequences) => link.call("read", id, sequences) });
      },
      nextDue: () => link.call("nextDue", id),
      release(refs) {
        if (refs.length > 0) link.tell({ kind: "release", subscription: id, sequences: refs.map(({ sequence }) => sequence) });
      },
    };
  }

  function peeked(row: MessageRow) {
    return { sequence: row[0], appendedAt: row[7], message: messages.decode(row) };
  }

  return {
    async open(setup) {
      await link.ready;
      const ids = await link.call("open", setup);
      tickLater();
      return setup.subscriptions.map(({ channel, route }, index) => {
        const id = ids[index];
        if (id === undefined)
          throw new PortolanError("PORTOLAN_STORE_FAILED", `the store did not open the subscription of "${route}" on "${channel}"`);
        return subscriptionOf(id, channel, route);
      });
    },
    commit,
    async stage(stage, appends) {
      if (closed !== undefined) throw closedError();
      await link.call(
        "stage",
        stage,
        appends.map((append) => encodeStaged(append, messages)),
      );
    },
    unstage: (stage) => link.tell({ kind: "unstage", stage }),
    onEnd: (listener) => void link.died.then(listener),
    onWork: bell.listen,
    claim: async (request) => decodeClaimAnswer(await link.call("claim", request)),
    renew: (owner, leaseMs) => link.tell({ kind: "renew", owner, until: clock.now() + leaseMs }),
    unclaim: (scope, key, owner) => link.tell({ kind: "unclaim", scope, key, owner }),
    async position(name) {
      const value = await link.call("position", name);
      return value === undefined ? undefined : JSON.parse(value);
    },
    async state(scope, key) {
      const row = await link.call("state", scope, key);
      return row === undefined ? undefined : decodeStateRow(row);
    },
    stateItems: async (scope, key) => (await link.call("stateItems", scope, key)).map(decodeItem),
    states: async (scope, query) => (await link.call("states", scope, query)).map(decodeStateRow),
    nextStateDue: (scope) => link.call("nextStateDue", scope),
    channels: () => link.call("channels"),
    peek: async (channel, { after = 0, limit }) => (await link.call("peek", channel, after, limit)).map(peeked),
    remove: (channel, sequences) => link.call("remove", channel, sequences),
    redrive: (channel, sequences) => link.call("redrive", channel, sequences),
    journal: async (messageId) => decodeEntries(await link.call("journal", messageId)),
    failures: async (limit) => decodeEntries(await link.call("failures", limit)),
    prune: (policy) => link.call("prune", policy),
    close() {
      timer?.cancel();
      closed ??= link.close();
      return closed;
    },
  };
}

function closedError(): PortolanError {
  return new PortolanError("PORTOLAN_STORE_FAILED", "the store is closed", {
    hint: "Close a store after everything that uses it has ended.",
  });
}
