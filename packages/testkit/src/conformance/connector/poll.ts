import assert from "node:assert/strict";
import type { PolledMessage } from "@portolan/core";
import type { PollBench } from "./poll-bench.ts";

/** A source that can be polled, to be tested, and the system that it asks. */
export interface PollUnderTest {
  readonly bench: PollBench;
  /** The system has that many more messages, each with another body. */
  offer(count: number): Promise<void>;
  /** Lets happen what can: waits for input and output, moves a virtual clock. */
  settle(): Promise<void>;
  /** How many of the offered messages the system regards as taken for good. */
  acknowledged(): Promise<number>;
  dispose?(): PromiseLike<void>;
}

export type CreatePoll = () => Promise<PollUnderTest>;

export interface PollCase {
  readonly name: string;
  run(under: PollUnderTest): Promise<void>;
}

/** Longer than any test. */
const LONG_MS = 24 * 60 * 60_000;

export const POLL_CASES: readonly PollCase[] = [
  {
    name: "answers nothing at once where there is nothing",
    async run({ bench }) {
      assert.equal(await bench.source.take({ waitMs: 0 }), undefined);
    },
  },
  {
    name: "takes each message once, and acknowledges it only after its unit of work has committed",
    async run(under) {
      await under.offer(2);
      const first = await taken(under);
      const second = await taken(under);
      assert.notDeepEqual(first.incoming.body, second.incoming.body);
      assert.equal(await under.bench.source.take({ waitMs: 0 }), undefined);
      await under.settle();
      assert.equal(await under.acknowledged(), 0, "it was acknowledged while in process");
      under.bench.commit(first);
      under.bench.commit(second);
      await until(under, async () => (await under.acknowledged()) === 2);
      assert.equal(await under.bench.source.take({ waitMs: 0 }), undefined);
    },
  },
  {
    name: "gives no two units of work that ask at once the same message",
    async run(under) {
      await under.offer(3);
      const answers = await Promise.all([1, 2, 3, 4].map(() => under.bench.source.take({ waitMs: 0 })));
      const messages = answers.filter((answer) => answer !== undefined);
      assert.equal(new Set(messages.map(({ incoming }) => JSON.stringify(incoming.body))).size, messages.length);
      assert.ok(messages.length > 0);
      messages.forEach((message) => under.bench.fail(message));
    },
  },
  {
    name: "has a message back whose unit of work failed: the same, with the same id",
    async run(under) {
      await under.offer(1);
      const before = await taken(under);
      under.bench.fail(before);
      const after = await taken(under);
      assert.deepEqual(after.incoming, before.incoming);
      under.bench.commit(after);
      await until(under, async () => (await under.acknowledged()) === 1);
    },
  },
  {
    name: "refuses the position of a message that was committed already",
    async run(under) {
      await under.offer(1);
      const message = await taken(under);
      if (message.position !== undefined) {
        under.bench.commitAndDie(message);
        assert.throws(() => under.bench.commit(message), { code: "PORTOLAN_CONFLICT" });
        assert.equal(await under.bench.source.take({ waitMs: 0 }), undefined, "it was taken again");
        await until(under, async () => (await under.acknowledged()) === 1);
      } else under.bench.commit(message);
    },
  },
  {
    name: "waits for a message that comes in time, and no longer than it was told to",
    async run(under) {
      const answers: (PolledMessage | undefined)[] = [];
      const waiting = under.bench.source.take({ waitMs: LONG_MS }).then((message) => answers.push(message));
      await under.settle();
      assert.deepEqual(answers, [], "it did not wait");
      await under.offer(1);
      await until(under, () => answers.length > 0);
      await waiting;
      const [message] = answers;
      assert.ok(message);
      under.bench.commit(message);
      let isOver = false;
      const nothing = under.bench.source.take({ waitMs: 100 }).finally(() => {
        isOver = true;
      });
      await until(under, () => isOver);
      assert.equal(await nothing, undefined);
    },
  },
  {
    name: "stops waiting when it is told to, with the reason",
    async run(under) {
      const stop = new AbortController();
      const waiting = assert.rejects(under.bench.source.take({ waitMs: LONG_MS, signal: stop.signal }), { message: "enough" });
      await under.settle();
      stop.abort(new Error("enough"));
      await waiting;
      await assert.rejects(under.bench.source.take({ waitMs: 0, signal: stop.signal }), { message: "enough" });
    },
  },
  {
    name: "has acknowledged what was committed when close resolves",
    async run(under) {
      await under.offer(1);
      under.bench.commit(await taken(under));
      await under.bench.source.close();
      assert.equal(await under.acknowledged(), 1);
    },
  },
];

/** The next message, however long it takes to be seen. */
async function taken(under: PollUnderTest): Promise<PolledMessage> {
  for (;;) {
    const message = await under.bench.source.take({ waitMs: 0 });
    if (message !== undefined) return message;
    await under.settle();
  }
}

/** Lets things happen until they are as they should be; the test's own timeout ends it otherwise. */
async function until(under: PollUnderTest, isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await under.settle();
}
