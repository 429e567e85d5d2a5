import { PortolanError, type Message, type SpooledStream } from "@portolan/core";
import { describe, expect, it } from "vitest";
import { runEngine } from "./running-engine.test.support.ts";

async function* letters(): AsyncGenerator<string> {
  yield* ["a", "b", "c"];
}

/** What a node keeps in a file, here in memory: virtual time does not wait for files. */
function spool(stream: AsyncIterable<unknown>): SpooledStream {
  const source = stream[Symbol.asyncIterator]();
  const kept: unknown[] = [];
  let isClosed = false;
  async function* read(): AsyncGenerator<unknown> {
    for (let at = 0; ; at++) {
      if (isClosed) throw new Error("the spool is closed");
      if (at === kept.length) {
        const next = await source.next();
        if (next.done === true) return;
        kept.push(next.value);
      }
      yield kept[at];
    }
  }
  return {
    records: { [Symbol.asyncIterator]: read },
    async close() {
      isClosed = true;
      await source.return?.();
    },
  };
}

async function textOf(body: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of body) text += part;
  return text;
}

/** Reads the body and records what it found. */
const readTo = (name: string) => ({
  group: {
    name,
    steps: [{ map: async (m: Message<AsyncIterable<string>>) => await textOf(m.body) }, { to: { record: name } }],
  },
});

/** Reads the whole body, and fails so often. */
function failing(times: number) {
  let runs = 0;
  return {
    map: async (m: Message<AsyncIterable<string>>) => {
      const read = await textOf(m.body);
      runs += 1;
      if (runs <= times) throw new PortolanError("BROKEN", `failed on ${read}`, { kind: "transient" });
      return read;
    },
  };
}

type Flow = Readonly<Record<string, unknown>>;

/** What the recorders got when a stream that can be read only once is delivered to the route `start`. */
async function recordedOf(start: Flow, others: Flow = {}, failure?: "deadLetter") {
  await using running = await runEngine({ routes: { start, ...others } }, { services: { spool } });
  const delivered = running.engine.deliver("start", { body: letters() }, failure === undefined ? {} : { failure });
  const end = await running.clock.runUntil(
    delivered.then(
      () => "done",
      (error: PortolanError) => error.code,
    ),
  );
  await running.clock.run();
  return { end, recorded: running.recorded.map(({ name, body }) => `${name} ${String(body)}`), dead: await running.bodiesIn("dead") };
}

describe("a stream that can be read once", () => {
  it("is read by a tap and by the route", async () => {
    const watch = { steps: [{ delay: { for: 1000 } }, readTo("tap")] };
    const start = { steps: [{ wireTap: { target: { route: "watch" } } }, readTo("main")] };
    expect((await recordedOf(start, { watch })).recorded).toEqual(["main abc", "tap abc"]);
  });

  it("is read again by a retried step", async () => {
    const start = { onError: [{ retry: { attempts: 3, delay: 1 } }], steps: [failing(2), { to: { record: "main" } }] };
    expect(await recordedOf(start)).toMatchObject({ end: "done", recorded: ["main abc"] });
  });

  it("is read again where a step of the route has made it", async () => {
    const start = { onError: [{ retry: { attempts: 3, delay: 1 } }], steps: [{ map: letters }, failing(2), { to: { record: "main" } }] };
    expect(await recordedOf(start)).toMatchObject({ end: "done", recorded: ["main abc"] });
  });

  it.each([false, true])("is read again by the steps of a clause (useOriginal: %s)", async (useOriginal) => {
    const start = { onError: [{ outcome: "handle", useOriginal, steps: [readTo("handled")] }], steps: [failing(1)] };
    expect(await recordedOf(start)).toMatchObject({ end: "done", recorded: ["handled abc"] });
  });

  it("is read again by a catch, a fallback, and the next target", async () => {
    const inTry = { try: { steps: [failing(1)], catch: [{ steps: [readTo("caught")] }] } };
    const inBreaker = { circuitBreaker: { steps: [failing(1)], fallback: [readTo("fallback")] } };
    const inBalance = { loadBalance: { strategy: "failover", targets: { one: [failing(1)], two: [readTo("second")] } } };
    for (const [step, expected] of [
      [inTry, "caught abc"],
      [inBreaker, "fallback abc"],
      [inBalance, "second abc"],
    ] as const)
      expect((await recordedOf({ steps: [step] })).recorded).toEqual([expected]);
  });

  it("is a dead letter as a list, also if it has been read", async () => {
    expect(await recordedOf({ steps: [failing(1)] }, {}, "deadLetter")).toMatchObject({ end: "done", dead: [["a", "b", "c"]] });
  });
});
