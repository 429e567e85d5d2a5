import assert from "node:assert/strict";
import type { ClaimRequest } from "@portolan/core";
import { type Case } from "./bench.ts";

const claim = (owner: string, more: Partial<ClaimRequest> = {}): ClaimRequest => ({ scope: "s", key: '"k"', owner, leaseMs: 100, ...more });
const GRANTED = { state: "granted" };

export const KEY_CASES: readonly Case[] = [
  {
    name: "grants a key to one owner at a time",
    async run({ store, clock }) {
      await clock.advanceTo(10);
      assert.deepEqual(await store.claim(claim("a")), GRANTED);
      assert.deepEqual(await store.claim(claim("b")), { state: "held", until: 110 });
      assert.deepEqual(await store.claim(claim("a")), GRANTED);
    },
  },
  {
    name: "tells scopes and keys apart",
    async run({ store }) {
      for (const [scope, key] of [
        ["s", "k"],
        ["s", "kk"],
        ["sk", "k"],
        ["", "sk"],
        ["sk", ""],
      ] as const) {
        assert.deepEqual(await store.claim(claim(`${scope}/${key}`, { scope, key })), GRANTED);
      }
    },
  },
  {
    name: "ends a lease when its time is over",
    async run({ store, clock }) {
      await store.claim(claim("a"));
      await clock.advanceTo(99);
      assert.equal((await store.claim(claim("b"))).state, "held");
      await clock.advanceTo(100);
      assert.deepEqual(await store.claim(claim("b")), GRANTED);
      assert.equal((await store.claim(claim("a"))).state, "held");
    },
  },
  {
    name: "extends all leases of an owner, and only these",
    async run({ store, clock }) {
      await store.claim(claim("a"));
      await store.claim(claim("a", { key: "2" }));
      await store.claim(claim("b", { key: "3" }));
      await clock.advanceTo(50);
      store.renew("a", 100);
      await clock.advanceTo(120);
      assert.deepEqual(await store.claim(claim("c")), { state: "held", until: 150 });
      assert.deepEqual(await store.claim(claim("c", { key: "2" })), { state: "held", until: 150 });
      assert.deepEqual(await store.claim(claim("c", { key: "3" })), GRANTED);
    },
  },
  {
    name: "gives a claim back, but only its owner's",
    async run({ store }) {
      await store.claim(claim("a"));
      store.unclaim("s", '"k"', "b");
      assert.equal((await store.claim(claim("b"))).state, "held");
      store.unclaim("s", '"k"', "a");
      assert.deepEqual(await store.claim(claim("b")), GRANTED);
    },
  },
  {
    name: "keeps a key for good with a commit, until its time is over",
    async run({ store, commit, clock }) {
      await store.claim(claim("a"));
      await commit([{ kind: "keepKey", scope: "s", key: '"k"', until: 1_000 }]);
      assert.deepEqual(await store.claim(claim("b")), { state: "kept" });
      store.unclaim("s", '"k"', "a");
      assert.deepEqual(await store.claim(claim("a")), { state: "kept" });
      await clock.advanceTo(1_000);
      assert.deepEqual(await store.claim(claim("b")), GRANTED);
    },
  },
  {
    name: "keeps a key again whose time was over",
    async run({ store, commit, clock }) {
      await commit([{ kind: "keepKey", scope: "s", key: '"k"', until: 10, result: "old" }]);
      await clock.advanceTo(10);
      await store.claim(claim("a"));
      await commit([{ kind: "keepKey", scope: "s", key: '"k"', until: 1_000, result: "new" }]);
      assert.deepEqual(await store.claim(claim("b")), { state: "kept", result: "new" });
    },
  },
  {
    name: "replays the result that was kept",
    async run({ store, commit }) {
      const results: readonly unknown[] = [{ total: 1, lines: ["a"] }, "text", null, 0, [1]];
      for (const [index, result] of results.entries()) {
        await commit([{ kind: "keepKey", scope: "s", key: String(index), until: 1_000, result }]);
        assert.deepEqual(await store.claim(claim("a", { key: String(index) })), { state: "kept", result });
      }
    },
  },
  {
    name: "removes keys whose time is over, and no others",
    async run({ store, commit, clock }) {
      await commit([1, 2, 3].map((key) => ({ kind: "keepKey", scope: "s", key: String(key), until: key * 100 })));
      await clock.advanceTo(200);
      const policy = { olderThanMs: 1_000_000, maxEntries: 1_000_000, batch: 1 };
      assert.equal(await store.prune(policy), 1);
      assert.equal(await store.prune(policy), 1);
      assert.equal(await store.prune(policy), 0);
      assert.deepEqual(await store.claim(claim("a", { key: "3" })), { state: "kept" });
    },
  },
  {
    name: "knows no position at first, then the one set last",
    async run({ store, commit }) {
      assert.equal(await store.position("p"), undefined);
      await commit([{ kind: "setPosition", name: "p", value: 1 }]);
      await commit([{ kind: "setPosition", name: "p", value: { at: [2, "x"] } }]);
      assert.deepEqual(await store.position("p"), { at: [2, "x"] });
    },
  },
];
