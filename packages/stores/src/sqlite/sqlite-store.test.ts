import { cp } from "node:fs/promises";
import type { Clock } from "@portolan/core";
import { type StoreUnderTest, createVirtualClock, storeConformance } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createSqliteStore } from "./sqlite-store.ts";
import { append, createStoreFolder, deadLetter } from "./store-folder.test.support.ts";

describe("the SQLite store", () => {
  const folder = createStoreFolder();

  function storeIn(directory: string, clock: Clock): StoreUnderTest {
    const store = createSqliteStore({ directory, clock });
    return {
      store,
      // A copy of the files of a running store is what a killed process leaves behind.
      async reopen() {
        const copy = folder.next();
        await cp(directory, copy, { recursive: true });
        await store.close();
        return storeIn(copy, clock);
      },
    };
  }

  storeConformance(async (clock) => storeIn(folder.next(), clock), { describe, it });

  it.each([
    ["a Map", { list: [new Map()] }, "body.list.0 is a Map"],
    ["a BigInt", { id: 1n }, "body.id is a bigint"],
    ["a function", () => 1, "body is a function"],
    ["a stream", { rows: { async *[Symbol.asyncIterator]() {} } }, "body.rows is a stream"],
    ["bytes within data", { file: new Uint8Array(1) }, "body.file is a Uint8Array"],
    ["an error", [new TypeError("no")], "body.0 is a TypeError"],
  ])("refuses a body that is or has %s, and says where", async (_, body, found) => {
    const { store } = await folder.open(folder.next(), createVirtualClock());
    const other = store.commit([append("fine")], "power-loss");
    await expect(store.commit([append("a", body)], "power-loss")).rejects.toMatchObject({
      code: "PORTOLAN_BODY_UNSTORABLE",
      kind: "invalid",
      message: expect.stringContaining(found),
    });
    await other;
    await store.close();
  });

  it("refuses a body that contains itself", async () => {
    const { store } = await folder.open(folder.next(), createVirtualClock());
    const body: Record<string, unknown> = { id: 1 };
    body["self"] = { twice: [body, body] };
    await expect(store.commit([append("a", body)], "power-loss")).rejects.toMatchObject({
      message: expect.stringContaining("body.self.twice.0 contains itself"),
    });
    await store.close();
  });

  it("stores dates as their text, and a body that is met twice twice", async () => {
    const { store, subscriptions } = await folder.open(folder.next(), createVirtualClock());
    const address = { city: "Ulm" };
    await store.commit([append("a", { at: new Date(0), from: address, to: address })], "power-loss");
    const [delivery] = (await subscriptions[0]?.take(1)) ?? [];
    expect(delivery?.message.body).toEqual({ at: "1970-01-01T00:00:00.000Z", from: { city: "Ulm" }, to: { city: "Ulm" } });
    await store.close();
  });

  it("stores a text that is not Unicode as it is", async () => {
    const { store, subscriptions } = await folder.open(folder.next(), createVirtualClock());
    await store.commit([append("a", "half \ud83d of a pair")], "power-loss");
    const [delivery] = (await subscriptions[0]?.take(1)) ?? [];
    expect(delivery?.message.body).toBe("half \ud83d of a pair");
    await store.close();
  });

  it("stores a dead letter whose failed body cannot be stored with a picture of it", async () => {
    const { store } = await folder.open(folder.next(), createVirtualClock());
    const dead = deadLetter("a");
    if (dead.kind !== "append" || dead.message.deadLetter === undefined) throw new Error("not a dead letter");
    const failedBody = new Map([["total", 12n]]);
    await store.commit([{ ...dead, message: { ...dead.message, deadLetter: { ...dead.message.deadLetter, failedBody } } }], "power-loss");
    const [peeked] = await store.peek("dead", { limit: 1 });
    expect(peeked?.message.deadLetter?.failedBody).toBe("Map(1) { 'total' => 12n }");
    await store.close();
  });

  it("refuses to open with a position or result that cannot be stored, before anything is written", async () => {
    const { store } = await folder.open(folder.next(), createVirtualClock());
    for (const effect of [
      { kind: "setPosition", name: "p", value: new Set() },
      { kind: "keepKey", scope: "s", key: "k", until: 1, result: 1n },
    ] as const) {
      await expect(store.commit([append("a"), effect], "none")).rejects.toMatchObject({ code: "PORTOLAN_BODY_UNSTORABLE" });
    }
    expect((await store.channels())[0]?.waiting).toBe(0);
    await store.close();
  });

  it("delivers messages whole, in order and once, however many came after them and however long they wait", async () => {
    const { store, subscriptions } = await folder.open(folder.next(), createVirtualClock(), ["orders", "bills"]);
    const [orders, bills] = subscriptions;
    if (orders === undefined || bills === undefined) throw new Error("no subscriptions");
    const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    await store.commit(
      ids("o", 900).map((id) => append(id)),
      "process-crash",
    );
    const first = await orders.take(100);
    for (let batch = 0; batch < 5; batch += 1) {
      await store.commit(
        ids(`b${batch}.`, 1000).map((id) => append(id, { id }, "bills")),
        "process-crash",
      );
    }
    const [gone] = await store.peek("orders", { after: first.at(-1)?.ref.sequence ?? 0, limit: 1 });
    await store.remove("orders", [gone?.sequence ?? 0]);
    orders.release(first.map(({ ref }) => ref));
    const delivered = await orders.take(1000);
    expect(delivered.map(({ message }) => message.body)).toEqual(
      ids("o", 900)
        .filter((id) => id !== "o100")
        .map((id) => ({ id })),
    );
    const billed = [];
    for (let batch = await bills.take(700); batch.length > 0; batch = await bills.take(700)) billed.push(...batch);
    expect(billed.map(({ message }) => message.body)).toEqual(
      [0, 1, 2, 3, 4].flatMap((batch) => ids(`b${batch}.`, 1000)).map((id) => ({ id })),
    );
    await store.close();
  });

  it("rejects all that waits for it when its thread dies", async () => {
    const started = new Promise<{ terminate(): Promise<number> }>((resolve) => void process.once("worker", resolve));
    const { store, subscriptions } = await folder.open(folder.next(), createVirtualClock());
    const worker = await started;
    const ended = new Promise((resolve) => store.onEnd?.(resolve));
    const waiting = [store.commit([append("a")], "power-loss"), subscriptions[0]?.take(1), store.channels()];
    await worker.terminate();
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "PORTOLAN_STORE_ENDED", kind: "transient" } });
    }
    await expect(store.commit([append("b")], "none")).rejects.toMatchObject({ code: "PORTOLAN_STORE_ENDED" });
    expect(await ended).toMatchObject({ code: "PORTOLAN_STORE_ENDED" });
    await store.close();
  });
});
