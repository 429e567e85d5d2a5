import { randomUUID } from "node:crypto";
import { createMessage } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  openSourceBench,
  openTarget,
  realClock as clock,
  sourceConformance,
  startFaultProxy,
  targetConformance,
  type TemporaryFolder,
} from "@portolan/testkit";
import { SERVERS, startServer, type RunningServer } from "@portolan/testkit/servers";
import { connect, type Channel, type ChannelModel } from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, runThroughFaults } from "../faults.test.support.ts";
import { rabbitmqConnector } from "./index.ts";

const LIMIT_MS = 120_000;

let folder: TemporaryFolder;
let server: RunningServer;
let url = "";
let model: ChannelModel;
let channel: Channel;

const services = () => ({ ...createFormats(), directory: folder.root });

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const rabbitmq = SERVERS.get("rabbitmq");
  if (rabbitmq === undefined) throw new Error("there is no server rabbitmq");
  server = await startServer(rabbitmq, { folder: folder.root });
  url = server.addresses["RABBITMQ_URL"] ?? "";
  await openChannel();
}, LIMIT_MS);

afterAll(async () => {
  await model.close().catch(() => undefined);
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function openChannel(): Promise<void> {
  model = await connect(url);
  model.on("error", () => undefined);
  channel = await model.createChannel();
  channel.on("error", () => undefined);
}

async function createQueue(): Promise<string> {
  const queue = `q-${randomUUID()}`;
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
  return queue;
}

const openSink = (options: object) => openTarget(rabbitmqConnector, { url, ...options }, { clock, services: services() });

const openReader = (queue: string, options: object = {}) =>
  openSourceBench({ definition: rabbitmqConnector, options: { queue, url, ...options }, clock, services: services() });

async function offer(queue: string, bodies: readonly unknown[]): Promise<void> {
  const sink = await openSink({ queue });
  for (const [index, body] of bodies.entries()) await sink.send(createMessage(`m${index}`, body, {}), { mode: "to", key: randomUUID() });
  await sink.close();
}

async function takeAll(queue: string) {
  const found = [];
  for (let got = await channel.get(queue, { noAck: true }); got !== false; got = await channel.get(queue, { noAck: true })) found.push(got);
  return found;
}

describe("reading a queue", () => {
  sourceConformance(
    async () => {
      const queue = await createQueue();
      let count = 0;
      const bench = await openReader(queue, { concurrency: 2 });
      return {
        bench,
        concurrency: 2,
        offer: (more) =>
          offer(
            queue,
            Array.from({ length: more }, () => ({ count: (count += 1) })),
          ),
        settle: () => pause(50),
        // What is with a consumer comes back when its connection ends; the rest was acknowledged.
        acknowledged: async () => undefined,
      };
    },
    { describe, it },
    { acknowledges: false },
  );

  it(
    "gives back what was not committed, and not what was",
    async () => {
      const queue = await createQueue();
      await offer(queue, [{ n: 1 }, { n: 2 }, { n: 3 }]);
      await using proxy = await startFaultProxy({ port: Number(new URL(url).port) });
      const reader = await openReader(queue, { url: url.replace(/:\d+$/, `:${proxy.port}`) });
      await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(3);
      reader.deliveries[0]?.accept();
      await pause(200);
      proxy.reset();
      await pause(200);
      reader.acceptAll();
      await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(5);
      await reader.source.close();
      expect(reader.deliveries.map(({ incoming }) => incoming.body)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 2 }, { n: 3 }]);
      expect(await takeAll(queue)).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe("sending to a queue", () => {
  targetConformance(
    async () => {
      const queue = await createQueue();
      return {
        target: await openSink({ queue }),
        sample: (index) => ({ body: { index } }),
        received: async () => (await takeAll(queue)).map(({ content }) => JSON.parse(content.toString()) as unknown),
        bad: [{ title: "a body that is no JSON", body: 1n, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" }],
      };
    },
    { describe, it },
  );
});

it(
  "headers and properties travel both ways, and what cannot be read is a dead letter",
  async () => {
    const queue = await createQueue();
    const sink = await openSink({ queue, expiration: "1h" });
    await sink.send(createMessage("m1", { a: 1 }, { trace: "t1", "correlation-id": "c1", "rabbitmq-exchange": "old" }), {
      mode: "to",
      key: "k1",
    });
    await sink.close();
    channel.sendToQueue(queue, Buffer.from("{broken"), { contentType: "application/json" });
    const reader = await openReader(queue);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(2);
    await reader.source.close();
    const [first, broken] = reader.deliveries;
    expect(first?.incoming).toMatchObject({
      id: "m1",
      body: { a: 1 },
      headers: {
        trace: "t1",
        "correlation-id": "c1",
        "content-type": "application/json",
        "idempotency-key": "k1",
        "rabbitmq-exchange": "",
      },
    });
    expect(Buffer.from(broken?.incoming.body as Uint8Array).toString()).toBe("{broken");
    expect(broken?.options.unreadable).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", kind: "invalid" });
  },
  LIMIT_MS,
);

it(
  "nothing is lost or out of order through a broker that is killed twice",
  async () => {
    const queue = await createQueue();
    const target = await openSink({ queue });
    const reader = await openReader(queue, { orderBy: "key" });
    const { lost, reordered, phantom } = await runThroughFaults({
      total: 400,
      target,
      reader,
      limitMs: LIMIT_MS,
      async faults() {
        for (let time = 0; time < 2; time++) {
          await server.kill();
          await server.start();
          await pause(500);
        }
      },
    });
    await reader.source.close();
    await target.close();
    await openChannel();
    expect({ lost, reordered, phantom }).toEqual({ lost: [], reordered: [], phantom: [] });
  },
  2 * LIMIT_MS,
);

describe("errors say what is wrong and whether it may pass", () => {
  const fail = async (options: object) => {
    const target = await openSink(options);
    const error = await target.send(createMessage("m", {}, {}), { mode: "to", key: "k" }).then(undefined, (thrown: unknown) => thrown);
    await target.close();
    return error;
  };

  it("a message that no queue takes", async () => {
    expect(await fail({ queue: "no-such-queue" })).toMatchObject({ code: "PORTOLAN_RABBITMQ_UNROUTABLE", kind: "rejected" });
    expect(await fail({ queue: "no-such-queue", unroutable: "drop" })).toBeUndefined();
  });

  it("an exchange that is not there, a wrong password, nobody at the address", async () => {
    const wrong = url.replace("guest:guest", "guest:wrong");
    expect(await fail({ exchange: "no-such-exchange", routingKey: { constant: "a" } })).toMatchObject({
      code: "PORTOLAN_RABBITMQ_MISSING",
      kind: "rejected",
    });
    expect(await fail({ queue: "q", url: wrong })).toMatchObject({ code: "PORTOLAN_RABBITMQ_DENIED", kind: "rejected" });
    expect(await fail({ queue: "q", url: "amqp://127.0.0.1:1" })).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
  });

  it("a queue that is not there is told in the log and asked for again", async () => {
    const queue = `late-${randomUUID()}`;
    const reader = await openReader(queue);
    await expect.poll(() => reader.log.entries.length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    expect(reader.log.entries[0]).toMatchObject({ level: "warn", fields: { code: "PORTOLAN_RABBITMQ_MISSING" } });
    await channel.assertQueue(queue, { durable: true });
    await offer(queue, [{ n: 1 }]);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(1);
    await reader.source.close();
  });
});
