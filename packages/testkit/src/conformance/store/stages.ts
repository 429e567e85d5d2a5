import assert from "node:assert/strict";
import type { StagedAppend } from "@portolan/core";
import { type Case, append, ids } from "./bench.ts";

const conflict = { code: "PORTOLAN_CONFLICT" };
const publish = { kind: "appendStaged", stage: "s" } as const;

function staged(order: number, more: Partial<StagedAppend> = {}): StagedAppend {
  const id = `m${order}`;
  return { channel: "orders", message: { id, body: { id }, headers: {} }, order, ...more };
}

export const STAGE_CASES: readonly Case[] = [
  {
    name: "shows nothing of a stage before the commit that names it, and all of it then, in the order of its numbers",
    channels: { orders: { routes: ["deliver", "audit"] }, bills: { routes: ["post"] } },
    async run({ store, commit, send, take, takeAll, waiting }) {
      await store.stage("s", [staged(7), staged(3), staged(4, { channel: "bills" })]);
      await store.stage("s", [staged(5), staged(1)]);
      await send("orders", "before");
      assert.deepEqual(ids(await take("deliver")), ["before"]);
      await commit([append("orders", "first"), publish, append("orders", "last")]);
      assert.deepEqual(ids(await takeAll("deliver", 6)), ["first", "m1", "m3", "m5", "m7", "last"]);
      assert.deepEqual(ids(await takeAll("audit", 7)), ["before", "first", "m1", "m3", "m5", "m7", "last"]);
      assert.deepEqual(ids(await takeAll("post", 1)), ["m4"]);
      assert.equal(await waiting("orders"), 7);
    },
  },
  {
    name: "makes a stage in any number of batches, beside others",
    async run({ store, commit, takeAll }) {
      for (let batch = 0; batch < 5; batch++) {
        const numbers = Array.from({ length: 50 }, (_, index) => batch * 50 + index);
        await store.stage(
          "s",
          numbers.map((number) => staged(number)),
        );
        await store.stage("other", [staged(batch)]);
      }
      await commit([publish]);
      assert.deepEqual(
        ids(await takeAll("deliver", 250)),
        Array.from({ length: 250 }, (_, number) => `m${number}`),
      );
    },
  },
  {
    name: "refuses a commit that names what is not staged, and what was published or dropped",
    async run({ store, commit, waiting }) {
      await assert.rejects(commit([append("orders", "a"), publish]), conflict);
      await store.stage("s", [staged(1)]);
      store.unstage("s");
      await store.position("p");
      await assert.rejects(commit([append("orders", "a"), publish]), conflict);
      await store.stage("s", [staged(2)]);
      await commit([publish]);
      await assert.rejects(store.commit([publish], "none") as Promise<void>, conflict);
      store.unstage("s");
      assert.equal(await waiting("orders"), 1);
    },
  },
  {
    name: "publishes nothing with a commit that conflicts",
    async run({ store, commit, waiting }) {
      await store.stage("s", [staged(1)]);
      await assert.rejects(commit([publish, { kind: "setPosition", name: "p", value: 2, expected: 1 }]), conflict);
      assert.equal(await waiting("orders"), 0);
    },
  },
  {
    name: "counts delays and times to live from the commit, and heeds keys",
    channels: { orders: { routes: ["deliver"], ordered: true } },
    async run({ clock, store, commit, take, takeAll, settle, subscription }) {
      await store.stage("s", [staged(1, { key: '"k"', ttlMs: 50 }), staged(2, { key: '"k"' }), staged(3, { delayMs: 100 })]);
      await clock.advanceTo(1_000);
      await commit([publish]);
      const [first] = await takeAll("deliver", 1);
      assert.equal(first?.message.id, "m1");
      assert.deepEqual([first.appendedAt, first.expiresAt], [1_000, 1_050]);
      assert.deepEqual(ids(await take("deliver")), [], "one waits for its time, the other for its key");
      assert.equal(await subscription("deliver").nextDue(), 1_100);
      await settle(first);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["m2"]);
      await clock.advanceTo(1_100);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["m3"]);
    },
  },
  {
    name: "stages large bodies, bytes and dead letters",
    async run({ store, commit, takeAll }) {
      const message = (id: string, body: unknown) => ({ id, body, headers: { h: 1 } });
      const deadLetter = {
        route: "r",
        step: "1",
        error: { code: "X", kind: "defect", message: "m" },
        attempts: 1,
        failedBody: null,
        at: 0,
      } as const;
      await store.stage("s", [
        staged(1, { message: message("large", "x".repeat(400_000)) }),
        staged(2, { message: message("bytes", new Uint8Array([1, 2])) }),
        staged(3, { message: { ...message("dead", [1]), deadLetter } }),
      ]);
      await commit([publish]);
      const [large, bytes, dead] = (await takeAll("deliver", 3)).map((delivery) => delivery.message);
      assert.equal(large?.body, "x".repeat(400_000));
      assert.deepEqual(bytes?.body, new Uint8Array([1, 2]));
      assert.deepEqual(dead?.deadLetter, deadLetter);
    },
  },
  {
    name: "forgets what was staged when the process died, and keeps what was published",
    needsReopen: true,
    async run({ store, commit, reopen }) {
      await store.stage("s", [staged(1, { message: { id: "m1", body: "x".repeat(400_000), headers: {} } })]);
      await commit([publish]);
      await store.stage("s", [staged(2, { message: { id: "m2", body: "y".repeat(400_000), headers: {} } })]);
      const next = await reopen({ orders: { routes: ["deliver"] } });
      await assert.rejects(next.commit([publish]), conflict);
      await next.store.stage("s", [staged(3, { message: { id: "m3", body: "z".repeat(400_000), headers: {} } })]);
      await next.commit([publish]);
      const bodies = (await next.takeAll("deliver", 2)).map(({ message }) => String(message.body)[0]);
      assert.deepEqual(bodies, ["x", "z"]);
    },
  },
];
