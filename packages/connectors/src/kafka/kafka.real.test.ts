import { randomUUID } from "node:crypto";
import { createMessage } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  openSourceBench,
  openTarget,
  realClock,
  sourceConformance,
  targetConformance,
  type TemporaryFolder,
} from "@portolan/testkit";
import { SERVERS, startServer, type RunningServer } from "@portolan/testkit/servers";
import { Admin, Consumer } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, runThroughFaults } from "../faults.test.support.ts";
import { kafkaConnector } from "./index.ts";

const LIMIT_MS = 120_000;
const clock = realClock;
const runner = { describe, it };

let folder: TemporaryFolder;
let server: RunningServer;
let admin: Admin;
let brokers = "";

const services = () => ({ ...createFormats(), directory: folder.root });

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const kafka = SERVERS.get("kafka");
  if (kafka === undefined) throw new Error("there is no server kafka");
  server = await startServer(kafka, { folder: folder.root });
  brokers = server.addresses["KAFKA_BROKERS"] ?? "";
  admin = new Admin({ clientId: "test", bootstrapBrokers: [brokers] });
}, LIMIT_MS);

afterAll(async () => {
  await admin.close();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function createTopic(partitions = 1): Promise<string> {
  const topic = `t-${randomUUID()}`;
  await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
  return topic;
}

const openSink = (topic: string, options: object = {}) =>
  openTarget(
    kafkaConnector,
    { topic, brokers, key: (m: { body: { key?: string } }) => m.body.key, ...options },
    { clock, services: services() },
  );

const openReader = (topic: string, options: object = {}, positions?: Map<string, unknown>) =>
  openSourceBench({
    definition: kafkaConnector,
    // A group of its own: the name of the topic.
    options: { topic, brokers, group: topic, commitInterval: 100, sessionTimeout: 6_000, ...options },
    clock,
    services: services(),
    ...(positions === undefined ? {} : { positions }),
  });

async function offer(topic: string, bodies: readonly unknown[]): Promise<void> {
  const sink = await openSink(topic);
  await Promise.all(bodies.map((body, index) => sink.send(createMessage(`m${index}`, body, {}), { mode: "to", key: randomUUID() })));
  await sink.close();
}

/** What the topic holds, as another client reads it. */
async function readTopic(topic: string, count: number) {
  const consumer = new Consumer({ clientId: "check", groupId: randomUUID(), bootstrapBrokers: [brokers] });
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
  const found: { readonly key: string | undefined; readonly value: string | undefined; readonly headers: Record<string, string> }[] = [];
  for await (const { key, value, headerEntries } of stream) {
    const headers = Object.fromEntries(headerEntries.map(([name, text]) => [name.toString(), text.toString()]));
    found.push({ key: key?.toString(), value: value?.toString(), headers });
    if (found.length === count) break;
  }
  await consumer.close(true);
  return found;
}

/** What the group has committed, of partition 0. */
async function committed(topic: string, group = topic): Promise<bigint> {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: [0] }] }] });
  return found?.topics[0]?.partitions[0]?.committedOffset ?? -1n;
}

describe("reading a topic", () => {
  sourceConformance(async () => {
    const topic = await createTopic();
    const bench = await openReader(topic, { concurrency: 2 });
    let count = 0;
    return {
      bench,
      concurrency: 2,
      offer: (more) =>
        offer(
          topic,
          Array.from({ length: more }, () => ({ count: (count += 1) })),
        ),
      settle: () => pause(50),
      acknowledged: async () => Number(await committed(topic).then((offset) => (offset < 0n ? 0n : offset))),
    };
  }, runner);
});

