import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { append, createStoreFolder, deadLetter } from "./store-folder.test.support.ts";

const LARGE = "x".repeat(300_000);
const FORGET_ALL = { olderThanMs: 0, maxEntries: 0, batch: 100 };

describe("large bodies", () => {
  const folder = createStoreFolder();

  async function openStore() {
    const directory = folder.next();
    const clock = createVirtualClock();
    const { store, subscriptions } = await folder.open(directory, clock);
    const [subscription] = subscriptions;
    if (subscription === undefined) throw new Error("no subscription");
    return { directory, clock, store, subscription, spooled: async () => (await readdir(join(directory, "spool"))).length };
  }

  it("lie in files of their own until their message is pruned", async () => {
    const { store, subscription, clock, spooled } = await openStore();
    await store.commit([append("small", "x".repeat(1000)), append("large", LARGE), append("other", LARGE)], "power-loss");
    expect(await spooled()).toBe(2);
    const deliveries = await subscription.take(2);
    await store.commit(
      deliveries.map(({ ref }) => ({ kind: "settle", ref })),
      "power-loss",
    );
    await clock.advanceTo(10);
    while ((await store.prune(FORGET_ALL)) > 0) expect(await spooled()).toBe(1);
    const [last] = await subscription.take(1);
    expect(last?.message.body).toBe(LARGE);
  });

  it("are removed with their message by an operator, and move with it when it is re-driven", async () => {
    const { store, subscription, spooled } = await openStore();
    await store.commit([append("a", LARGE), deadLetter("b", LARGE)], "power-loss");
    await store.redrive("dead");
    expect(await spooled()).toBe(2);
    await store.remove("orders");
    expect(await spooled()).toBe(1);
    expect(await subscription.take(1)).toEqual([]);
    await store.remove("route:orders");
    expect(await spooled()).toBe(0);
  });

  it("leave nothing behind when their unit of work is refused", async () => {
    const { store, spooled } = await openStore();
    const refused = store.commit([append("a", LARGE), { kind: "setPosition", name: "p", value: 1, expected: 0 }], "power-loss");
    await expect(refused).rejects.toMatchObject({ code: "PORTOLAN_CONFLICT" });
    expect(await spooled()).toBe(0);
  });

  it("that no message names, as a crash leaves them, are removed at the next start", async () => {
    const { directory, store, clock } = await openStore();
    await store.commit([append("a", LARGE)], "power-loss");
    await store.close();
    await writeFile(join(directory, "spool", "4711"), "orphan");
    const again = await folder.open(directory, clock);
    expect(await readdir(join(directory, "spool"))).toEqual(["1"]);
    const [delivery] = (await again.subscriptions[0]?.take(1)) ?? [];
    expect(delivery?.message.body).toBe(LARGE);
  });

  it("say what became of them when an operator removed them while they were in process", async () => {
    const { store, subscription } = await openStore();
    await store.commit([append("a", LARGE)], "power-loss");
    const [delivery] = await subscription.take(1);
    await store.remove("orders");
    expect(() => delivery?.message.body).toThrow(expect.objectContaining({ code: "PORTOLAN_UNKNOWN_MESSAGE", messageId: "a" }));
  });
});
