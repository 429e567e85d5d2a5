import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Delivery, Store } from "@portolan/core";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { append, createStoreFolder } from "./store-folder.test.support.ts";

const POLICY = { olderThanMs: 1_000, maxEntries: 1_000, batch: 7 };

describe("retention of the SQLite store", () => {
  const folder = createStoreFolder();

  async function openStore() {
    const directory = folder.next();
    const clock = createVirtualClock();
    const { store, subscriptions } = await folder.open(directory, clock);
    const [subscription] = subscriptions;
    if (subscription === undefined) throw new Error("no subscription");
    return { directory, clock, store, subscription };
  }

  const settle = (store: Store, deliveries: readonly Delivery[]) =>
    store.commit(
      deliveries.map(({ ref }) => ({ kind: "settle", ref })),
      "process-crash",
    );

  async function pruneAll(store: Store): Promise<number> {
    let removed = 0;
    for (let count = await store.prune(POLICY); count > 0; count = await store.prune(POLICY)) {
      expect(count).toBeLessThanOrEqual(POLICY.batch);
      removed += count;
    }
    return removed;
  }

  /** What lies in the file, needed or not. */
  function storedSequences(directory: string): readonly number[] {
    const database = new DatabaseSync(join(directory, "store.db"), { readOnly: true });
    const rows = database.prepare("SELECT sequence FROM messages ORDER BY sequence").all();
    database.close();
    return rows.map((row) => Number(row["sequence"]));
  }

  it("keeps processed messages for the time of the policy, then removes them in batches", async () => {
    const { directory, clock, store, subscription } = await openStore();
    await store.commit(
      Array.from({ length: 20 }, (_, index) => append(`m${index}`)),
      "process-crash",
    );
    await settle(store, await subscription.take(20));
    await clock.advanceTo(1_000);
    expect(await pruneAll(store)).toBe(0);
    await clock.advanceTo(1_001);
    expect(await pruneAll(store)).toBe(20);
    expect(storedSequences(directory)).toEqual([]);
  });

  it("removes a message that was processed only after retention had passed it", async () => {
    const { directory, clock, store, subscription } = await openStore();
    await store.commit(
      Array.from({ length: 30 }, (_, index) => append(`m${index}`)),
      "process-crash",
    );
    const deliveries = await subscription.take(30);
    await settle(
      store,
      deliveries.filter((_, index) => index % 3 === 0),
    );
    await clock.advanceTo(5_000);
    expect(await pruneAll(store)).toBe(10);
    await settle(
      store,
      deliveries.filter((_, index) => index % 3 === 1),
    );
    expect(await pruneAll(store)).toBe(10);
    expect(storedSequences(directory)).toEqual(deliveries.filter((_, index) => index % 3 === 2).map(({ ref }) => ref.sequence));
    expect(await pruneAll(store)).toBe(0);
  });

  it("never lets a new message have the number of one that is gone", async () => {
    const { directory, clock, store, subscription } = await openStore();
    await store.commit([append("a"), append("b")], "process-crash");
    const deliveries = await subscription.take(2);
    await settle(store, deliveries);
    await clock.advanceTo(5_000);
    expect(await pruneAll(store)).toBe(2);
    await store.close();
    const again = await folder.open(directory, clock);
    await again.store.commit([append("c")], "process-crash");
    const [delivery] = (await again.subscriptions[0]?.take(1)) ?? [];
    expect(delivery?.ref.sequence).toBeGreaterThan(Math.max(...deliveries.map(({ ref }) => ref.sequence)));
    await again.store.remove("orders");
    await again.store.close();
    const last = await folder.open(directory, clock);
    await last.store.commit([append("d")], "process-crash");
    expect((await last.subscriptions[0]?.take(1))?.[0]?.ref.sequence).toBeGreaterThan(delivery?.ref.sequence ?? Infinity);
  });

  it("lets commits through while it removes thousands", async () => {
    const { clock, store, subscription } = await openStore();
    for (let batch = 0; batch < 8; batch += 1) {
      await store.commit(
        Array.from({ length: 500 }, (_, index) => append(`m${batch}.${index}`)),
        "process-crash",
      );
      await settle(store, await subscription.take(500));
    }
    await clock.advanceTo(5_000);
    const ended: string[] = [];
    const pruned = store.prune({ ...POLICY, batch: 4_000 }) as Promise<number>;
    await Promise.all([
      pruned.then(() => ended.push("pruned")),
      Promise.resolve(store.commit([append("x")], "process-crash")).then(() => ended.push("committed")),
    ]);
    expect(await pruned).toBe(4_000);
    expect(ended).toEqual(["committed", "pruned"]);
  });
});