describe("writing to a topic", () => {
  targetConformance(async () => {
    const topic = await createTopic();
    let sent = 0;
    const target = await openSink(topic);
    return {
      target: { ...target, send: (message, request) => target.send(message, request).then((reply) => ((sent += 1), reply)) },
      sample: (index) => ({ body: { index } }),
      received: async () => (sent === 0 ? [] : (await readTopic(topic, sent)).map(({ value }) => JSON.parse(value ?? "null"))),
      bad: [
        { title: "a body that is no JSON", body: 1n, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" },
        { title: "a body that is too large", body: { text: "x".repeat(2_000_000) }, kind: "rejected", code: "PORTOLAN_KAFKA_TOO_LARGE" },
      ],
    };
  }, runner);
});

it(
  "keys, headers and what is gone travel both ways",
  async () => {
    const topic = await createTopic();
    const sink = await openSink(topic, { headers: { source: { constant: "shop" } } });
    await sink.send(createMessage("m1", { key: "ada", total: 1 }, { trace: "t1", "kafka-offset": 7 }), { mode: "to", key: "k1" });
    await sink.send(createMessage("m2", null, { "kafka-key": "ada" }), { mode: "to", key: "k2" }).catch(() => undefined);
    await sink.close();
    const plain = await openTarget(kafkaConnector, { topic, brokers }, { clock, services: services() });
    await plain.send(createMessage("m3", null, { "kafka-key": "ada" }), { mode: "to", key: "k3" });
    await plain.close();
    const records = await readTopic(topic, 2);
    expect(records[0]).toEqual({
      key: "ada",
      value: '{"key":"ada","total":1}',
      headers: { trace: "t1", source: "shop", "idempotency-key": "k1" },
    });
    expect(records[1]).toMatchObject({ key: "ada", value: undefined });

    const reader = await openReader(topic);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(2);
    await reader.source.close();
    const [first, gone] = reader.deliveries.map(({ incoming }) => incoming);
    expect(first).toMatchObject({
      id: `${topic}-0-0`,
      body: { key: "ada", total: 1 },
      headers: { trace: "t1", source: "shop", "kafka-topic": topic, "kafka-partition": 0, "kafka-offset": 0, "kafka-key": "ada" },
    });
    expect(gone).toMatchObject({ body: null, headers: { "kafka-key": "ada" } });
  },
  LIMIT_MS,
);

it(
  "what the format cannot read is a dead letter with its place, and nothing waits behind it",
  async () => {
    const topic = await createTopic();
    const text = await openSink(topic, { format: "text", key: { constant: "one" } });
    for (const body of ['{"a":1}', "{broken", '{"a":2}']) await text.send(createMessage("m", body, {}), { mode: "to", key: body });
    await text.close();
    const reader = await openReader(topic);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(3);
    await reader.source.close();
    const [, broken] = reader.deliveries;
    expect(Buffer.from(broken?.incoming.body as Uint8Array).toString()).toBe("{broken");
    expect(broken?.options.unreadable).toMatchObject({
      code: "PORTOLAN_FORMAT_INVALID",
      kind: "invalid",
      message: expect.stringContaining(`${topic}, partition 0, offset 1: `),
    });
    expect(reader.deliveries.map(({ options }) => options.failure)).toEqual(["deadLetter", "deadLetter", "deadLetter"]);
  },
  LIMIT_MS,
);

it(
  "what the store has committed is not delivered again, although Kafka was never told",
  async () => {
    const topic = await createTopic(3);
    const bodies = Array.from({ length: 200 }, (_, index) => ({ index, key: `k${index % 17}` }));
    await offer(topic, bodies);
    const positions = new Map<string, unknown>();
    const first = await openReader(topic, {}, positions);
    const seen = new Set<string>();
    while (seen.size < 60) {
      const delivered = await first.next();
      seen.add(delivered.incoming.id ?? "");
      delivered.accept();
    }
    const before = new Map(positions);
    first.acceptAll();
    await first.source.close();
    const partitionOffsets = [0, 1, 2].map((partition) => ({ partition, offset: 0n, topic }));
    await admin.alterConsumerGroupOffsets({ groupId: topic, topics: [{ name: topic, partitionOffsets }] });

    const next = await openReader(topic, {}, before);
    next.acceptAll();
    await expect.poll(() => next.deliveries.length, { timeout: LIMIT_MS }).toBe(140);
    await next.source.close();
    expect(next.deliveries.filter(({ incoming }) => seen.has(incoming.id ?? ""))).toEqual([]);
  },
  LIMIT_MS,
);

it(
  "messages of one key stay in order, however many are in process, through a broker that is killed",
  async () => {
    const topic = await createTopic(4);
    const target = await openSink(topic);
    const reader = await openReader(topic);
    const { lost, reordered, phantom } = await runThroughFaults({
      total: 400,
      target,
      reader,
      limitMs: LIMIT_MS,
      async faults() {
        await server.kill();
        await pause(500);
        await server.start();
      },
    });
    await reader.source.close();
    await target.close();
    expect({ lost, reordered, phantom }).toEqual({ lost: [], reordered: [], phantom: [] });
  },
  2 * LIMIT_MS,
);

describe("errors", () => {
  it(
    "say what is wrong and whether it may pass",
    async () => {
      const missing = await openTarget(kafkaConnector, { topic: "no-such-topic", brokers }, { clock, services: services() });
      const fail = (target: typeof missing) =>
        target.send(createMessage("m", {}, {}), { mode: "to", key: "k" }).then(undefined, (error: unknown) => error);
      expect(await fail(missing)).toMatchObject({
        code: "PORTOLAN_KAFKA_TOPIC",
        kind: "rejected",
        hint: expect.stringContaining("create the topic"),
      });
      await missing.close();
      const nowhere = await openTarget(
        kafkaConnector,
        { topic: "t", brokers: "127.0.0.1:1", timeout: 500 },
        { clock, services: services() },
      );
      expect(await fail(nowhere)).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
      await nowhere.close();
    },
    LIMIT_MS,
  );

  it(
    "of a source are told in the log, with the wait until it is asked again",
    async () => {
      const reader = await openReader("no-such-topic-either");
      await expect.poll(() => reader.log.entries.length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
      await reader.source.close();
      expect(reader.log.entries[0]).toMatchObject({ level: "warn", fields: { code: "PORTOLAN_KAFKA_TOPIC", delayMs: expect.any(Number) } });
    },
    LIMIT_MS,
  );
});
