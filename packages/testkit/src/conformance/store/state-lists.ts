import assert from "node:assert/strict";
import type { DropStateEffect, PutStateEffect } from "@portolan/core";
import type { Case } from "./bench.ts";

const conflict = { code: "PORTOLAN_CONFLICT", kind: "transient" };
const LARGE = "Größe".repeat(120_000);

export const STATE_LIST_CASES: readonly Case[] = [
  {
    name: "keeps the list of a row, which grows in the order of the commits whatever becomes of the value",
    async run({ commit, store }) {
      assert.deepEqual(await store.stateItems("s", "a"), []);
      await commit([add("a", 0, [])]);
      assert.deepEqual(await store.stateItems("s", "a"), []);
      await commit([add("a", 1, ["one"])]);
      await commit([add("a", 2, ["two", "three"])]);
      await commit([{ ...add("a", 3, []), value: "other", due: 70 }]);
      const row = await store.state("s", "a");
      assert.deepEqual(row, { key: "a", value: "other", version: 4, count: 3, due: 70, order: row?.order });
      assert.deepEqual(await store.stateItems("s", "a"), ["one", "two", "three"]);
      assert.deepEqual(
        (await store.states("s", { limit: 10 })).map(({ count }) => count),
        [3],
      );
    },
  },
  {
    name: "answers a list as it was when it was asked for",
    async run({ commit, store }) {
      await commit([add("a", 0, ["one"])]);
      const before = await store.stateItems("s", "a");
      await commit([add("a", 1, ["two"])]);
      assert.deepEqual(before, ["one"]);
    },
  },
  {
    name: "tells the lists of rows apart, and begins a new one with each new row",
    async run({ commit, store }) {
      await commit([add("a", 0, ["a1"]), add("b", 0, ["b1"]), { ...add("a", 0, ["t1"]), scope: "t" }]);
      await commit([add("b", 1, ["b2"]), add("a", 1, ["a2"])]);
      assert.deepEqual(await store.stateItems("s", "a"), ["a1", "a2"]);
      assert.deepEqual(await store.stateItems("s", "b"), ["b1", "b2"]);
      assert.deepEqual(await store.stateItems("t", "a"), ["t1"]);
      await commit([drop("a", 2)]);
      assert.deepEqual(await store.stateItems("s", "a"), []);
      await commit([add("a", 0, ["again"]), drop("b", 2), add("b", 0, []), add("b", 1, ["b3"])]);
      assert.deepEqual(await store.stateItems("s", "a"), ["again"]);
      assert.deepEqual(await store.stateItems("s", "b"), ["b3"]);
      assert.equal((await store.state("s", "b"))?.count, 1);
    },
  },
  {
    name: "adds nothing to a list for a commit that expected another version",
    async run({ commit, store }) {
      await commit([add("a", 0, ["one"])]);
      await assert.rejects(commit([add("a", 1, ["two"]), add("a", 1, ["three"])]), conflict);
      await assert.rejects(commit([add("a", 0, ["two"])]), conflict);
      await commit([add("a", 1, ["four"])]);
      assert.deepEqual(await store.stateItems("s", "a"), ["one", "four"]);
    },
  },
  {
    name: "keeps JSON data, texts, bytes and structures with bytes in lists, be they small or large",
    async run({ commit, store }) {
      const bytes = new Uint8Array(600_000).fill(9);
      const items: readonly unknown[] = [null, 0, "", LARGE, { text: LARGE }, [1, "a"], bytes, { file: bytes }];
      await commit([add("a", 0, items), add("b", 0, [])]);
      assert.deepEqual((await store.stateItems("s", "a")).map(plain), items.map(plain));
      await commit([add("a", 1, [undefined, LARGE])]);
      assert.deepEqual((await store.stateItems("s", "a")).slice(items.length), [null, LARGE]);
      await commit([drop("a", 2), add("a", 0, [LARGE])]);
      assert.deepEqual(await store.stateItems("s", "a"), [LARGE]);
    },
  },
  {
    name: "keeps long lists whole and in order",
    async run({ commit, store }) {
      const COUNT = 3_000;
      const numbers = Array.from({ length: COUNT }, (_, index) => index);
      await Promise.all(numbers.map((number) => commit([add(String(number % 2), number >> 1, [number])])));
      for (const rest of [0, 1]) {
        const expected = numbers.filter((number) => number % 2 === rest);
        assert.deepEqual(await store.stateItems("s", String(rest)), expected);
      }
    },
  },
  {
    name: "counts a list as none when the time of its row is over, and removes it with the row",
    async run({ commit, store, clock }) {
      await commit([
        { ...add("a", 0, ["one", LARGE]), until: 100 },
        { ...add("b", 0, ["two"]), until: 100 },
      ]);
      await clock.advanceTo(100);
      assert.deepEqual(await store.stateItems("s", "a"), []);
      await commit([add("a", 0, ["new"])]);
      assert.deepEqual(await store.stateItems("s", "a"), ["new"]);
      assert.equal(await store.prune({ olderThanMs: 1_000_000, maxEntries: 1_000_000, batch: 10 }), 1);
      await commit([add("b", 0, [])]);
      assert.deepEqual(await store.stateItems("s", "b"), []);
    },
  },
  {
    name: "has all lists after a restart, and adds to them",
    needsReopen: true,
    async run({ commit, store, reopen }) {
      await commit([add("a", 0, ["one"]), add("b", 0, ["gone"])]);
      await commit([add("a", 1, [LARGE]), drop("b", 1)]);
      const before = await store.state("s", "a");
      const later = await reopen({ orders: { routes: ["deliver"] } });
      assert.deepEqual(await later.store.state("s", "a"), before);
      await later.commit([add("a", 2, ["three"]), add("b", 0, [])]);
      assert.deepEqual(await later.store.stateItems("s", "a"), ["one", LARGE, "three"]);
      assert.deepEqual(await later.store.stateItems("s", "b"), []);
    },
  },
];

function add(key: string, expected: number, items: readonly unknown[]): PutStateEffect {
  return { kind: "putState", scope: "s", key, value: { key }, expected, items };
}

function drop(key: string, expected: number): DropStateEffect {
  return { kind: "dropState", scope: "s", key, expected };
}

/** Bytes whatever their class and buffer. */
function plain(item: unknown): unknown {
  if (item instanceof Uint8Array) return { bytes: Buffer.from(item).toString("base64") };
  return typeof item === "object" && item !== null && "file" in item ? { file: plain(item.file) } : item;
}
