import type { ChannelSpec, Clock, Delivery, Effect, Random, Store, Subscription } from "@portolan/core";
import { createSeededRandom } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../memory/memory-store.ts";
import { createStoreFolder } from "./store-folder.test.support.ts";
import { createSqliteStore } from "./sqlite-store.ts";

const ROUNDS = 120;
const MODES: readonly ChannelSpec[] = [
  { name: "plain", ordered: false, prioritized: false },
  { name: "ordered", ordered: true, prioritized: false },
  { name: "prioritized", ordered: false, prioritized: true },
];

interface Contestant {
  readonly store: Store;
  readonly subscription: Subscription;
  readonly inFlight: Map<string, Delivery>;
}

/** The memory store, which has everything at hand, says what the SQLite store, which looks only at pieces, has to take. */
describe("the SQLite store takes the same messages in the same order as the memory store", () => {
  const folder = createStoreFolder();
  let now = 0;
  const clock: Clock = { now: () => now, after: () => ({ cancel() {} }) };

  async function open(store: Store, spec: ChannelSpec): Promise<Contestant> {
    const [subscription] = await store.open({ channels: [spec], subscriptions: [{ channel: spec.name, route: "r" }] });
    if (subscription === undefined) throw new Error("no subscription");
    return { store, subscription, inFlight: new Map() };
  }

  /** One thing that happens, the same to each contestant. */
  function drawAction(random: Random, spec: ChannelSpec, state: { next: number }): (to: Contestant) => Promise<unknown> {
    const draw = (below: number) => Math.floor(random.next() * below);
    const choice = random.next();
    const chosen = Array.from({ length: 4 }, () => random.next());
    const pick = ({ inFlight }: Contestant) => {
      const ids = [...inFlight.keys()].sort();
      return [...new Set(chosen.flatMap((share) => ids[Math.floor(share * ids.length)] ?? []))];
    };
    if (choice < 0.3) {
      const effects: Effect[] = Array.from({ length: 1 + draw(6) }, () => {
        state.next += 1;
        const key = random.next() < 0.8 ? { key: `"${draw(5)}"` } : {};
        const due = random.next() < 0.3 ? { due: now + draw(40) } : {};
        return {
          kind: "append",
          channel: spec.name,
          message: { id: `m${String(state.next).padStart(4, "0")}`, body: null, headers: {} },
          priority: draw(3),
          ...key,
          ...due,
        };
      });
      return async ({ store }) => store.commit(effects, "none");
    }
    if (choice < 0.55) {
      const limit = 1 + draw(8);
      return async ({ subscription, inFlight }) => {
        const deliveries = await subscription.take(limit);
        for (const delivery of deliveries) inFlight.set(delivery.message.id, delivery);
        return deliveries.map(({ message, failures }) => [message.id, failures]);
      };
    }
    if (choice < 0.85) {
      const postpones = chosen.map((share) => share < 0.4);
      const due = now + draw(30);
      return async (to) => {
        const effects = pick(to).map((id, index): Effect => {
          const ref = to.inFlight.get(id)?.ref ?? { subscription: 0, sequence: 0 };
          to.inFlight.delete(id);
          return postpones[index] ? { kind: "postpone", ref, due, failures: 1 } : { kind: "settle", ref };
        });
        return to.store.commit(effects, "none");
      };
    }
    if (choice < 0.93) {
      return async (to) => {
        const refs = pick(to).flatMap((id) => to.inFlight.get(id)?.ref ?? []);
        for (const id of pick(to)) to.inFlight.delete(id);
        to.subscription.release(refs);
      };
    }
    const share = random.next();
    return async ({ store, inFlight }) => {
      const waiting = await store.peek(spec.name, { limit: 1000 });
      const victim = waiting[Math.floor(share * waiting.length)];
      if (victim === undefined || inFlight.has(victim.message.id)) return 0;
      return store.remove(spec.name, [victim.sequence]);
    };
  }

  for (const spec of MODES) {
    it(`in a channel that is ${spec.name}`, async () => {
      for (let seed = 0; seed < 12; seed += 1) {
        now = 0;
        const random = createSeededRandom(seed);
        const memory = await open(createMemoryStore({ clock }), spec);
        const sqlite = await open(createSqliteStore({ directory: folder.next(), clock }), spec);
        const state = { next: 0 };
        for (let round = 0; round < ROUNDS; round += 1) {
          if (random.next() < 0.2) now += Math.floor(random.next() * 15);
          const act = drawAction(random, spec, state);
          const expected = await act(memory);
          expect(await act(sqlite), `seed ${seed}, round ${round}`).toEqual(expected);
          const [ofMemory, ofSqlite] = [await memory.store.channels(), await sqlite.store.channels()];
          expect(ofSqlite, `seed ${seed}, round ${round}`).toEqual(ofMemory);
        }
        await sqlite.store.close();
      }
    });
  }
});
