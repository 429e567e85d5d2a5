import type { Effect, Store, Subscription } from "@portolan/core";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { payload } from "../channel/payload.ts";

/** A durable channel in which many messages wait. */
export interface WaitingChannel {
  /** Appends messages until so many wait. */
  fill(waiting: number): Promise<void>;
  /** Takes the oldest messages, settles each and appends another for it, so that as many wait as before. */
  turnOver(messages: number): Promise<void>;
  close(): Promise<void>;
}

const BATCH = 100;
/** Messages in one commit while filling: nothing of this is measured. */
const FILL_BATCH = 1000;

export async function waitingChannel(directory: string): Promise<WaitingChannel> {
  const store: Store = createSqliteStore({ directory, clock: createSystemClock() });
  const [subscription] = await store.open({
    channels: [{ name: "orders", ordered: false, prioritized: false }],
    subscriptions: [{ channel: "orders", route: "take" }],
  });
  if (subscription === undefined) throw new Error("the store has no subscription");
  let waiting = 0;
  let next = 0;
  const append = (): Effect => {
    next += 1;
    return { kind: "append", channel: "orders", message: { id: `m${next}`, body: payload(next), headers: {} } };
  };
  return {
    async fill(wanted) {
      while (waiting < wanted) {
        const count = Math.min(FILL_BATCH, wanted - waiting);
        await store.commit(Array.from({ length: count }, append), "process-crash");
        waiting += count;
      }
    },
    async turnOver(messages) {
      for (let done = 0; done < messages;) done += await turnOne(store, subscription, append);
    },
    close: () => store.close(),
  };
}

/** One batch: each message has a commit of its own, and all of them share a transaction. */
async function turnOne(store: Store, subscription: Subscription, append: () => Effect): Promise<number> {
  const deliveries = await subscription.take(BATCH);
  await Promise.all(deliveries.map(({ ref }) => store.commit([{ kind: "settle", ref }, append()], "power-loss")));
  return deliveries.length;
}
