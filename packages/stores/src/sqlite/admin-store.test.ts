import type { Store } from "@portolan/core";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { openSqliteStoreForAdmin } from "./admin-store.ts";
import { append, createStoreFolder, deadLetter } from "./store-folder.test.support.ts";

const CHANNELS = ["orders", "route:orders"];

describe("a store for operators", () => {
  const folder = createStoreFolder();

  async function openBoth() {
    const directory = folder.next();
    const clock = createVirtualClock();
    const node = await folder.open(directory, clock, CHANNELS);
    const admin = await openSqliteStoreForAdmin({ directory, clock });
    const [orders, inbox] = node.subscriptions;
    if (orders === undefined || inbox === undefined) throw new Error("no subscriptions");
    return { directory, clock, store: node.store, orders, inbox, admin };
  }

  /** Resolves when the node rings for a subscription, after the clock has gone on until it looks for changes. */
  function ringOf(store: Store, subscription: number): Promise<void> {
    return new Promise((resolve) => {
      store.onWork((rung) => {
        if (rung === subscription) resolve();
      });
    });
  }

  it("sees what the running node sees", async () => {
    const { store, admin, clock } = await openBoth();
    await store.commit(
      [append("a"), append("b", "x".repeat(500_000)), { ...append("c"), due: 50 } as never, deadLetter("d")],
      "power-loss",
    );
    const entry = { messageId: "a", route: "r", via: "rest", startedAt: 0, durationMs: 1, outcome: "failed", steps: [] } as const;
    await store.commit([{ kind: "journal", entry }], "power-loss");
    expect(await admin.channels()).toEqual(await store.channels());
    const comparable = async (of: typeof admin | Store) =>
      (await of.peek("orders", { limit: 10 })).map(({ sequence, message }) => [sequence, message.id, message.body]);
    expect(await comparable(admin)).toEqual(await comparable(store));
    expect(await admin.journal("a")).toEqual([entry]);
    expect(await admin.failures(5)).toEqual([entry]);
    await clock.advanceTo(60);
    expect((await admin.channels()).find(({ name }) => name === "orders")?.postponed).toBe(0);
    await admin.close();
  });

  it("re-drives dead letters under a running node, which notices", async () => {
    const { store, admin, inbox, clock } = await openBoth();
    await store.commit([deadLetter("a", { total: 1 }), deadLetter("b", "x".repeat(400_000))], "power-loss");
    expect(await inbox.take(10)).toEqual([]);
    const rung = ringOf(store, inbox.id);
    expect(await admin.redrive("dead")).toBe(2);
    await clock.advanceTo(500);
    await rung;
    const deliveries = await inbox.take(10);
    expect(deliveries.map(({ message }) => [message.id, message.deadLetter])).toEqual([
      ["a", undefined],
      ["b", undefined],
    ]);
    expect(deliveries[1]?.message.body).toHaveLength(400_000);
    await admin.close();
  });

  it("never gives two messages the same number, whoever appends", async () => {
    const { store, admin, orders, inbox } = await openBoth();
    await store.commit(
      Array.from({ length: 100 }, (_, index) => deadLetter(`d${index}`)),
      "power-loss",
    );
    const sequences = (await admin.peek("dead", { limit: 100 })).map(({ sequence }) => sequence);
    for (const [index, sequence] of sequences.entries()) {
      const [moved] = await Promise.all([admin.redrive("dead", [sequence]), store.commit([append(`o${index}`)], "process-crash")]);
      expect(moved).toBe(1);
    }
    expect(await orders.take(200)).toHaveLength(100);
    expect(await inbox.take(200)).toHaveLength(100);
    await admin.close();
  });

  it("removes waiting messages under a running node, which does not deliver them any more", async () => {
    const { store, admin, orders, clock } = await openBoth();
    await store.commit(
      ["a", "b", "c", "d"].map((id) => append(id)),
      "power-loss",
    );
    const [a] = await orders.take(1);
    const [, b, c] = await admin.peek("orders", { limit: 10 });
    if (a === undefined || b === undefined || c === undefined) throw new Error("no messages");
    expect(await admin.remove("orders", [b.sequence, c.sequence])).toBe(2);
    expect((await orders.take(10)).map(({ message }) => message.id)).toEqual(["d"]);
    await store.commit([{ kind: "settle", ref: a.ref }], "power-loss");
    await clock.advanceTo(500);
    expect((await store.channels()).find(({ name }) => name === "orders")?.waiting).toBe(1);
    await admin.close();
  });

  it("does not make the node deliver again what is in flight", async () => {
    const { store, admin, orders, clock } = await openBoth();
    await store.commit(
      ["a", "b", "c"].map((id) => append(id)),
      "power-loss",
    );
    const [a] = await orders.take(1);
    await admin.remove("dead");
    await store.commit([deadLetter("x")], "power-loss");
    await admin.redrive("dead");
    await clock.advanceTo(500);
    expect((await orders.take(10)).map(({ message }) => message.id)).toEqual(["b", "c"]);
    if (a === undefined) throw new Error("nothing in flight");
    orders.release([a.ref]);
    expect((await orders.take(10)).map(({ message }) => message.id)).toEqual(["a"]);
    await admin.close();
  });

  it("works on thousands of messages without keeping the node from committing", async () => {
    const { store, admin, inbox } = await openBoth();
    for (let batch = 0; batch < 5; batch += 1) {
      await store.commit(
        Array.from({ length: 400 }, (_, index) => deadLetter(`d${batch}.${index}`)),
        "process-crash",
      );
    }
    const commits = Array.from({ length: 50 }, (_, index) => store.commit([append(`o${index}`)], "process-crash"));
    expect(await admin.redrive("dead")).toBe(2000);
    await Promise.all(commits);
    let count = 0;
    for (let batch = await inbox.take(128); batch.length > 0; batch = await inbox.take(128)) count += batch.length;
    expect(count).toBe(2000);
    expect(await admin.remove("orders")).toBe(50);
    await admin.close();
  });

  it("works on a store whose node is not running", async () => {
    const { directory, store, clock, admin } = await openBoth();
    await store.commit([deadLetter("a")], "power-loss");
    await admin.close();
    await store.close();
    const later = await openSqliteStoreForAdmin({ directory, clock });
    expect(await later.redrive("dead")).toBe(1);
    await later.close();
    const again = await folder.open(directory, clock, CHANNELS);
    expect((await again.subscriptions[1]?.take(10))?.map(({ message }) => message.id)).toEqual(["a"]);
  });
});
