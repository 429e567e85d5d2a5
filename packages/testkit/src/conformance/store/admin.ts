import assert from "node:assert/strict";
import type { Effect, JournalEntry, StoredMessage } from "@portolan/core";
import { type Case, append, ids } from "./bench.ts";

const DEAD = { dead: { routes: [] }, "route:deliver": { routes: ["deliver"] } };

export const ADMIN_CASES: readonly Case[] = [
  {
    name: "tells the state of every channel",
    channels: { orders: { routes: ["deliver", "count"] }, quiet: { routes: [] } },
    async run({ commit, take, settle, store, clock }) {
      await clock.advanceTo(10);
      await commit([append("orders", "a")]);
      await clock.advanceTo(20);
      await commit([append("orders", "b", { due: 50 }), append("orders", "c")]);
      const [a, c] = await take("deliver");
      assert.ok(a && c);
      await settle(a);
      await commit([{ kind: "postpone", ref: c.ref, due: 80, failures: 1 }]);
      assert.deepEqual(await store.channels(), [
        {
          name: "orders",
          waiting: 3,
          postponed: 2,
          oldestAt: 10,
          subscriptions: [
            { route: "deliver", waiting: 2, active: true },
            { route: "count", waiting: 3, active: true },
          ],
        },
        { name: "quiet", waiting: 0, postponed: 0, subscriptions: [] },
      ]);
      await clock.advanceTo(60);
      assert.equal((await store.channels())[0]?.postponed, 1);
    },
  },
  {
    name: "shows waiting messages page by page, oldest first, in flight or not",
    async run({ commit, take, settle, store, clock }) {
      await clock.advanceTo(7);
      await commit(["a", "b", "c", "d"].map((id) => append("orders", id, { message: { id, body: { id }, headers: { n: 1 } } })));
      const [a] = await take("deliver", 2);
      assert.ok(a);
      await settle(a);
      const page = await store.peek("orders", { limit: 2 });
      assert.deepEqual(
        page.map(({ message }) => message.id),
        ["b", "c"],
      );
      const [first, last] = page;
      assert.ok(first && last);
      assert.equal(first.appendedAt, 7);
      assert.deepEqual(first.message.body, { id: "b" });
      assert.deepEqual({ ...first.message.headers }, { n: 1 });
      const next = await store.peek("orders", { after: last.sequence, limit: 10 });
      assert.deepEqual(
        next.map(({ message }) => message.id),
        ["d"],
      );
      assert.deepEqual(await store.peek("unknown", { limit: 10 }), []);
    },
  },
  {
    name: "removes chosen messages, and tells how many waited",
    channels: { orders: { routes: ["deliver", "count"] } },
    async run({ commit, take, store }) {
      await commit(["a", "b", "c"].map((id) => append("orders", id)));
      const [, b] = await store.peek("orders", { limit: 3 });
      assert.ok(b);
      assert.equal(await store.remove("orders", [b.sequence, 4711]), 1);
      assert.equal(await store.remove("orders", [b.sequence]), 0);
      assert.deepEqual(ids(await take("deliver")), ["a", "c"]);
      assert.deepEqual(ids(await take("count")), ["a", "c"]);
    },
  },
  {
    name: "removes all messages of a channel, and of no other",
    channels: { orders: { routes: ["deliver"] }, bills: { routes: [] } },
    async run({ commit, take, store, waiting }) {
      await commit([append("orders", "a"), append("orders", "b", { due: 100 }), append("bills", "c")]);
      await take("deliver");
      assert.equal(await store.remove("orders"), 2);
      assert.equal(await store.remove("orders"), 0);
      assert.equal(await waiting("orders"), 0);
      assert.equal(await waiting("bills"), 1);
    },
  },
  {
    name: "lets the next of a key go on when the one before it is removed",
    channels: { orders: { routes: ["deliver"], ordered: true } },
    async run({ commit, take, takeAll, store }) {
      await commit(["a1", "a2", "a3"].map((id) => append("orders", id, { key: "a" })));
      await take("deliver");
      const [a1, a2] = await store.peek("orders", { limit: 2 });
      assert.ok(a1 && a2);
      await store.remove("orders", [a2.sequence]);
      await store.remove("orders", [a1.sequence]);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["a3"]);
    },
  },
  {
    name: "is not confused by the end of a delivery whose message was removed meanwhile",
    async run({ commit, take, store, settle, subscription, waiting }) {
      await commit(["a", "b", "c"].map((id) => append("orders", id)));
      const [a, b, c] = await take("deliver");
      assert.ok(a && b && c);
      await store.remove("orders");
      await settle(a);
      await commit([{ kind: "postpone", ref: b.ref, due: 0, failures: 1 }]);
      subscription("deliver").release([c.ref]);
      assert.deepEqual(ids(await take("deliver")), []);
      assert.equal(await waiting("orders"), 0);
    },
  },
  {
    name: "re-drives dead letters into the inbox of the route that failed on them",
    channels: DEAD,
    async run({ commit, store, takeAll, waiting, clock }) {
      await commit([append("dead", "a", { message: dead("a", "deliver") }), append("dead", "b", { message: dead("b", "deliver") })]);
      await clock.advanceTo(100);
      assert.equal(await store.redrive("dead"), 2);
      assert.equal(await waiting("dead"), 0);
      const deliveries = await takeAll("deliver", 2);
      assert.deepEqual(ids(deliveries), ["a", "b"]);
      const [first] = deliveries;
      assert.ok(first);
      assert.equal(first.channel, "route:deliver");
      assert.equal(first.failures, 0);
      assert.equal(first.appendedAt, 100);
      assert.deepEqual(first.message.body, { of: "a" });
      assert.deepEqual({ ...first.message.headers }, { trace: "t" });
      assert.equal(first.message.deadLetter, undefined);
    },
  },
  {
    name: "re-drives only those chosen, and leaves what is no dead letter",
    channels: DEAD,
    async run({ commit, store, waiting }) {
      await commit([
        append("dead", "a", { message: dead("a", "deliver") }),
        append("dead", "plain"),
        append("dead", "b", { message: dead("b", "other") }),
      ]);
      const [a, plain] = await store.peek("dead", { limit: 3 });
      assert.ok(a && plain);
      assert.equal(await store.redrive("dead", [plain.sequence, 4711]), 0);
      assert.equal(await store.redrive("dead", [a.sequence]), 1);
      assert.equal(await store.redrive("dead"), 1);
      assert.equal(await waiting("route:other"), 1);
      assert.equal(await waiting("dead"), 1);
    },
  },
  {
    name: "re-drives a dead letter to the inbox that it names",
    channels: DEAD,
    async run({ commit, store, waiting }) {
      const part = dead("a", "deliver");
      assert.ok(part.deadLetter);
      await commit([append("dead", "a", { message: { ...part, deadLetter: { ...part.deadLetter, inbox: "route:deliver/0" } } })]);
      assert.equal(await store.redrive("dead"), 1);
      assert.equal(await waiting("route:deliver/0"), 1);
      assert.equal(await waiting("route:deliver"), 0);
    },
  },
  {
    name: "re-drives a dead letter with its attributes",
    channels: DEAD,
    async run({ commit, store, takeAll }) {
      const attributes = { group: "g", place: 2 };
      await commit([append("dead", "a", { message: { ...dead("a", "deliver"), attributes } })]);
      assert.equal(await store.redrive("dead"), 1);
      const [delivery] = await takeAll("deliver", 1);
      assert.deepEqual(delivery?.message.attributes, attributes);
      assert.equal(delivery?.message.deadLetter, undefined);
    },
  },
  {
    name: "re-drives a large dead letter whole",
    channels: DEAD,
    async run({ commit, store, takeAll, settle }) {
      const body = "x".repeat(1_000_000);
      await commit([append("dead", "a", { message: { ...dead("a", "deliver"), body } })]);
      await store.redrive("dead");
      const [delivery] = await takeAll("deliver", 1);
      assert.equal(delivery?.message.body, body);
      await settle(delivery);
    },
  },
  {
    name: "leaves a dead letter that a route is processing",
    channels: { dead: { routes: ["mend"] } },
    async run({ commit, store, take }) {
      await commit([append("dead", "a", { message: dead("a", "deliver") })]);
      await take("mend");
      assert.equal(await store.redrive("dead"), 0);
    },
  },
  {
    name: "tells all that the journal holds of a message, oldest first",
    async run({ commit, store }) {
      const step = { step: "call", pattern: "call", at: 1, ms: 2, error: "no" };
      const first = entry("a", "failed", { steps: [step], failedStep: "call", error: { code: "X", kind: "defect", message: "no" } });
      const second = entry("a", "done", { startedAt: 5 });
      await commit([journal(first), journal(entry("b", "done"))]);
      await commit([journal(second)]);
      assert.deepEqual(await store.journal("a"), [first, second]);
      assert.deepEqual(await store.journal("unknown"), []);
    },
  },
  {
    name: "tells the newest entries of units of work that did not succeed",
    async run({ commit, store }) {
      const outcomes = ["failed", "done", "parked", "handled", "redelivered", "dropped", "deadLettered"] as const;
      await commit(outcomes.map((outcome, index) => journal(entry(`m${index}`, outcome))));
      const found = (await store.failures(3)).map(({ outcome }) => outcome);
      assert.deepEqual(found, ["deadLettered", "redelivered", "parked"]);
      assert.equal((await store.failures(10)).length, 4);
    },
  },
  {
    name: "removes old journal entries and those beyond the number, in batches, and says when nothing is left to do",
    async run({ commit, store, clock }) {
      for (let index = 0; index < 10; index += 1) await commit([journal(entry(`m${index}`, "failed", { startedAt: index * 100 }))]);
      await clock.advanceTo(1_000);
      const policy = { olderThanMs: 700, maxEntries: 5, batch: 2 };
      let removed = 0;
      for (let count = await store.prune(policy); count > 0; count = await store.prune(policy)) {
        assert.ok(count <= 2);
        removed += count;
      }
      assert.equal(removed, 5);
      const left = (await store.failures(20)).map(({ messageId }) => messageId);
      assert.deepEqual(left, ["m9", "m8", "m7", "m6", "m5"]);
      assert.deepEqual(await store.journal("m4"), []);
    },
  },
  {
    name: "never prunes a message that somebody still needs, however old",
    channels: { orders: { routes: ["deliver"] }, kept: { routes: [] } },
    async run({ commit, store, take, settle, takeAll, clock, waiting, subscription }) {
      await commit([
        append("orders", "a"),
        append("orders", "b"),
        append("orders", "c", { due: 10 }),
        append("kept", "d"),
        append("orders", "e"),
      ]);
      const [a, b] = await take("deliver", 2);
      assert.ok(a && b);
      await settle(a);
      await clock.advanceTo(1_000_000);
      const policy = { olderThanMs: 1, maxEntries: 0, batch: 1 };
      while ((await store.prune(policy)) > 0) assert.ok(true);
      assert.equal(await waiting("orders"), 3);
      assert.equal(await waiting("kept"), 1);
      subscription("deliver").release([b.ref]);
      assert.deepEqual(ids(await takeAll("deliver", 3)), ["b", "c", "e"]);
    },
  },
];

function dead(id: string, route: string): StoredMessage {
  const error = { code: "X", kind: "defect", message: "no" } as const;
  return {
    id,
    body: { of: id },
    headers: { trace: "t" },
    deadLetter: { route, step: "call", error, attempts: 1, failedBody: null, at: 0 },
  };
}

function entry(messageId: string, outcome: JournalEntry["outcome"], more: Partial<JournalEntry> = {}): JournalEntry {
  return { messageId, route: "deliver", via: "channel:orders", startedAt: 0, durationMs: 3, outcome, steps: [], ...more };
}

function journal(of: JournalEntry): Effect {
  return { kind: "journal", entry: of };
}
