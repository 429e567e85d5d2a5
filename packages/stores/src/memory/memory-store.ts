import {
  type Awaitable,
  type Clock,
  type Durability,
  type Effect,
  PortolanError,
  type Store,
  type StoreSetup,
  type Subscription,
} from "@portolan/core";
import { createLeases } from "../leases.ts";
import { mayConflict } from "../position.ts";
import type { StoreChange, StoreLog, StoreLogRecord } from "../store-log.ts";
import { type LogWriter, createLogWriter } from "./log-writer.ts";
import { createMoments } from "./moment.ts";
import { createStages } from "./stages.ts";
import { createMemoryState } from "./memory-state.ts";
import { createWorkBell } from "../work-bell.ts";

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Makes the store outlive its object: a store that is created on the same log goes on where this one was. */
  readonly log?: StoreLog;
}

/**
 * A store whose `take`, `claim`, `position` and `state` answer at once. Without a log a commit is done when `commit` returns,
 * whatever its durability; with one, effects become visible when the log has them as safely as asked, in the order of
 * the calls, and commits that arrive while the log syncs share the next sync.
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { clock, log } = options;
  const bell = createWorkBell();
  const leases = createLeases();
  const state = createMemoryState({ notify: bell.ring, onKept: leases.end });
  const writer = log === undefined ? undefined : createLogWriter(log, state);
  const moments = createMoments(clock);
  const stages = createStages();
  let isClosed = false;

  function commit(effects: readonly Effect[], durability: Durability): Awaitable<void> {
    if (isClosed) return Promise.reject(closedError());
    try {
      const whole = stages.expand(effects, clock);
      if (writer !== undefined) return writeCommit(writer, { kind: "commit", effects: whole, at: clock.now() }, durability);
      state.commit(whole, moments.begin());
      return;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** A change that an operator makes. */
  function change(wanted: StoreChange): number | Promise<number> {
    if (isClosed) throw closedError();
    const record = { ...wanted, at: clock.now() };
    return writer === undefined ? state.apply(record) : writer.write(record, "power-loss");
  }

  return {
    async open(setup) {
      await change({ kind: "open", setup });
      return subscriptionsOf(setup);
    },
    commit,
    stage(stage, appends) {
      if (isClosed) throw closedError();
      stages.add(stage, appends);
    },
    unstage: stages.drop,
    onWork: bell.listen,
    claim(request) {
      const kept = state.keys.find(request, clock.now());
      if (kept !== undefined) return kept.result === undefined ? { state: "kept" } : { state: "kept", result: kept.result };
      const until = leases.acquire(request, clock.now());
      return until === undefined ? { state: "granted" } : { state: "held", until };
    },
    renew: (owner, leaseMs) => leases.renew(owner, clock.now() + leaseMs),
    unclaim: (scope, key, owner) => leases.release({ scope, key }, owner),
    position: state.position,
    state: (scope, key) => state.rows.find(scope, key, moments.begin()),
    stateItems: (scope, key) => state.rows.items(scope, key, moments.begin()),
    states: (scope, query) => state.rows.list(scope, query, moments.begin()),
    nextStateDue: (scope) => state.rows.nextDue(scope, moments.begin()),
    channels: () => state.channels.status(clock.now()),
    peek: (channel, page) => state.channels.peek(channel, page),
    remove(channel, sequences) {
      return change({ kind: "remove", channel, sequences: sequences ?? [...state.channels.waiting(channel)].map((kept) => kept.sequence) });
    },
    redrive(channel, sequences) {
      const wanted = sequences === undefined ? undefined : new Set(sequences);
      // What is being processed at this moment is not taken from under the hands of its route.
      const idle = [...state.channels.waiting(channel)].filter(
        (kept) => wanted?.has(kept.sequence) !== false && !state.channels.isInFlight(kept),
      );
      return change({ kind: "redrive", channel, sequences: idle.map((kept) => kept.sequence) });
    },
    journal: (messageId) => state.journal.ofMessage(messageId),
    failures: (limit) => state.journal.failures(limit),
    prune: (policy) => change({ kind: "prune", policy }),
    async close() {
      isClosed = true;
      await writer?.finish();
    },
  };

  function subscriptionsOf(setup: StoreSetup): readonly Subscription[] {
    return setup.subscriptions.map((spec) => {
      const id = state.channels.subscriptionId(spec);
      return {
        id,
        channel: spec.channel,
        route: spec.route,
        take: (limit) => state.channels.queue(id)?.take(limit, clock.now()) ?? [],
        nextDue: () => state.channels.queue(id)?.nextDue(),
        release(refs) {
          for (const ref of refs) if (state.channels.queue(id)?.release(ref.sequence)) bell.ring(id);
        },
      };
    });
  }
}

async function writeCommit(writer: LogWriter, record: StoreLogRecord & { readonly kind: "commit" }, durability: Durability): Promise<void> {
  const written = writer.write(record, durability);
  if (durability === "none" && !mayConflict(record.effects)) {
    // Nobody waits for it; a log that fails refuses the next change.
    written.catch(() => undefined);
    return;
  }
  await written;
}

function closedError(): PortolanError {
  return new PortolanError("PORTOLAN_STORE_FAILED", "the store is closed", {
    hint: "Close a store after everything that uses it has ended.",
  });
}
