import assert from "node:assert/strict";
import type { Delivery, Effect, Random } from "@portolan/core";
import { createSeededRandom } from "../../random.ts";
import { type Bench, type Case, append } from "./bench.ts";

const SEEDS = 12;
const MESSAGES = 60;
const KEYS = ["a", "b", "c"];

/** Chance decides who sends, takes, settles, postpones and releases; what must hold at every instant is checked along the way. */
export const SCHEDULE_CASES: readonly Case[] = Array.from({ length: SEEDS }, (_, seed) => ({
  name: `loses, doubles and reorders nothing (seed ${seed})`,
  channels: { orders: { routes: ["deliver"], ordered: true }, bills: { routes: ["post"] } },
  run: (bench: Bench) => runSchedule(bench, createSeededRandom(seed)),
}));

async function runSchedule(bench: Bench, random: Random): Promise<void> {
  const inFlight = new Map<string, Delivery>();
  const failures = new Map<string, number>();
  const processed: string[] = [];
  let sent = 0;

  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random.next() * values.length)];

  async function take(): Promise<void> {
    for (const delivery of await bench.subscription("deliver").take(1 + Math.floor(random.next() * 5))) {
      const { id } = delivery.message;
      assert.ok(!inFlight.has(id), `${id} is in flight already`);
      assert.ok(!processed.includes(id), `${id} has been processed`);
      const other = [...inFlight.keys()].find((known) => known[0] === id[0]);
      assert.equal(other, undefined, `${id} is in flight together with ${other}`);
      assert.equal(delivery.failures, failures.get(id) ?? 0);
      inFlight.set(id, delivery);
    }
  }

  function finish(delivery: Delivery): readonly Effect[] {
    const { id } = delivery.message;
    inFlight.delete(id);
    if (random.next() < 0.3) {
      failures.set(id, (failures.get(id) ?? 0) + 1);
      return [
        { kind: "postpone", ref: delivery.ref, due: bench.clock.now() + Math.floor(random.next() * 20), failures: failures.get(id) ?? 0 },
      ];
    }
    processed.push(id);
    return [{ kind: "settle", ref: delivery.ref }, append("bills", id)];
  }

  while (processed.length < MESSAGES) {
    const draw = random.next();
    const delivery = pick([...inFlight.values()]);
    if (draw < 0.3 && sent < MESSAGES) {
      const key = pick(KEYS) ?? "a";
      await bench.send("orders", `${key}${String(sent).padStart(3, "0")}`, {
        key,
        ...(random.next() < 0.2 ? { due: bench.clock.now() + 10 } : {}),
      });
      sent += 1;
    } else if (draw < 0.5) await take();
    else if (draw < 0.55 && delivery !== undefined) {
      inFlight.delete(delivery.message.id);
      bench.subscription("deliver").release([delivery.ref]);
    } else if (draw < 0.9 && delivery !== undefined) {
      const others = [...inFlight.values()].filter((other) => other !== delivery && random.next() < 0.3);
      // Several commits at once, as many routes make them.
      await Promise.all([delivery, ...others].map((done) => bench.commit(finish(done))));
    } else await bench.clock.advanceTo(bench.clock.now() + 5);
  }

  for (const key of KEYS) {
    const ofKey = processed.filter((id) => id.startsWith(key));
    assert.deepEqual(ofKey, ofKey.toSorted(), `key ${key} keeps its order`);
  }
  assert.equal(await bench.waiting("orders"), 0);
  const bills = await bench.takeAll("post", MESSAGES);
  assert.deepEqual(bills.map(({ message }) => message.id).toSorted(), processed.toSorted());
}
