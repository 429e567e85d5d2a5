import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PutStateEffect } from "@portolan/core";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { openSqliteStoreForAdmin } from "./admin-store.ts";
import { createStoreFolder, deadLetter } from "./store-folder.test.support.ts";

const LARGE = "x".repeat(300_000);
const FORGET_ALL = { olderThanMs: 0, maxEntries: 0, batch: 100 };

const put = (key: string, expected: number, more: Partial<PutStateEffect> = {}): PutStateEffect => {
  return { kind: "putState", scope: "s", key, value: key, expected, ...more };
};

describe("rows of state in the SQLite store", () => {
  const folder = createStoreFolder();

  async function openStore() {
    const directory = folder.next();
    const clock = createVirtualClock();
    const { store } = await folder.open(directory, clock);
    return { directory, clock, store, spooled: async () => (await readdir(join(directory, "spool"))).toSorted() };
  }

  it("have their large values in files, which go when the row is replaced, dropped or over", async () => {
    const { store, clock, spooled } = await openStore();
    await store.commit(
      ["a", "b", "c", "d"].map((key) => put(key, 0, { value: LARGE, until: 100 })),
      "power-loss",
    );
    expect(await spooled()).toHaveLength(4);
    await store.commit([put("a", 1, { until: 100 })], "power-loss");
    expect(await spooled()).toEqual(["state-2-1", "state-3-1", "state-4-1"]);
    await store.commit([put("b", 1, { value: `${LARGE}!` })], "power-loss");
    expect(await spooled()).toEqual(["state-2-2", "state-3-1", "state-4-1"]);
    await store.commit([{ kind: "dropState", scope: "s", key: "c", expected: 1 }], "power-loss");
    expect(await spooled()).toEqual(["state-2-2", "state-4-1"]);
    await clock.advanceTo(100);
    while ((await store.prune(FORGET_ALL)) > 0) expect(await spooled()).toEqual(["state-2-2"]);
    expect((await store.states("s", { limit: 10 })).map(({ value }) => value)).toEqual([`${LARGE}!`]);
  });

  it("leave no file behind when their unit of work is refused, or writes them several times", async () => {
    const { store, spooled } = await openStore();
    const refused = store.commit([put("a", 0, { value: LARGE }), put("b", 1)], "power-loss");
    await expect(refused).rejects.toMatchObject({
      code: "PORTOLAN_CONFLICT",
      message: 'row "b" of state "s" was expected to be version 1 and is none',
      hint: expect.any(String),
    });
    expect(await spooled()).toEqual([]);
    const large = { value: LARGE };
    await store.commit([put("a", 0, large), put("a", 1, large), { kind: "dropState", scope: "s", key: "a", expected: 2 }], "power-loss");
    expect(await spooled()).toEqual([]);
    await store.commit([put("a", 0, large), put("a", 1, large)], "power-loss");
    expect(await spooled()).toHaveLength(1);
    expect((await store.state("s", "a"))?.value).toBe(LARGE);
  });

  it("have the large items of their lists in files, which go with the row, be it dropped or over", async () => {
    const { store, clock, spooled } = await openStore();
    await store.commit([put("a", 0, { items: [LARGE, "small"] }), put("b", 0, { items: [LARGE], until: 100 })], "power-loss");
    expect(await spooled()).toEqual(["item-1-0", "item-2-0"]);
    const refused = store.commit([put("a", 1, { items: ["small", LARGE] }), put("a", 1)], "power-loss");
    await expect(refused).rejects.toMatchObject({ code: "PORTOLAN_CONFLICT" });
    await store.commit([put("a", 1, { items: [LARGE] })], "power-loss");
    expect(await spooled()).toEqual(["item-1-0", "item-1-2", "item-2-0"]);
    await store.commit([{ kind: "dropState", scope: "s", key: "a", expected: 2 }], "power-loss");
    expect(await spooled()).toEqual(["item-2-0"]);
    await clock.advanceTo(100);
    expect(await store.prune(FORGET_ALL)).toBe(1);
    expect(await spooled()).toEqual([]);
  });

  it("keep their files at a start, which removes those that a crash has left", async () => {
    const { directory, store, clock, spooled } = await openStore();
    await store.commit([put("a", 0, { value: LARGE, items: [LARGE] })], "power-loss");
    await store.close();
    for (const orphan of ["state-1-2", "item-1-1"]) await writeFile(join(directory, "spool", orphan), "orphan");
    const again = await folder.open(directory, clock);
    expect(await spooled()).toEqual(["item-1-0", "state-1-1"]);
    expect((await again.store.state("s", "a"))?.value).toBe(LARGE);
    expect(await again.store.stateItems("s", "a")).toEqual([LARGE]);
  });

  it("say which file is missing if one is", async () => {
    const { directory, store } = await openStore();
    await store.commit([put("a", 0, { value: LARGE }), put("b", 0)], "power-loss");
    await rm(join(directory, "spool", "state-1-1"));
    await expect(store.state("s", "a")).rejects.toMatchObject({
      code: "PORTOLAN_STORE_CORRUPT",
      message: expect.stringMatching(/state-1-1.*row "a" of state "s"/),
    });
    expect((await store.state("s", "b"))?.value).toBe("b");
  });

  it.each([
    ["a Map", { list: [new Map()] }, "value.list.0 is a Map"],
    ["a BigInt beside bytes", [new Uint8Array(1), 1n], "value.1 is a bigint"],
    ["a function", () => 1, "value is a function"],
  ])("are refused if they are or have %s, which is named", async (_, value, found) => {
    const { store } = await openStore();
    await expect(store.commit([put("a", 0, { value })], "none")).rejects.toMatchObject({
      code: "PORTOLAN_BODY_UNSTORABLE",
      message: expect.stringContaining(found),
    });
  });

  it("are refused if they contain themselves, with bytes or without", async () => {
    const { store } = await openStore();
    const group: Record<string, unknown> = { bytes: new Uint8Array(1) };
    group["self"] = [group];
    await expect(store.commit([put("a", 0, { value: group })], "none")).rejects.toMatchObject({
      message: expect.stringContaining("contains itself"),
    });
  });

  it("are stored with bytes at places that could be mistaken for others", async () => {
    const { store } = await openStore();
    const bytes = new Uint8Array([0, 255]);
    const value = Object.fromEntries([
      ["__proto__", bytes],
      ["a.b", { "": bytes, rest: null, bytes: [bytes, [bytes]] }],
      ["constructor", { prototype: bytes }],
    ]);
    await store.commit([put("a", 0, { value })], "power-loss");
    const found = (await store.state("s", "a"))?.value;
    expect(found).toEqual(value);
    expect(Object.hasOwn(found as object, "__proto__")).toBe(true);
  });

  it("have room beside each other when their hashes are all that an index holds", async () => {
    const { store } = await openStore();
    await store.commit([put("k", 0, { scope: "s\na" }), put("a\nk", 0)], "power-loss");
    expect((await store.state("s\na", "k"))?.value).toBe("k");
    expect((await store.state("s", "a\nk"))?.value).toBe("a\nk");
  });
});

