import assert from "node:assert/strict";
import type { DropStateEffect, PutStateEffect, StateQuery, Store } from "@portolan/core";
import { type Case, append } from "./bench.ts";

const conflict = { code: "PORTOLAN_CONFLICT", kind: "transient" };
const LARGE = "Größe".repeat(120_000);

export const STATE_CASES: readonly Case[] = [
  {
    name: "knows no row at first, then the one that was written last",
    async run({ commit, store }) {
      assert.equal(await store.state("s", "a"), undefined);
      await commit([put("a", 0, { value: { count: 1 } })]);
      const first = await store.state("s", "a");
      assert.ok(first);
      assert.deepEqual(first, { key: "a", value: { count: 1 }, version: 1, count: 0, order: first.order });
      await commit([put("a", 1, { value: { count: 2 }, due: 70 })]);
      assert.deepEqual(await store.state("s", "a"), { key: "a", value: { count: 2 }, version: 2, count: 0, due: 70, order: first.order });
      await commit([put("a", 2, { value: "three" })]);
      assert.deepEqual(await store.state("s", "a"), { key: "a", value: "three", version: 3, count: 0, order: first.order });
    },
  },
  {
    name: "tells scopes and keys apart",
    async run({ commit, store }) {
      const pairs = [
        ["s", "k"],
        ["s", "kk"],
        ["sk", "k"],
        ["", "sk"],
        ["sk", ""],
      ] as const;
      await commit(pairs.map(([scope, key]) => put(key, 0, { scope, value: `${scope}/${key}` })));
      for (const [scope, key] of pairs) assert.equal((await store.state(scope, key))?.value, `${scope}/${key}`);
      assert.equal(await store.state("unknown", "k"), undefined);
      assert.deepEqual(await store.states("unknown", { limit: 10 }), []);
      assert.equal(await store.nextStateDue("unknown"), undefined);
    },
  },
  {
    name: "keeps JSON data, texts, bytes and structures with bytes as they are, be they small or large",
    async run({ commit, store }) {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const values: readonly unknown[] = [
        null,
        0,
        "",
        "text",
        [1, "a", null],
        { nested: { list: [true] } },
        bytes,
        new Uint8Array(0),
        [bytes, { file: bytes, base64: "AA==", bytes: [] }, "text"],
        { "": bytes, "0": { json: 1, "a.b": bytes } },
        JSON.parse('{"__proto__":{"a":1}}'),
        LARGE,
        { text: LARGE },
        new Uint8Array(600_000).fill(7),
        [{ id: "m", body: new Uint8Array(600_000).fill(9) }],
      ];
      await commit(values.map((value, index) => put(String(index), 0, { value })));
      for (const [index, value] of values.entries()) {
        const row = await store.state("s", String(index));
        assert.deepEqual(plain(row?.value), plain(value), `value ${index}`);
      }
      const rows = await store.states("s", { limit: 100 });
      assert.deepEqual(
        rows.map(({ value }) => plain(value)),
        values.map(plain),
      );
      await commit([put("undefined", 0, { value: undefined })]);
      assert.equal((await store.state("s", "undefined"))?.value, null);
    },
  },
  {
    name: "replaces and drops large values",
    async run({ commit, store }) {
      await commit([put("a", 0, { value: LARGE })]);
      await commit([put("a", 1, { value: `${LARGE}!` })]);
      assert.equal((await store.state("s", "a"))?.value, `${LARGE}!`);
      await commit([put("a", 2, { value: "small" })]);
      assert.equal((await store.state("s", "a"))?.value, "small");
      await commit([put("a", 3, { value: LARGE }), put("a", 4, { value: `${LARGE}?` })]);
      assert.equal((await store.state("s", "a"))?.value, `${LARGE}?`);
      await commit([drop("a", 5)]);
      assert.equal(await store.state("s", "a"), undefined);
    },
  },
  {
    name: "makes no change of a commit that expected another version",
    channels: { orders: { routes: [] } },
    async run({ commit, store, waiting }) {
      await commit([put("a", 0)]);
      await commit([put("a", 1)]);
      for (const effect of [put("a", 0), put("a", 1), put("a", 3), drop("a", 0), drop("a", 1), put("new", 1), drop("new", 2)]) {
        const refused = commit([
          append("orders", "m"),
          put("b", 0),
          { kind: "setPosition", name: "p", value: 1 },
          { kind: "keepKey", scope: "s", key: "k", until: 1_000 },
          effect,
        ]);
        await assert.rejects(refused, conflict);
      }
      assert.equal((await store.state("s", "a"))?.version, 2);
      assert.equal(await store.state("s", "b"), undefined);
      assert.equal(await store.state("s", "new"), undefined);
      assert.equal(await store.position("p"), undefined);
      assert.equal(await waiting("orders"), 0);
      assert.equal((await store.claim({ scope: "s", key: "k", owner: "o", leaseMs: 10 })).state, "granted");
    },
  },
  {
    name: "writes no row of a commit that expected another position",
    async run({ commit, store }) {
      await assert.rejects(commit([put("a", 0), { kind: "setPosition", name: "p", value: 1, expected: 0 }]), conflict);
      assert.equal(await store.state("s", "a"), undefined);
    },
  },
  {
    name: "lets one of several win that expect the same version, and fails none of the other commits",
    async run({ commit, store }) {
      const commits = Array.from({ length: 10 }, (_, index) => [
        commit([put("a", 0, { value: index })]),
        commit([put(`other${index}`, 0)]),
      ]).flat();
      const outcomes = await Promise.allSettled(commits);
      assert.equal(outcomes.filter(({ status }) => status === "rejected").length, 9);
      assert.equal((await store.state("s", "a"))?.value, 0);
      assert.equal((await store.states("s", { limit: 100 })).length, 11);
    },
  },
  {
    name: "lets commits that were asked for without waiting build on each other",
    async run({ commit, store }) {
      await Promise.all(Array.from({ length: 300 }, (_, version) => commit([put("a", version, { value: version })])));
      assert.equal((await store.state("s", "a"))?.version, 300);
      assert.equal((await store.state("s", "a"))?.value, 299);
    },
  },
  {
    name: "lets one commit write the same row several times, each on top of the one before",
    async run({ commit, store }) {
      await commit([put("a", 0), put("a", 1), drop("a", 2), put("a", 0, { value: "again" }), put("b", 0), drop("b", 1)]);
      const row = await store.state("s", "a");
      assert.equal(row?.version, 1);
      assert.equal(row?.value, "again");
      assert.equal(await store.state("s", "b"), undefined);
      await commit([drop("a", 1), put("a", 0), put("a", 1, { value: "last" })]);
      assert.equal((await store.state("s", "a"))?.value, "last");
      await assert.rejects(commit([put("a", 2), put("a", 2)]), conflict);
      await assert.rejects(commit([drop("a", 2), put("a", 2)]), conflict);
      assert.equal((await store.state("s", "a"))?.version, 2);
    },
  },
  {
    name: "gives a row the version that was asked for, so that nothing fits a row that was to be dropped but was not",
    async run({ commit, store }) {
      await commit([{ ...put("a", 0), version: 5 }]);
      assert.equal((await store.state("s", "a"))?.version, 5);
      await assert.rejects(commit([put("a", 1)]), conflict);
      await commit([put("a", 5)]);
      assert.equal((await store.state("s", "a"))?.version, 6);
      const outcomes = await Promise.allSettled([
        commit([drop("a", 6), drop("b", 1)]),
        commit([{ ...put("a", 0, { value: "new" }), version: 7 }]),
        commit([put("a", 7, { value: "newer" })]),
      ]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ["rejected", "rejected", "rejected"],
      );
      await commit([drop("a", 6), { ...put("a", 0), version: 7 }, put("a", 7, { value: "newer" })]);
      const row = await store.state("s", "a");
      assert.deepEqual([row?.version, row?.value], [8, "newer"]);
    },
  },
  {
    name: "drops a row that is none without a conflict if none was expected",
    async run({ commit, store }) {
      await commit([drop("a", 0)]);
      assert.deepEqual(await store.states("s", { limit: 10 }), []);
    },
  },
  {
    name: "tells of a conflict however little durability was asked for, and shows what was written at once",
    async run({ commit, store }) {
      await commit([put("a", 0)], "none");
      assert.equal((await store.state("s", "a"))?.version, 1);
      await assert.rejects(commit([put("a", 0)], "none"), conflict);
      await assert.rejects(commit([drop("a", 4)], "none"), conflict);
    },
  },
  {
    name: "lists the rows of a scope in the order in which they came to be, page by page",
    async run({ commit, store }) {
      await commit(["c", "a", "b"].map((key) => put(key, 0)));
      await commit([put("d", 0), put("other", 0, { scope: "t" }), put("e", 0)]);
      await commit([put("c", 1), put("a", 1, { due: 5 })]);
      assert.deepEqual(await keys(store, { limit: 10 }), ["c", "a", "b", "d", "e"]);
      const page = await store.states("s", { limit: 2 });
      assert.deepEqual(
        page.map(({ key, version }) => [key, version]),
        [
          ["c", 2],
          ["a", 2],
        ],
      );
      assert.deepEqual(await keys(store, { after: page[1]?.order ?? 0, limit: 2 }), ["b", "d"]);
      await commit([drop("b", 1)]);
      assert.deepEqual(await keys(store, { after: page[1]?.order ?? 0, limit: 2 }), ["d", "e"]);
      await commit([drop("a", 2)]);
      await commit([put("a", 0)]);
      assert.deepEqual(await keys(store, { limit: 10 }), ["c", "d", "e", "a"]);
      assert.deepEqual(await keys(store, { limit: 0 }), []);
    },
  },
  {
    name: "never gives a new row the order of one that is gone",
    async run({ commit, store, clock }) {
      let last = 0;
      for (let round = 0; round < 4; round += 1) {
        await commit([put("a", 0, { until: clock.now() + 10 })]);
        const order = (await store.state("s", "a"))?.order ?? 0;
        assert.ok(order > last, `${order} comes after ${last}`);
        last = order;
        if (round % 2 === 0) await commit([drop("a", 1)]);
        else {
          await clock.advanceTo(clock.now() + 10);
          await store.prune({ olderThanMs: 0, maxEntries: 0, batch: 10 });
        }
      }
    },
  },
  {
    name: "lists the rows that are due, the earliest first, and tells when the first is",
    async run({ commit, store }) {
      assert.equal(await store.nextStateDue("s"), undefined);
      await commit([
        put("late", 0, { due: 300 }),
        put("never", 0),
        put("early", 0, { due: 100 }),
        put("also early", 0, { due: 100 }),
        put("negative", 0, { due: -1 }),
        put("other", 0, { scope: "t", due: 0 }),
      ]);
      assert.equal(await store.nextStateDue("s"), -1);
      assert.deepEqual(await keys(store, { dueBy: -2, limit: 10 }), []);
      assert.deepEqual(await keys(store, { dueBy: 99, limit: 10 }), ["negative"]);
      assert.deepEqual(await keys(store, { dueBy: 100, limit: 10 }), ["negative", "early", "also early"]);
      assert.deepEqual(await keys(store, { dueBy: 300, limit: 2 }), ["negative", "early"]);
      await commit([put("early", 1, { due: 400 }), drop("negative", 1), put("also early", 1)]);
      assert.equal(await store.nextStateDue("s"), 300);
      await commit([put("never", 1, { due: 0 })]);
      assert.equal(await store.nextStateDue("s"), 0);
      assert.deepEqual(await keys(store, { dueBy: 1_000, limit: 10 }), ["never", "late", "early"]);
      await commit([put("late", 1, { due: 300, value: "same time" })]);
      assert.deepEqual(await keys(store, { dueBy: 1_000, limit: 10 }), ["never", "late", "early"]);
    },
  },
  {
    name: "counts a row as none when its time is over",
    async run({ commit, store, clock }) {
      await commit([put("a", 0, { until: 100, due: 10 }), put("b", 0, { due: 20 }), put("longer", 0, { until: 100 })]);
      await commit([put("longer", 1)]);
      await clock.advanceTo(99);
      assert.equal((await store.state("s", "a"))?.version, 1);
      await clock.advanceTo(100);
      assert.equal(await store.state("s", "a"), undefined);
      assert.deepEqual(await keys(store, { limit: 10 }), ["b", "longer"]);
      assert.deepEqual(await keys(store, { dueBy: 50, limit: 10 }), ["b"]);
      assert.equal(await store.nextStateDue("s"), 20);
      await assert.rejects(commit([put("a", 1)]), conflict);
      await assert.rejects(commit([drop("a", 1)]), conflict);
      await commit([put("a", 0, { value: "new" })]);
      assert.equal((await store.state("s", "a"))?.version, 1);
      assert.equal((await store.state("s", "a"))?.value, "new");
      assert.deepEqual(await keys(store, { limit: 10 }), ["b", "longer", "a"]);
      await commit([put("gone", 0, { until: 100 }), put("gone", 0, { until: 200 })]);
      assert.equal((await store.state("s", "gone"))?.version, 1);
    },
  },
  {
    name: "removes rows whose time is over, and no others, in batches",
    async run({ commit, store, clock }) {
      await commit([
        ...[3, 1, 2].map((key) => put(String(key), 0, { until: key * 100, due: 5, value: key === 1 ? LARGE : key })),
        put("forever", 0),
      ]);
      await clock.advanceTo(200);
      const policy = { olderThanMs: 1_000_000, maxEntries: 1_000_000, batch: 1 };
      assert.equal(await store.prune(policy), 1);
      assert.equal(await store.prune(policy), 1);
      assert.equal(await store.prune(policy), 0);
      assert.deepEqual(await keys(store, { limit: 10 }), ["3", "forever"]);
      await commit([put("1", 0, { until: 300 })]);
      assert.equal(await store.prune(policy), 0);
      assert.deepEqual(await keys(store, { limit: 10 }), ["3", "forever", "1"]);
    },
  },
  {
    name: "finds its way among many rows",
    async run({ commit, store, clock }) {
      const COUNT = 3_000;
      const numbers = Array.from({ length: COUNT }, (_, index) => index);
      const due = (number: number) => (number * 7_919) % COUNT;
      await commit(numbers.map((number) => put(String(number), 0, { value: number, due: due(number), until: 1_000 + (number % 2) })));
      const byDue = numbers.toSorted((a, b) => due(a) - due(b)).map(String);
      assert.deepEqual(await keys(store, { dueBy: COUNT, limit: COUNT }), byDue);
      await commit(numbers.filter((number) => number % 3 === 0).map((number) => drop(String(number), 1)));
      const left = numbers.filter((number) => number % 3 !== 0).map(String);
      const found: string[] = [];
      for (let after = 0; ;) {
        const page = await store.states("s", { after, limit: 500 });
        found.push(...page.map(({ key }) => key));
        if (page.length === 0) break;
        after = page.at(-1)?.order ?? 0;
      }
      assert.deepEqual(found, left);
      assert.deepEqual(
        await keys(store, { dueBy: 1_500, limit: COUNT }),
        byDue.filter((key) => Number(key) % 3 !== 0 && due(Number(key)) <= 1_500),
      );
      await clock.advanceTo(1_000);
      while ((await store.prune({ olderThanMs: 1_000_000, maxEntries: 1_000_000, batch: 400 })) > 0);
      assert.deepEqual(
        await keys(store, { limit: COUNT }),
        left.filter((key) => Number(key) % 2 === 1),
      );
      assert.equal((await store.state("s", "1499"))?.value, 1_499);
    },
  },
  {
    name: "has all rows after a restart",
    needsReopen: true,
    async run({ commit, store, reopen }) {
      await commit([put("a", 0, { value: LARGE, due: 10 }), put("b", 0, { until: 1_000 }), put("c", 0)]);
      await commit([put("b", 1, { value: [new Uint8Array([1, 2])], until: 1_000 }), drop("c", 1)]);
      const before = await store.states("s", { limit: 10 });
      const later = await reopen({ orders: { routes: ["deliver"] } });
      assert.deepEqual(await later.store.states("s", { limit: 10 }), before);
      assert.equal(await later.store.nextStateDue("s"), 10);
      await assert.rejects(later.commit([put("a", 0)]), conflict);
      await later.commit([put("a", 1), put("c", 0), put("d", 0, { scope: "t" })]);
      const orders = (await later.store.states("s", { limit: 10 })).map(({ key, order }) => [key, order] as const);
      assert.deepEqual(
        orders.map(([key]) => key),
        ["a", "b", "c"],
      );
      assert.equal(new Set(orders.map(([, order]) => order)).size, 3);
    },
  },
  {
    name: "does not give the order of the last row again after a restart, be that row dropped or removed",
    needsReopen: true,
    async run({ commit, store, clock, reopen }) {
      const plan = { orders: { routes: ["deliver"] } };
      await commit([put("a", 0), put("dropped", 0)]);
      const dropped = (await store.state("s", "dropped"))?.order ?? Infinity;
      await commit([drop("dropped", 1)]);
      const later = await reopen(plan);
      await later.commit([put("removed", 0, { until: 10 })]);
      const removed = (await later.store.state("s", "removed"))?.order ?? -Infinity;
      assert.ok(removed > dropped, `${removed} comes after ${dropped}`);
      await clock.advanceTo(10);
      assert.equal(await later.store.prune({ olderThanMs: 1_000, maxEntries: 1_000, batch: 10 }), 1);
      const last = await later.reopen(plan);
      await last.commit([put("b", 0)]);
      const order = (await last.store.state("s", "b"))?.order ?? -Infinity;
      assert.ok(order > removed, `${order} comes after ${removed}`);
    },
  },
];

function put(key: string, expected: number, more: Partial<PutStateEffect> = {}): PutStateEffect {
  return { kind: "putState", scope: "s", key, value: { key }, expected, ...more };
}

function drop(key: string, expected: number): DropStateEffect {
  return { kind: "dropState", scope: "s", key, expected };
}

async function keys(store: Store, query: StateQuery): Promise<readonly string[]> {
  return (await store.states("s", query)).map(({ key }) => key);
}

/** The same value with lists of numbers for bytes, whatever their class and buffer. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
    : value;
}
