import { PortolanError, type Effect, type Message, type Store } from "@portolan/core";
import { expect, it } from "vitest";
import { runEngine } from "./running-engine.test.support.ts";

const bodies = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A store that keeps commits for a look, and refuses some. */
const watched =
  (seen: (effects: readonly Effect[]) => void) =>
  (store: Store): Store => ({
    ...store,
    async commit(effects, durability) {
      seen(effects);
      await store.commit(effects, durability);
    },
  });

it("a tap of a durable message was committed apart from the message", async () => {
  const commits: string[][] = [];
  const look = watched((effects) => commits.push(effects.map((one) => (one.kind === "append" ? `append ${one.channel}` : one.kind))));
  await using running = await runEngine(
    {
      routes: {
        read: {
          from: [{ channel: "in" }],
          steps: [{ wireTap: { target: { channel: "audit" } } }, { wireTap: { target: { record: "watch" } } }, { to: { channel: "out" } }],
        },
      },
    },
    { around: look },
  );
  await running.engine.send("in", { body: 1 });
  await running.clock.run();
  expect(commits[1]).toEqual(["append out", "append audit", "append route:read/1", "settle"]);
  expect(running.recorded).toEqual([{ name: "watch", body: 1 }]);
});

it("keeps the copy of a message that fails, and the message that follows its failure", async () => {
  await using running = await runEngine({
    channels: { in: { maxAttempts: 2 } },
    routes: {
      read: {
        from: [{ channel: "in" }],
        onComplete: [{ on: "failure", steps: [{ to: { channel: "failed" } }] }],
        steps: [{ try: { steps: [{ wireTap: { target: { channel: "audit" } } }, { throw: { message: () => "no" } }] } }],
      },
    },
  });
  await running.engine.send("in", { body: "x" });
  await running.clock.run();
  expect(await running.bodiesIn("audit")).toEqual(["x", "x"]);
  expect(await running.bodiesIn("failed")).toEqual(["x", "x"]);
  expect(await running.bodiesIn("dead")).toEqual(["x"]);
});

it("sends the copy of a delivered message at once, while the message waits", async () => {
  await using running = await runEngine({
    routes: { start: { steps: [{ wireTap: { target: { record: "watch" } } }, { delay: { for: 1000 } }] } },
  });
  const delivered = running.engine.deliver("start", { body: 1 });
  await running.clock.runUntil(Promise.resolve());
  await new Promise(setImmediate);
  expect([running.clock.now(), running.recorded]).toEqual([0, [{ name: "watch", body: 1 }]]);
  await running.clock.runUntil(delivered);
});

it.each([
  ["refuses to store", "PORTOLAN_STORE_FAILED"],
  ["cannot store", "PORTOLAN_BODY_UNSTORABLE"],
] as const)("a delivered message failed because of a tap that the store %s", async (_how, code) => {
  const refuse = watched((effects) => {
    if (effects.some((one) => one.kind === "append" && one.channel === "audit")) throw new PortolanError(code, "refused");
  });
  await using running = await runEngine(
    { routes: { start: { steps: [{ wireTap: { target: { channel: "audit" } } }, { map: (m: Message<number>) => m.body + 1 }] } } },
    { around: refuse },
  );
  expect(await running.clock.runUntil(running.engine.deliver("start", { body: 1 }))).toMatchObject({ body: 2 });
  await running.clock.run();
  expect(await running.bodiesIn("dead")).toEqual([1]);
});

it("settles a message whose tap cannot be stored", async () => {
  const refuse = watched((effects) => {
    if (effects.some((one) => one.kind === "append" && typeof one.message.body === "bigint"))
      throw new PortolanError("PORTOLAN_BODY_UNSTORABLE", "a bigint");
  });
  await using running = await runEngine(
    {
      routes: {
        read: {
          from: [{ channel: "in" }],
          steps: [{ wireTap: { target: { record: "watch" }, body: () => 1n } }, { to: { channel: "out" } }],
        },
      },
    },
    { around: refuse },
  );
  await running.engine.send("in", { body: 1 });
  await running.clock.run();
  expect(running.recorded).toEqual([{ name: "watch", body: 1n }]);
  expect(await running.bodiesIn("out")).toEqual([1]);
});

it("made no message wait, however many taps did for a full memory channel", async () => {
  await using running = await runEngine({
    channels: { watch: { mode: "memory", capacity: 10 } },
    routes: {
      start: { steps: [{ wireTap: { target: { channel: "watch" } } }, { to: { record: "main" } }] },
      slow: { from: [{ channel: "watch" }], steps: [{ delay: { for: 1000 } }, { to: { record: "watched" } }] },
    },
  });
  const ends = bodies(100).map((body) => running.engine.deliver("start", { body }));
  await running.clock.runWhile(() => running.clock.now() < 500);
  const through = running.recorded.filter(({ name }) => name === "main").length;
  // One in process, ten in the channel, ten on their way to it, and what the consumer has taken ahead.
  expect(through).toBeGreaterThanOrEqual(20);
  expect(through).toBeLessThanOrEqual(40);
  await running.clock.runUntil(Promise.all(ends));
  await running.clock.run();
  expect(running.recorded.filter(({ name }) => name === "watched").map(({ body }) => body)).toEqual(bodies(100));
});

it("a node that stopped lost what its memory channels held, or waited for ever for room in them", async () => {
  const running = await runEngine({
    channels: { full: { mode: "memory", capacity: 1 } },
    routes: {
      start: { steps: [{ to: { channel: "full" } }] },
      slow: { from: [{ channel: "full" }], steps: [{ delay: { for: 1000 } }, { to: { record: "ended" } }] },
    },
  });
  const ends = Promise.all(bodies(5).map((body) => running.engine.deliver("start", { body })));
  await new Promise(setImmediate);
  await running.clock.runUntil(running.engine.stop());
  await ends;
  expect(running.recorded.map(({ body }) => body)).toEqual(bodies(5));
});

it("let any number of completions pile up behind a route that was quicker", async () => {
  await using running = await runEngine({
    routes: { start: { onComplete: [{ steps: [{ delay: { for: 1000 } }, { to: { record: "completed" } }] }], steps: [] } },
  });
  let answered = 0;
  const all = (async () => {
    for (const body of bodies(1100)) {
      await running.engine.deliver("start", { body });
      answered += 1;
    }
  })();
  await running.clock.runWhile(() => running.clock.now() < 500, 500);
  expect(answered).toBe(1000);
  await running.clock.runUntil(all);
  await running.clock.run();
  expect(running.recorded).toHaveLength(1100);
});