describe("attributes in the SQLite store", () => {
  const folder = createStoreFolder();

  it("are seen by an operator, and kept when the message is re-driven from another process", async () => {
    const directory = folder.next();
    const clock = createVirtualClock();
    const { store, subscriptions } = await folder.open(directory, clock, ["route:orders"]);
    const dead = deadLetter("a");
    if (dead.kind !== "append") throw new Error("not an append");
    await store.commit([{ ...dead, message: { ...dead.message, attributes: { group: "g" } } }], "power-loss");
    const admin = await openSqliteStoreForAdmin({ directory, clock });
    const [peeked] = await admin.peek("dead", { limit: 1 });
    expect(peeked?.message.attributes).toEqual({ group: "g" });
    expect(await admin.redrive("dead")).toBe(1);
    await admin.close();
    await clock.advanceTo(500);
    // The node notices in the course of its next call.
    const taken = (await subscriptions[0]?.take(1)) ?? [];
    expect(taken.map(({ message }) => [message.id, message.attributes])).toEqual([["a", { group: "g" }]]);
  });

  it("are refused if they are not data", async () => {
    const { store } = await folder.open(folder.next(), createVirtualClock());
    const message = { id: "a", body: 1, headers: {}, attributes: { done: () => 1 } };
    await expect(store.commit([{ kind: "append", channel: "orders", message }], "none")).rejects.toMatchObject({
      code: "PORTOLAN_BODY_UNSTORABLE",
      message: expect.stringContaining("attributes.done is a function"),
    });
  });
});
