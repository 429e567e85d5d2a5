import { createSeededRandom, createVirtualClock, remoteStore } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { loadForeignRooms } from "../foreign-rooms.test.support.ts";

const { createMemoryStore } = await loadForeignRooms();
const setup = { channels: [{ name: "in", ordered: false, prioritized: false }], subscriptions: [{ channel: "in", route: "work" }] };

describe("a remote store", () => {
  it("answers later than it is asked, each answer when it is there, and rings its bell later, too", async () => {
    const clock = createVirtualClock();
    const store = remoteStore(createMemoryStore({ clock }), { clock, random: createSeededRandom(1) });
    const seen: string[] = [];
    store.onWork(() => seen.push("bell"));
    const [subscription] = await clock.runUntil(store.open(setup));
    const append = { kind: "append", channel: "in", message: { id: "a", body: 1, headers: {} } } as const;
    void Promise.resolve(store.commit([append], "none")).then(() => seen.push("committed"));
    void Promise.resolve(subscription?.take(1)).then((deliveries) => seen.push(`took ${deliveries?.length}`));
    void Promise.resolve(store.position("p")).then(() => seen.push("position"));
    await clock.settle();
    expect(seen).toEqual([]);
    await clock.run();
    expect(seen.toSorted()).toEqual(["bell", "committed", "position", "took 1"]);
    expect(seen.indexOf("took 1")).toBeLessThan(seen.indexOf("position"));
    expect(clock.now()).toBeGreaterThan(0);
  });

  it("rejects as the store does", async () => {
    const clock = createVirtualClock();
    const store = remoteStore(createMemoryStore({ clock }), { clock, random: createSeededRandom(1) });
    await clock.runUntil(store.open(setup));
    const conflict = { kind: "setPosition", name: "p", value: 2, expected: 1 } as const;
    await expect(clock.runUntil(Promise.resolve(store.commit([conflict], "none")))).rejects.toMatchObject({ code: "PORTOLAN_CONFLICT" });
  });
});
