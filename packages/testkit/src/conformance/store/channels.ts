import assert from "node:assert/strict";
import type { DeadLetter } from "@portolan/core";
import { createHeaders, header } from "@portolan/core";
import { type Case, append, ids } from "./bench.ts";

const LARGE = "Größe".repeat(120_000);

export const CHANNEL_CASES: readonly Case[] = [
  {
    name: "delivers messages in the order of the commits",
    async run({ send, take }) {
      for (const id of ["a", "b", "c"]) await send("orders", id);
      assert.deepEqual(ids(await take("deliver")), ["a", "b", "c"]);
    },
  },
  {
    name: "takes no more than asked for, and the rest afterwards",
    async run({ commit, take }) {
      await commit(["a", "b", "c"].map((id) => append("orders", id)));
      assert.deepEqual(ids(await take("deliver", 2)), ["a", "b"]);
      assert.deepEqual(ids(await take("deliver", 2)), ["c"]);
      assert.deepEqual(ids(await take("deliver", 2)), []);
    },
  },
  {
    name: "gives a released message again, before those that came after it",
    async run({ commit, take, subscription }) {
      await commit(["a", "b", "c", "d"].map((id) => append("orders", id)));
      const [first, second] = await take("deliver", 3);
      assert.ok(first && second);
      subscription("deliver").release([second.ref, first.ref]);
      assert.deepEqual(ids(await take("deliver")), ["a", "b", "d"]);
    },
  },
  {
    name: "does not give a released message again that has been settled",
    async run({ send, take, settle, subscription }) {
      await send("orders", "a");
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      await settle(delivery);
      subscription("deliver").release([delivery.ref]);
      assert.deepEqual(ids(await take("deliver")), []);
    },
  },
  {
    name: "forgets a settled message",
    async run({ send, take, settle, waiting }) {
      await send("orders", "a");
      assert.equal(await waiting("orders"), 1);
      await settle(...(await take("deliver")));
      assert.equal(await waiting("orders"), 0);
    },
  },
  {
    name: "carries the attributes of a message",
    async run({ commit, take, store }) {
      const attributes = { group: "a", place: 3, tags: ["x", null], nested: { isLast: true } };
      await commit([append("orders", "a", { message: { id: "a", body: 1, headers: {}, attributes } }), append("orders", "b")]);
      const [peeked] = await store.peek("orders", { limit: 1 });
      assert.deepEqual(peeked?.message.attributes, attributes);
      const [first, second] = await take("deliver");
      assert.deepEqual(first?.message.attributes, attributes);
      assert.ok(second);
      assert.equal(second.message.attributes, undefined);
    },
  },
  {
    name: "carries id, headers, key facts and failures of a message",
    async run({ commit, take, clock }) {
      await clock.advanceTo(5_000);
      const headers = createHeaders({ "X-Total": 3, paid: true, tags: ["a", "b"], note: "ja" });
      await commit([append("orders", "a", { message: { id: "a", body: 1, headers }, expiresAt: 9_000 })]);
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      assert.equal(delivery.channel, "orders");
      assert.equal(delivery.message.id, "a");
      assert.equal(delivery.failures, 0);
      assert.equal(delivery.parked, undefined);
      assert.equal(delivery.appendedAt, 5_000);
      assert.equal(delivery.expiresAt, 9_000);
      assert.equal(header(delivery.message.headers, "x-total"), 3);
      assert.deepEqual({ ...delivery.message.headers }, { "X-Total": 3, paid: true, tags: ["a", "b"], note: "ja" });
      assert.equal(delivery.message.deadLetter, undefined);
    },
  },
  ...bodies({
    "a tree of data": { id: 7, lines: [{ sku: "ä", qty: 1.5 }], none: null, nested: { deep: [[], {}] } },
    null: null,
    "a number": 0.1,
    false: false,
    "a text": "Straße \u0000 \u2028 𝄞",
    "an empty text": "",
    "a list": [1, "2", null],
    "a large text": LARGE,
    "a large tree": { text: LARGE, list: Array.from({ length: 1000 }, (_, index) => index) },
    bytes: new Uint8Array([0, 255, 128, 10]),
    "no bytes": new Uint8Array(0),
    "many bytes": Uint8Array.from({ length: 700_000 }, (_, index) => (index * 31) % 256),
  }),
  {
    name: "stores nothing as null",
    async run({ commit, take }) {
      await commit([append("orders", "a", { message: { id: "a", body: undefined, headers: {} } })]);
      assert.equal((await take("deliver"))[0]?.message.body, null);
    },
  },
  {
    name: "carries everything of a dead letter",
    channels: { dead: { routes: ["mend"] } },
    async run({ commit, take }) {
      const deadLetter: DeadLetter = {
        route: "deliver",
        step: "call",
        error: {
          code: "ERP_DOWN",
          kind: "transient",
          message: "no answer",
          cause: { code: "ECONNRESET", kind: "defect", message: "reset" },
        },
        attempts: 3,
        failedBody: new Uint8Array([1, 2, 3]),
        channel: "orders",
        at: 17,
      };
      await commit([append("dead", "a", { message: { id: "a", body: [1], headers: {}, deadLetter } })]);
      const [delivery] = await take("mend");
      assert.deepEqual(plainBytes(delivery?.message.deadLetter), plainBytes(deadLetter));
    },
  },
  {
    name: "gives every subscription every message, each at its own pace",
    channels: { orders: { routes: ["deliver", "count"] } },
    async run({ commit, take, settle, waiting }) {
      await commit(["a", "b"].map((id) => append("orders", id)));
      await settle(...(await take("deliver")));
      assert.equal(await waiting("orders"), 2);
      const counted = await take("count");
      assert.deepEqual(ids(counted), ["a", "b"]);
      await settle(...counted);
      assert.equal(await waiting("orders"), 0);
    },
  },
  {
    name: "keeps messages of a channel that nobody reads, and of one that nobody declared",
    channels: { orders: { routes: [] } },
    async run({ commit, waiting, store }) {
      await commit([append("orders", "a"), append("surprise", "b")]);
      assert.equal(await waiting("orders"), 1);
      assert.equal(await waiting("surprise"), 1);
      assert.deepEqual(
        (await store.peek("surprise", { limit: 10 })).map(({ message }) => message.id),
        ["b"],
      );
    },
  },
  {
    name: "delivers a delayed message when it is due, and tells when that is",
    async run({ send, take, clock, subscription }) {
      await send("orders", "late", { due: 1_000 });
      await send("orders", "now");
      assert.deepEqual(ids(await take("deliver")), ["now"]);
      assert.deepEqual(ids(await take("deliver")), []);
      assert.equal(await subscription("deliver").nextDue(), 1_000);
      await clock.advanceTo(999);
      assert.deepEqual(ids(await take("deliver")), []);
      await clock.advanceTo(1_000);
      assert.deepEqual(ids(await take("deliver")), ["late"]);
      assert.equal(await subscription("deliver").nextDue(), undefined);
    },
  },
  {
    name: "delivers a postponed message again when due, with its failures and attempts; others overtake it",
    async run({ commit, take, clock, subscription }) {
      await commit(["a", "b"].map((id) => append("orders", id)));
      const [delivery] = await take("deliver", 1);
      assert.ok(delivery);
      const parked = { attempts: { call: 2 }, firstAttemptAt: 3 };
      await commit([{ kind: "postpone", ref: delivery.ref, due: 500, failures: 4, parked }]);
      assert.deepEqual(ids(await take("deliver")), ["b"]);
      assert.deepEqual(ids(await take("deliver")), []);
      assert.equal(await subscription("deliver").nextDue(), 500);
      await clock.advanceTo(500);
      const [again] = await take("deliver");
      assert.equal(again?.message.id, "a");
      assert.equal(again?.failures, 4);
      assert.deepEqual(again?.parked, parked);
    },
  },
  {
    name: "delivers a message again that was postponed to no later time",
    async run({ commit, send, take }) {
      await send("orders", "a");
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      await commit([{ kind: "postpone", ref: delivery.ref, due: 0, failures: 1 }]);
      const [again] = await take("deliver");
      assert.equal(again?.failures, 1);
    },
  },
  {
    name: "delivers those that are due by their place in the channel",
    async run({ commit, take, clock }) {
      await commit([append("orders", "a", { due: 200 }), append("orders", "b", { due: 100 }), append("orders", "c")]);
      await clock.advanceTo(300);
      assert.deepEqual(ids(await take("deliver")), ["a", "b", "c"]);
    },
  },
  {
    name: "rings for a new message, a postponed one and a released one",
    async run({ commit, send, store, takeAll, subscription, clock }) {
      const rung: number[] = [];
      store.onWork((id) => rung.push(id));
      const expectRing = async (what: string) => {
        await clock.settle();
        assert.ok(rung.includes(subscription("deliver").id), `${what} rings`);
        rung.length = 0;
      };
      await send("orders", "a");
      await expectRing("a new message");
      const [delivery] = await takeAll("deliver", 1);
      assert.ok(delivery);
      subscription("deliver").release([delivery.ref]);
      await takeAll("deliver", 1);
      await expectRing("a release");
      await commit([{ kind: "postpone", ref: delivery.ref, due: 50, failures: 1 }]);
      await expectRing("a postponed message");
      await send("orders", "b", { due: 100 });
      await expectRing("a delayed message");
    },
  },
];

function bodies(values: Readonly<Record<string, unknown>>): readonly Case[] {
  return Object.entries(values).map(([what, body]) => ({
    name: `carries ${what} unchanged`,
    async run({ commit, take, settle }) {
      await commit([append("orders", "a", { message: { id: "a", body, headers: {} } })]);
      const [delivery] = await take("deliver");
      assert.ok(delivery);
      assert.deepEqual(plainBytes(delivery.message.body), plainBytes(body));
      assert.equal(delivery.message.body, delivery.message.body, "reading twice gives the same value");
      await settle(delivery);
    },
  }));
}

/** Bytes compare by content, whether a store gives them as Buffer or Uint8Array. */
function plainBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainBytes(member)]));
}
