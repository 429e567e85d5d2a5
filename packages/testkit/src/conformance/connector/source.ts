import assert from "node:assert/strict";
import { PortolanError } from "@portolan/core";
import type { Delivered, SourceBench } from "./source-bench.ts";

/** An open source to be tested, and the system that it listens to. */
export interface SourceUnderTest {
  readonly bench: SourceBench;
  /** The system has that many more messages for the source. */
  offer(count: number): Promise<void>;
  /** Lets happen what can: waits for input and output, moves a virtual clock. */
  settle(): Promise<void>;
  /** How many of the offered messages the system regards as taken; undefined where it has no say, as with time. */
  acknowledged(): Promise<number | undefined>;
  /**
   * How many the system, or a person who looks at it, knows to have failed. Left out where nobody can be told: then
   * failures go to the dead letter.
   */
  refused?(): Promise<number>;
  /** How many messages may be in process at once. */
  readonly concurrency: number;
  dispose?(): PromiseLike<void>;
}

export type CreateSource = () => Promise<SourceUnderTest>;

export interface SourceCase {
  readonly name: string;
  readonly acknowledges?: boolean;
  run(under: SourceUnderTest): Promise<void>;
}

export const SOURCE_CASES: readonly SourceCase[] = [
  {
    name: "acknowledges a message only after its delivery has resolved",
    acknowledges: true,
    async run(under) {
      await under.offer(1);
      const delivered = await arrival(under);
      await under.settle();
      assert.equal(await under.acknowledged(), 0, "it was acknowledged while in process");
      delivered.accept();
      await until(under, async () => (await under.acknowledged()) === 1);
    },
  },
  {
    name: "has no more messages in process than its concurrency allows",
    async run(under) {
      await under.offer(under.concurrency + 2);
      const first = await arrival(under);
      await under.settle();
      assert.ok(under.bench.deliveries.length <= under.concurrency, `${under.bench.deliveries.length} are in process`);
      first.accept();
      await until(under, () => under.bench.deliveries.length > 1);
    },
  },
  {
    name: "takes the next message after one has failed, and the failure is known where it must",
    async run(under) {
      await under.offer(1);
      const failing = await arrival(under);
      failing.fail(new PortolanError("PORTOLAN_THROWN", "no", { kind: "rejected" }));
      if (under.refused === undefined) assert.equal(under.bench.deadLetters.length, 1, "the failure asks for the dead letter");
      else await until(under, async () => (await under.refused?.()) === 1);
      await under.offer(1);
      under.bench.acceptAll();
      await until(under, () => under.bench.deliveries.length > 1);
    },
  },
  {
    name: "waits at close for the message in process",
    async run(under) {
      await under.offer(1);
      const delivered = await arrival(under);
      let isClosed = false;
      const closing = under.bench.source.close().then(() => {
        isClosed = true;
      });
      await under.settle();
      assert.equal(isClosed, false, "it closed while a message was in process");
      delivered.accept();
      await until(under, () => isClosed);
      await closing;
      assert.ok([1, undefined].includes(await under.acknowledged()), "the message in process at close is acknowledged");
    },
  },
  {
    name: "delivers nothing after close",
    async run(under) {
      under.bench.acceptAll();
      await under.bench.source.close();
      const before = under.bench.deliveries.length;
      await under.offer(1);
      await under.settle();
      assert.equal(under.bench.deliveries.length, before);
    },
  },
];

/** The first delivery. */
async function arrival(under: SourceUnderTest): Promise<Delivered> {
  await until(under, () => under.bench.deliveries.length > 0);
  const [delivered] = under.bench.deliveries;
  assert.ok(delivered);
  return delivered;
}

/** Lets things happen until they are as they should be; the test's own timeout ends it otherwise. */
async function until(under: SourceUnderTest, isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await under.settle();
}
