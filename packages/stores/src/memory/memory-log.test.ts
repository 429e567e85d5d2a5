import type { Clock, Store } from "@portolan/core";
import { createFixedRandom, createSeededRandom, createSimulatedDisk, createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import type { StoreLog, StoreLogRecord } from "../store-log.ts";
import { createMemoryStore } from "./memory-store.ts";

const SETUP = { channels: [], subscriptions: [{ channel: "orders", route: "deliver" }] };
const send = async (store: Store, id: string) =>
  store.commit([{ kind: "append", channel: "orders", message: { id, body: id, headers: {} } }], "power-loss");

/** A log whose syncs end when the test says so. */
function createHeldLog() {
  const records: StoreLogRecord[] = [];
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const log: StoreLog = {
    append: (record) => void records.push(record),
    sync: () => new Promise((resolve, reject) => syncs.push({ resolve, reject })),
    read: () => [...records],
  };
  return { log, records, syncs };
}

async function openOn(log: StoreLog, clock: Clock = createVirtualClock()) {
  const store = createMemoryStore({ clock, log });
  const opened = store.open(SETUP);
  return { store, opened };
}

describe("a memory store on a log", () => {
  it("shows a message only when the log has it safely", async () => {
    const { log, syncs } = createHeldLog();
    const { store, opened } = await openOn(log);
    syncs[0]?.resolve();
    const [subscription] = await opened;
    const sent = send(store, "a");
    expect(await subscription?.take(1)).toEqual([]);
    syncs[1]?.resolve();
    await sent;
    expect(await subscription?.take(1)).toHaveLength(1);
  });

  it("lets commits that arrive during a sync share the next one", async () => {
    const { log, records, syncs } = createHeldLog();
    const { store, opened } = await openOn(log);
    syncs[0]?.resolve();
    await opened;
    const first = send(store, "a");
    const others = ["b", "c", "d"].map((id) => send(store, id));
    expect(records).toHaveLength(2);
    syncs[1]?.resolve();
    await first;
    await Promise.resolve();
    expect(records).toHaveLength(5);
    expect(syncs).toHaveLength(3);
    syncs[2]?.resolve();
    await Promise.all(others);
  });

  it("refuses everything once the log could not be written", async () => {
    const { log, syncs } = createHeldLog();
    const { store, opened } = await openOn(log);
    syncs[0]?.resolve();
    await opened;
    const first = send(store, "a");
    const second = send(store, "b");
    syncs[1]?.reject(new Error("EIO"));
    await expect(first).rejects.toMatchObject({ code: "PORTOLAN_STORE_FAILED", cause: { message: "EIO" } });
    await expect(second).rejects.toMatchObject({ code: "PORTOLAN_STORE_FAILED" });
    await expect(send(store, "c")).rejects.toMatchObject({ code: "PORTOLAN_STORE_FAILED" });
  });

  it("has all acknowledged messages after a crash at any moment, and of the others a beginning", async () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = createSeededRandom(seed);
      const clock = createVirtualClock();
      const disk = createSimulatedDisk<StoreLogRecord>(random, clock);
      const { store, opened } = await openOn(disk.mount(), clock);
      await clock.runUntil(opened);
      const acknowledged: string[] = [];
      for (let index = 0; index < 20; index += 1) {
        clock.after(random.next() * 20, () => void send(store, `m${index}`).then(() => acknowledged.push(`m${index}`)));
      }
      await clock.advanceTo(random.next() * 30);
      const order = (await store.peek("orders", { limit: 100 })).map(({ message }) => message.id);
      disk.crash();
      const again = createMemoryStore({ clock, log: disk.mount() });
      const kept = (await again.peek("orders", { limit: 100 })).map(({ message }) => message.id);
      expect(kept).toEqual(expect.arrayContaining(acknowledged));
      expect(kept.slice(0, order.length)).toEqual(order);
    }
  });

  it("ends in the same state however often it is opened again", async () => {
    const clock = createVirtualClock();
    const disk = createSimulatedDisk<StoreLogRecord>(createFixedRandom(0.99));
    const seen: unknown[] = [];
    for (let life = 0; life < 3; life += 1) {
      const { store, opened } = await openOn(disk.mount(), clock);
      const [subscription] = await opened;
      if (life === 0) {
        await Promise.all(["a", "b", "c"].map((id) => send(store, id)));
        await Promise.allSettled([store.commit([{ kind: "setPosition", name: "p", value: 1, expected: 2 }], "power-loss")]);
        await store.remove("orders", [2]);
      }
      seen.push(await store.channels(), await subscription?.take(10));
      disk.crash();
    }
    expect(seen.slice(2, 4)).toEqual(seen.slice(0, 2));
    expect(seen.slice(4, 6)).toEqual(seen.slice(0, 2));
  });
});
