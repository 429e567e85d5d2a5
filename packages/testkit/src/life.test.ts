import type { Store } from "@portolan/core";
import { createLife, createVirtualClock, observeAppends, trackStore } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { loadForeignRooms } from "./foreign-rooms.test.support.ts";

const { createMemoryStore } = await loadForeignRooms();
const setup = { channels: [{ name: "in", ordered: false, prioritized: false }], subscriptions: [{ channel: "in", route: "work" }] };
const append = (id: string) => ({ kind: "append", channel: "in", message: { id, body: id, headers: {} } }) as const;

describe("a life", () => {
  it("ends with its timers, those of others go on", async () => {
    const clock = createVirtualClock();
    const life = createLife(clock);
    const seen: string[] = [];
    life.clock.after(1, () => seen.push("before"));
    life.clock.after(5, () => seen.push("dead"));
    clock.after(5, () => seen.push("other"));
    await clock.advanceTo(2);
    life.end();
    life.clock.after(1, () => seen.push("never"));
    await clock.run();
    expect(seen).toEqual(["before", "other"]);
  });

  it("cancels a timer like the clock itself", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    createLife(clock)
      .clock.after(1, () => seen.push("cancelled"))
      .cancel();
    await clock.run();
    expect(seen).toEqual([]);
  });

  it("makes calls of its stores, also those under way, end without effect and without an answer", async () => {
    const clock = createVirtualClock();
    const store = createMemoryStore({ clock });
    const life = createLife(clock);
    const alive = life.store({ ...store, commit: async (effects, durability) => store.commit(effects, durability) });
    const woken: number[] = [];
    alive.onWork((id) => woken.push(id));
    const [subscription] = await alive.open(setup);
    await alive.commit([append("a")], "none");
    const answers: string[] = [];
    void Promise.resolve(alive.commit([append("b")], "none")).then(() => answers.push("of the commit under way"));
    life.end();
    const rings = woken.length;
    void Promise.resolve(alive.commit([append("c")], "none")).then(() => answers.push("of the dead"));
    void Promise.resolve(subscription?.take(10)).then(() => answers.push("of the dead subscription"));
    await store.commit([append("d")], "none");
    await clock.run();
    expect(answers).toEqual([]);
    expect(woken).toHaveLength(rings);
    expect((await store.peek("in", { limit: 10 })).map(({ message }) => message.id)).toEqual(["a", "b", "d"]);
  });

  it("silences its callbacks", () => {
    const life = createLife(createVirtualClock());
    const seen: string[] = [];
    const record = life.callback((name: string) => void seen.push(name));
    record("alive");
    life.end();
    record("dead");
    expect(seen).toEqual(["alive"]);
  });
});

describe("a watched store", () => {
  it("holds the virtual time while it writes, and tells of appends once they are committed", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    const log = { append: () => undefined, sync: () => new Promise<void>((resolve) => setImmediate(resolve)), read: () => [] };
    const store: Store = trackStore(
      observeAppends(createMemoryStore({ clock, log }), ({ message }) => seen.push(`${message.id} ${clock.now()}`)),
      clock,
    );
    clock.after(1, () => seen.push("timer"));
    void store.open(setup).then(() => store.commit([append("a"), append("b")], "power-loss"));
    await clock.run();
    expect(seen).toEqual(["a 0", "b 0", "timer"]);
  });

  it("does not tell of appends that were refused", async () => {
    const seen: string[] = [];
    const store = observeAppends(createMemoryStore({ clock: createVirtualClock() }), ({ message }) => seen.push(message.id));
    await store.open(setup);
    const conflicting = { kind: "setPosition", name: "p", value: 2, expected: 1 } as const;
    await expect(store.commit([append("a"), conflicting], "none")).rejects.toMatchObject({ code: "PORTOLAN_CONFLICT" });
    expect(seen).toEqual([]);
  });
});
