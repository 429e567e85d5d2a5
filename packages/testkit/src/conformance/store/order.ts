import assert from "node:assert/strict";
import { type Case, append, ids } from "./bench.ts";

const ORDERED = { orders: { routes: ["deliver"], ordered: true } };
const PRIORITIZED = { orders: { routes: ["deliver"], prioritized: true } };

export const ORDER_CASES: readonly Case[] = [
  {
    name: "delivers messages of one key one after another, others meanwhile",
    channels: ORDERED,
    async run({ commit, takeAll, take, settle }) {
      await commit([keyed("a1", "a"), keyed("a2", "a"), keyed("b1", "b"), keyed("a3", "a"), keyed("b2", "b")]);
      const [a1, b1] = await takeAll("deliver", 2);
      assert.ok(a1 && b1);
      assert.deepEqual(ids([a1, b1]), ["a1", "b1"]);
      assert.deepEqual(ids(await take("deliver")), []);
      await settle(b1);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["b2"]);
      await settle(a1);
      const [a2] = await takeAll("deliver", 1);
      assert.ok(a2);
      assert.equal(a2.message.id, "a2");
      await settle(a2);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["a3"]);
    },
  },
  {
    name: "rings when a message that stood behind another may be taken",
    channels: ORDERED,
    async run({ commit, take, settle, store, subscription, clock }) {
      await commit([keyed("a1", "a"), keyed("a2", "a")]);
      const first = await take("deliver");
      await clock.settle();
      const rung: number[] = [];
      store.onWork((id) => rung.push(id));
      await settle(...first);
      await clock.settle();
      assert.deepEqual(rung, [subscription("deliver").id]);
    },
  },
  {
    name: "keeps later messages of a key behind a postponed one",
    channels: ORDERED,
    async run({ commit, take, takeAll, settle, clock }) {
      await commit([keyed("a1", "a"), keyed("a2", "a"), keyed("b1", "b")]);
      const [a1, b1] = await takeAll("deliver", 2);
      assert.ok(a1 && b1);
      await commit([{ kind: "postpone", ref: a1.ref, due: 100, failures: 1 }, keyed("a3", "a")]);
      assert.deepEqual(ids(await take("deliver")), []);
      await clock.advanceTo(100);
      const [again] = await takeAll("deliver", 1);
      assert.ok(again);
      assert.equal(again.message.id, "a1");
      await settle(again);
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["a2"]);
    },
  },
  {
    name: "keeps later messages of a key behind a delayed one",
    channels: ORDERED,
    async run({ commit, take, takeAll, settle, clock }) {
      await commit([keyed("a1", "a", { due: 100 }), keyed("a2", "a"), keyed("a3", "a", { due: 50 }), keyed("b1", "b")]);
      assert.deepEqual(ids(await take("deliver")), ["b1"]);
      await clock.advanceTo(60);
      assert.deepEqual(ids(await take("deliver")), []);
      await clock.advanceTo(100);
      for (const id of ["a1", "a2", "a3"]) {
        const [delivery] = await takeAll("deliver", 1);
        assert.ok(delivery);
        assert.equal(delivery.message.id, id);
        assert.deepEqual(ids(await take("deliver")), []);
        await settle(delivery);
      }
    },
  },
  {
    name: "gives a released message of a key again before the next of it",
    channels: ORDERED,
    async run({ commit, take, subscription }) {
      await commit([keyed("a1", "a"), keyed("a2", "a")]);
      const [a1] = await take("deliver");
      assert.ok(a1);
      subscription("deliver").release([a1.ref]);
      assert.deepEqual(ids(await take("deliver")), ["a1"]);
    },
  },
  {
    name: "lets messages without a key pass one another",
    channels: ORDERED,
    async run({ commit, take }) {
      await commit([keyed("a1", "a"), append("orders", "x"), keyed("a2", "a"), append("orders", "y")]);
      assert.deepEqual(ids(await take("deliver")), ["a1", "x", "y"]);
    },
  },
  {
    name: "ignores keys where the channel has no order",
    async run({ commit, take }) {
      await commit([keyed("a1", "a"), keyed("a2", "a")]);
      assert.deepEqual(ids(await take("deliver")), ["a1", "a2"]);
    },
  },
  {
    name: "tells keys apart that look alike",
    channels: ORDERED,
    async run({ commit, take }) {
      const keys = ['"1"', "1", '"1 "', '"a\\u0000"', '"A"', '"a"', '"ä"', '"a\\u0308"'];
      await commit(keys.map((key) => append("orders", key, { key })));
      assert.deepEqual(ids(await take("deliver")), keys);
    },
  },
  {
    name: "is fair: thousands that wait behind one key do not keep another key back",
    channels: ORDERED,
    async run({ commit, takeAll }) {
      for (let batch = 0; batch < 20; batch += 1)
        await commit(Array.from({ length: 300 }, (_, index) => keyed(`hot${batch}.${index}`, "hot")));
      await commit([keyed("cold", "cold")]);
      assert.deepEqual(ids(await takeAll("deliver", 2)), ["hot0.0", "cold"]);
    },
  },
  {
    name: "keeps the order of a key for each subscription by itself",
    channels: { orders: { routes: ["deliver", "count"], ordered: true } },
    async run({ commit, take, takeAll, settle }) {
      await commit([keyed("a1", "a"), keyed("a2", "a")]);
      await settle(...(await take("deliver")));
      assert.deepEqual(ids(await takeAll("deliver", 1)), ["a2"]);
      assert.deepEqual(ids(await take("count")), ["a1"]);
    },
  },
  {
    name: "delivers higher priorities first, equal ones in the order they came",
    channels: PRIORITIZED,
    async run({ commit, take }) {
      await commit([
        ranked("low1", 0),
        ranked("high1", 5),
        ranked("low2", 0),
        ranked("high2", 5),
        ranked("below", -1.5),
        append("orders", "low3"),
      ]);
      assert.deepEqual(ids(await take("deliver", 3)), ["high1", "high2", "low1"]);
      await commit([ranked("top", 9)]);
      assert.deepEqual(ids(await take("deliver")), ["top", "low2", "low3", "below"]);
    },
  },
  {
    name: "ranks due and released messages by their priority",
    channels: PRIORITIZED,
    async run({ commit, take, clock, subscription }) {
      await commit([append("orders", "later", { priority: 5, due: 100 }), ranked("low", 0), ranked("high", 7)]);
      const [high] = await take("deliver", 1);
      assert.ok(high);
      assert.equal(high.message.id, "high");
      subscription("deliver").release([high.ref]);
      await clock.advanceTo(100);
      assert.deepEqual(ids(await take("deliver")), ["high", "later", "low"]);
    },
  },
  {
    name: "ignores priorities where the channel has none",
    async run({ commit, take }) {
      await commit([ranked("low", 0), ranked("high", 5)]);
      assert.deepEqual(ids(await take("deliver")), ["low", "high"]);
    },
  },
];

function keyed(id: string, key: string, more: { readonly due?: number } = {}) {
  return append("orders", id, { key: JSON.stringify(key), ...more });
}

function ranked(id: string, priority: number) {
  return append("orders", id, { priority });
}
