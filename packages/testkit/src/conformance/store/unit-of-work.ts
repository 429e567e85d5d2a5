import assert from "node:assert/strict";
import type { Delivery, Durability } from "@portolan/core";
import { type Case, append, ids } from "./bench.ts";

const CHANNELS = { orders: { routes: ["deliver"] }, bills: { routes: ["post"] } };
const conflict = { code: "PORTOLAN_CONFLICT", kind: "transient" };

export const UNIT_CASES: readonly Case[] = [
  {
    name: "makes all changes of a commit",
    channels: CHANNELS,
    async run({ commit, send, take, store, waiting }) {
      await send("orders", "a");
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      await commit([
        { kind: "settle", ref: delivery.ref },
        append("bills", "a.1"),
        append("bills", "a.2"),
        { kind: "keepKey", scope: "s", key: '"a"', until: 1_000 },
        { kind: "setPosition", name: "p", value: { offset: 1 } },
        {
          kind: "journal",
          entry: { messageId: "a", route: "deliver", via: "channel:orders", startedAt: 0, durationMs: 1, outcome: "done", steps: [] },
        },
      ]);
      assert.equal(await waiting("orders"), 0);
      assert.deepEqual(ids(await take("post")), ["a.1", "a.2"]);
      assert.equal((await store.claim({ scope: "s", key: '"a"', owner: "o", leaseMs: 10 })).state, "kept");
      assert.deepEqual(await store.position("p"), { offset: 1 });
      assert.equal((await store.journal("a")).length, 1);
    },
  },
  {
    name: "makes no change of a commit that expected another position",
    channels: CHANNELS,
    async run({ commit, send, take, store, waiting, subscription }) {
      await commit([{ kind: "setPosition", name: "p", value: 1 }]);
      await send("orders", "a");
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      const refused = commit([
        append("bills", "b"),
        { kind: "settle", ref: delivery.ref },
        { kind: "keepKey", scope: "s", key: '"a"', until: 1_000 },
        { kind: "setPosition", name: "q", value: 1 },
        { kind: "setPosition", name: "p", value: 3, expected: 2 },
      ]);
      await assert.rejects(refused, conflict);
      assert.equal(await waiting("bills"), 0);
      assert.equal(await waiting("orders"), 1);
      assert.equal(await store.position("p"), 1);
      assert.equal(await store.position("q"), undefined);
      assert.equal((await store.claim({ scope: "s", key: '"a"', owner: "o", leaseMs: 10 })).state, "granted");
      assert.deepEqual(ids(await take("deliver")), [], "the delivery is still in flight");
      subscription("deliver").release([delivery.ref]);
      assert.deepEqual(ids(await take("deliver")), ["a"]);
    },
  },
  {
    name: "lets one of several win that expect the same position, and fails none of the other commits",
    channels: CHANNELS,
    async run({ commit, waiting }) {
      const commits = Array.from({ length: 10 }, (_, index) => [
        commit([{ kind: "setPosition", name: "p", value: index, expected: undefined }, append("bills", `bill${index}`)]),
        commit([append("orders", `order${index}`)]),
      ]).flat();
      const outcomes = await Promise.allSettled(commits);
      assert.equal(outcomes.filter(({ status }) => status === "rejected").length, 9);
      assert.equal(await waiting("bills"), 1);
      assert.equal(await waiting("orders"), 10);
    },
  },
  {
    name: "compares positions by what they hold",
    async run({ commit, store }) {
      await commit([{ kind: "setPosition", name: "p", value: { file: "a", offset: 1, tags: [1] } }]);
      await commit([{ kind: "setPosition", name: "p", value: "next", expected: { offset: 1, tags: [1], file: "a" } }]);
      assert.equal(await store.position("p"), "next");
      await assert.rejects(commit([{ kind: "setPosition", name: "p", value: 2, expected: undefined }]), conflict);
      await assert.rejects(commit([{ kind: "setPosition", name: "new", value: 2, expected: 1 }]), conflict);
      await commit([{ kind: "setPosition", name: "new", value: 2, expected: null }]);
      assert.equal(await store.position("new"), 2);
    },
  },
  {
    name: "refuses to settle in turn what was taken after a message that has not ended",
    channels: CHANNELS,
    async run({ commit, send, take, waiting, subscription }) {
      for (const id of ["a", "b", "c", "d"]) await send("orders", id);
      const [a, b, c, d] = await take("deliver");
      assert.ok(a && b && c && d);
      const settle = ({ ref }: Delivery) => ({ kind: "settle", ref, inTurn: true }) as const;
      await assert.rejects(commit([settle(b), append("bills", "b")]), conflict);
      await assert.rejects(commit([settle(b)], "none"), conflict);
      assert.equal(await waiting("bills"), 0);
      const outcomes = await Promise.allSettled([commit([settle(c)]), commit([settle(a)]), commit([settle(b)])]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ["rejected", "fulfilled", "fulfilled"],
      );
      subscription("deliver").release([c.ref]);
      await assert.rejects(commit([settle(d)]), conflict, "one that was given back comes first");
      const [again] = await take("deliver");
      await commit([{ kind: "postpone", ref: again?.ref ?? c.ref, due: 1_000, failures: 1 }]);
      await commit([settle(d)]);
      assert.equal(await waiting("orders"), 1, "one that has to wait for a time lets others pass");
    },
  },
  {
    name: "tells of a conflict however little durability was asked for",
    async run({ commit }) {
      await commit([{ kind: "setPosition", name: "p", value: 1 }], "none");
      await assert.rejects(commit([{ kind: "setPosition", name: "p", value: 3, expected: 2 }], "none"), conflict);
    },
  },
  {
    name: "makes commits visible in the order of the calls, whatever their durability and size",
    async run({ store, takeAll }) {
      const durabilities: readonly Durability[] = ["power-loss", "none", "process-crash"];
      const expected = Array.from({ length: 60 }, (_, index) => `m${index}`);
      const commits = expected.map((id, index) => {
        const body = index % 7 === 0 ? "x".repeat(400_000) : id;
        return store.commit([append("orders", id, { message: { id, body, headers: {} } })], durabilities[index % 3] ?? "none");
      });
      await Promise.all(commits);
      assert.deepEqual(ids(await takeAll("deliver", 60)), expected);
    },
  },
  {
    name: "keeps the effects of one commit in their order",
    async run({ commit, take }) {
      await commit(Array.from({ length: 250 }, (_, index) => append("orders", `m${index}`)));
      assert.deepEqual(
        ids(await take("deliver", 250)),
        Array.from({ length: 250 }, (_, index) => `m${index}`),
      );
    },
  },
  {
    name: "accepts a commit of nothing",
    async run({ commit }) {
      await commit([]);
    },
  },
  {
    name: "finishes the commits that were asked for before it closes, and refuses those after",
    async run({ commit, store }) {
      const commits = Array.from({ length: 20 }, (_, index) => commit([append("orders", `m${index}`)]));
      const closed = store.close();
      await Promise.all(commits);
      await closed;
      await assert.rejects(commit([append("orders", "late")]), { code: "PORTOLAN_STORE_FAILED" });
    },
  },
];
