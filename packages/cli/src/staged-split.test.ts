import type { Effect, Message, Store } from "@portolan/core";
import { expect, it } from "vitest";
import { runEngine } from "./running-engine.test.support.ts";

const COUNT = 4500;
const numbers = Array.from({ length: COUNT }, (_, number) => number);

function* stream(): Generator<number> {
  yield* numbers;
}

/** What a store was asked to keep: the sizes of batches, of commits, and the stages that were dropped. */
function watch() {
  const batches: number[] = [];
  const commits: (readonly Effect[])[] = [];
  const dropped: string[] = [];
  const around = (store: Store): Store => ({
    ...store,
    stage(stage, appends) {
      batches.push(appends.length);
      return store.stage(stage, appends);
    },
    unstage(stage) {
      dropped.push(stage);
      store.unstage(stage);
    },
    commit(effects, durability) {
      commits.push(effects);
      return store.commit(effects, durability);
    },
  });
  return { batches, commits, dropped, around };
}

const toOut = { to: { channel: "out" } };
const failAt = (number: number) => ({
  map: (m: Message<number>) => {
    if (m.body === number) throw new Error("no");
    return m.body;
  },
});

it.each([
  ["in turn", {}],
  ["side by side", { parallel: true, concurrency: 7 }],
])("what the parts of a stream sent %s waited in memory for the commit", async (_how, options) => {
  const seen = watch();
  const split = { split: { by: stream, ...options, steps: [{ map: (m: Message<number>) => Promise.resolve(m.body) }, toOut] } };
  await using running = await runEngine({ routes: { start: { steps: [{ to: { channel: "first" } }, split] } } }, seen);
  await running.clock.runUntil(running.engine.deliver("start", { body: 0 }));
  expect(seen.batches.reduce((sum, size) => sum + size, 0)).toBe(COUNT);
  expect(Math.max(...seen.batches)).toBeLessThanOrEqual(1010);
  expect(seen.commits.map((effects) => effects.map(({ kind }) => kind))).toEqual([["append", "appendStaged"]]);
  expect(await running.bodiesIn("out")).toEqual(numbers);
  expect(seen.dropped).toEqual([]);
});

it("drops what a failed split has staged, and what is dropped around it, and nothing else", async () => {
  const seen = watch();
  const failed = { split: { by: stream, onPartFailure: "stop", steps: [toOut, failAt(4000)] } };
  await using running = await runEngine(
    {
      routes: {
        start: {
          steps: [
            { split: { by: stream, steps: [{ to: { channel: "kept" } }] } },
            { try: { steps: [failed], catch: [{ steps: [{ to: { channel: "caught" } }] }] } },
          ],
        },
      },
    },
    seen,
  );
  await running.clock.runUntil(running.engine.deliver("start", { body: "x" }));
  expect([await running.bodiesIn("out"), await running.bodiesIn("caught")]).toEqual([[], ["x"]]);
  expect(await running.bodiesIn("kept")).toEqual(numbers);
  expect(seen.dropped).toHaveLength(1);
});

it("keeps the parts that succeed, and the dead letters of those that fail, out of memory", async () => {
  const seen = watch();
  const split = { split: { by: stream, onPartFailure: "deadLetter", steps: [toOut, { filter: { when: () => true } }, failOdd] } };
  await using running = await runEngine({ routes: { start: { steps: [split] } } }, seen);
  await running.clock.runUntil(running.engine.deliver("start", { body: 0 }));
  expect(await running.bodiesIn("out")).toEqual(numbers.filter((number) => number % 2 === 0));
  expect(await running.bodiesIn("dead")).toEqual(numbers.filter((number) => number % 2 === 1));
  expect(Math.max(...seen.batches)).toBeLessThanOrEqual(1010);
});

it("drops what was staged when the commit is refused, and stages it again with the next delivery", async () => {
  const seen = watch();
  let refusals = 1;
  const around = (store: Store): Store => ({
    ...seen.around(store),
    commit(effects, durability) {
      if (effects.some(({ kind }) => kind === "appendStaged") && refusals-- > 0) return Promise.reject(new Error("full"));
      return store.commit(effects, durability);
    },
  });
  const route = { from: [{ channel: "in" }], steps: [{ split: { by: stream, steps: [toOut] } }] };
  await using running = await runEngine({ routes: { start: route } }, { around });
  await running.engine.send("in", { body: 0 });
  await running.clock.run();
  expect(await running.bodiesIn("out")).toEqual(numbers);
  expect(seen.dropped).toHaveLength(1);
});

it("a split with a checkpoint kept the position of every part for the commit", async () => {
  const seen = watch();
  const checkpoint = { key: () => "k", value: (m: Message<number>) => m.body + 1 };
  await using running = await runEngine({ routes: { start: { steps: [{ split: { by: stream, checkpoint, steps: [toOut] } }] } } }, seen);
  await running.clock.runUntil(running.engine.deliver("start", { body: 0 }));
  const positions = seen.commits.flat().flatMap((effect) => (effect.kind === "setPosition" ? [effect.value] : []));
  expect(positions.at(-1)).toBe(COUNT);
  expect(positions.length).toBeLessThan(10);
});

const failOdd = {
  map: (m: Message<number>) => {
    if (m.body % 2 === 1) throw new Error("odd");
    return m.body;
  },
};
