import type { Effect, Message, Store } from "@portolan/core";
import { app, route } from "@portolan/engine";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { sendAll } from "../channel/contestant.ts";
import { startEngine } from "../portolan-engine.ts";

interface Reading {
  readonly device: number;
  readonly value: number;
}

/** A node whose aggregation has so many open groups in SQLite. */
export interface CollectingNode {
  /** Adds so many messages, each to another group, and waits until all of them are on the disk. */
  add(messages: number): Promise<void>;
  close(): Promise<void>;
}

const ROUTE = "collect";
const STEP = "devices";
/** Groups in one commit while filling: nothing of this is measured. */
const FILL_BATCH = 1000;
/** Shares no factor with the numbers of groups, so that the groups come in a scattered order and each of them once. */
const STRIDE = 7919;

const collect = route(ROUTE).aggregate(
  {
    id: STEP,
    key: (m) => (m.body as Reading).device,
    combine: { fold: (sum: number, m: Message) => sum + (m.body as Reading).value, initial: () => 0 },
    complete: { when: (m) => m.body === -1 },
  },
  (group) => group.map((m) => m.body),
);

export async function collectingNode(directory: string, groups: number): Promise<CollectingNode> {
  const store = createSqliteStore({ directory, clock: createSystemClock() });
  const engine = await startEngine(app("bench", { routes: [collect] }), { durable: store });
  await fill(store, groups);
  const first = await sizeOfFirst(store);
  let sent = 0;
  return {
    async add(messages) {
      const start = sent;
      sent += messages;
      await sendAll(messages, (number) => engine.deliver(ROUTE, { body: { device: ((start + number) * STRIDE) % groups, value: 1 } }));
    },
    async close() {
      const added = (await sizeOfFirst(store)) - first;
      const expected = Math.ceil(sent / groups);
      await engine.stop();
      await store.close();
      if (added !== expected) throw new Error(`expected ${expected} more messages in the first of ${groups} groups, found ${added}`);
    },
  };
}

const SCOPE = `aggregate/${ROUTE}/${STEP}`;

/** The rows that the aggregation itself would have written for one message each. */
async function fill(store: Store, groups: number): Promise<void> {
  for (let next = 0; next < groups;) {
    const effects = Array.from({ length: Math.min(FILL_BATCH, groups - next) }, (): Effect => {
      const device = next++;
      const value = { acc: 1, size: 1, key: device, id: `m${device}`, headers: {} };
      return { kind: "putState", scope: SCOPE, key: String(device), value, expected: 0 };
    });
    await store.commit(effects, "process-crash");
  }
}

async function sizeOfFirst(store: Store): Promise<number> {
  const row = await store.state(SCOPE, "0");
  if (row === undefined) throw new Error("the first group is not in the store");
  return (row.value as { readonly size: number }).size;
}
