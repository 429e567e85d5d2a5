import assert from "node:assert/strict";
import { type Case, append, ids } from "./bench.ts";

const READ = { orders: { routes: ["deliver"] } };
const UNREAD = { orders: { routes: [] } };

const cases: readonly Omit<Case, "needsReopen">[] = [
  {
    name: "delivers again what was in flight, in order, and nothing that was settled",
    async run({ commit, take, settle, reopen }) {
      await commit(["a", "b", "c", "d"].map((id) => append("orders", id)));
      const [, b] = await take("deliver", 3);
      assert.ok(b);
      await settle(b);
      const later = await reopen(READ);
      assert.deepEqual(ids(await later.take("deliver")), ["a", "c", "d"]);
    },
  },
  {
    name: "still knows when a postponed message is due, its failures and attempts",
    async run({ commit, send, take, clock, reopen }) {
      await send("orders", "a", { expiresAt: 99 });
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      const parked = { attempts: { call: 1 }, firstAttemptAt: 0 };
      await commit([{ kind: "postpone", ref: delivery.ref, due: 50, failures: 2, parked }]);
      const later = await reopen(READ);
      assert.deepEqual(ids(await later.take("deliver")), []);
      assert.equal(await later.subscription("deliver").nextDue(), 50);
      await clock.advanceTo(50);
      const [again] = await later.take("deliver");
      assert.equal(again?.failures, 2);
      assert.deepEqual(again?.parked, parked);
      assert.equal(again?.expiresAt, 99);
    },
  },
  {
    name: "keeps the order of keys behind a postponed message",
    channels: { orders: { routes: ["deliver"], ordered: true } },
    async run({ commit, take, reopen, clock }) {
      await commit(["a1", "a2"].map((id) => append("orders", id, { key: "a" })));
      const [a1] = await take("deliver");
      assert.ok(a1);
      await commit([{ kind: "postpone", ref: a1.ref, due: 50, failures: 1 }]);
      const later = await reopen({ orders: { routes: ["deliver"], ordered: true } });
      assert.deepEqual(ids(await later.take("deliver")), []);
      await clock.advanceTo(50);
      const again = await later.take("deliver");
      assert.deepEqual(ids(again), ["a1"]);
      await later.settle(...again);
      assert.deepEqual(ids(await later.takeAll("deliver", 1)), ["a2"]);
    },
  },
  {
    name: "orders messages that were sent before their channel was ordered",
    async run({ commit, take, reopen }) {
      await commit(["a1", "a2"].map((id) => append("orders", id, { key: "a", priority: id === "a2" ? 9 : 0 })));
      assert.deepEqual(ids(await take("deliver")), ["a1", "a2"]);
      const ordered = await reopen({ orders: { routes: ["deliver"], ordered: true } });
      assert.deepEqual(ids(await ordered.take("deliver")), ["a1"]);
      const ranked = await ordered.reopen({ orders: { routes: ["deliver"], prioritized: true } });
      assert.deepEqual(ids(await ranked.take("deliver")), ["a2", "a1"]);
    },
  },
  {
    name: "forgets leases, and remembers kept keys, positions and the journal",
    async run({ commit, store, reopen }) {
      await store.claim({ scope: "s", key: "leased", owner: "a", leaseMs: 1_000_000 });
      await commit([
        { kind: "keepKey", scope: "s", key: "kept", until: 1_000, result: { ok: true } },
        { kind: "setPosition", name: "p", value: [1] },
        { kind: "journal", entry: { messageId: "a", route: "r", via: "rest", startedAt: 0, durationMs: 1, outcome: "failed", steps: [] } },
      ]);
      const later = await reopen(READ);
      assert.deepEqual(await later.store.claim({ scope: "s", key: "leased", owner: "b", leaseMs: 1 }), { state: "granted" });
      assert.deepEqual(await later.store.claim({ scope: "s", key: "kept", owner: "b", leaseMs: 1 }), {
        state: "kept",
        result: { ok: true },
      });
      assert.deepEqual(await later.store.position("p"), [1]);
      assert.equal((await later.store.failures(10))[0]?.messageId, "a");
    },
  },
  {
    name: "gives what a channel kept to its first subscription; further ones start from now",
    channels: UNREAD,
    async run({ commit, reopen }) {
      await commit(["a", "b"].map((id) => append("orders", id)));
      const later = await reopen({ orders: { routes: ["deliver", "count"] } });
      await later.send("orders", "c");
      assert.deepEqual(ids(await later.take("deliver")), ["a", "b", "c"]);
      assert.deepEqual(ids(await later.take("count")), ["c"]);
    },
  },
  {
    name: "rings for what already waits",
    channels: UNREAD,
    async run({ send, reopen }) {
      await send("orders", "a");
      const later = await reopen(READ);
      assert.deepEqual(ids(await later.takeAll("deliver", 1)), ["a"]);
    },
  },
  {
    name: "lets a subscription that is added later start from then",
    async run({ send, reopen }) {
      await send("orders", "a");
      const later = await reopen({ orders: { routes: ["count", "deliver"] } });
      await later.send("orders", "b");
      assert.deepEqual(ids(await later.take("count")), ["b"]);
      assert.deepEqual(ids(await later.take("deliver")), ["a", "b"]);
    },
  },
  {
    name: "keeps what waits for a subscription that is not named, until it comes back",
    channels: { orders: { routes: ["deliver", "count"] } },
    async run({ send, reopen, settle, take }) {
      await send("orders", "a");
      await settle(...(await take("count")));
      const without = await reopen({ orders: { routes: ["count"] } });
      await without.send("orders", "b");
      const [status] = await without.store.channels();
      assert.deepEqual(status?.subscriptions, [
        { route: "deliver", waiting: 1, active: false },
        { route: "count", waiting: 1, active: true },
      ]);
      const again = await without.reopen({ orders: { routes: ["deliver", "count"] } });
      await again.send("orders", "c");
      assert.deepEqual(ids(await again.take("deliver")), ["a", "c"]);
      assert.deepEqual(ids(await again.take("count")), ["b", "c"]);
    },
  },
  {
    name: "keeps what is sent while the only subscription is not named, and gives it to whoever reads next",
    async run({ send, reopen }) {
      await send("orders", "a");
      const without = await reopen(UNREAD);
      await without.send("orders", "b");
      assert.equal(await without.waiting("orders"), 2);
      const again = await without.reopen(READ);
      await again.send("orders", "c");
      assert.deepEqual(ids(await again.take("deliver")), ["a", "b", "c"]);
    },
  },
  {
    name: "has the commits that were asked for before it was closed",
    async run({ store, reopen }) {
      const commits = Array.from({ length: 20 }, (_, index) => store.commit([append("orders", `m${index}`)], "none"));
      await store.close();
      await Promise.all(commits);
      const later = await reopen(READ);
      assert.equal((await later.takeAll("deliver", 20)).length, 20);
    },
  },
];

export const REOPEN_CASES: readonly Case[] = cases.map((test) => ({ ...test, needsReopen: true }));
