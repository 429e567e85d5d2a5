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
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, runThroughFaults } from "../faults.test.support.ts";
import { redisConnector } from "./index.ts";

const LIMIT_MS = 120_000;

let folder: TemporaryFolder;
let server: RunningServer;
let url = "";
let client: ReturnType<typeof createClient>;

const services = () => ({ ...createFormats(), directory: folder.root });

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const redis = SERVERS.get("redis");
  if (redis === undefined) throw new Error("there is no server redis");
  server = await startServer(redis, { folder: folder.root });
  url = server.addresses["REDIS_URL"] ?? "";
  client = createClient({ url });
  client.on("error", () => undefined);
  await client.connect();
}, LIMIT_MS);

afterAll(async () => {
  client.destroy();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const newStream = (): string => `s-${randomUUID()}`;

const openSink = (stream: string, options: object = {}) =>
  openTarget(redisConnector, { url, stream, ...options }, { clock, services: services() });

const openReader = (stream: string, options: object = {}) =>
  openSourceBench({ definition: redisConnector, options: { stream, url, ...options }, clock, services: services() });

async function offer(stream: string, bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) await client.xAdd(stream, "*", { body: JSON.stringify(body) });
}

describe("reading a stream", () => {
  sourceConformance(
    async () => {
      const stream = newStream();
      const bench = await openReader(stream, { concurrency: 2 });
      let count = 0;
      return {
        bench,
        concurrency: 2,
        offer: (more) =>
          offer(
            stream,
            Array.from({ length: more }, () => ({ count: (count += 1) })),
          ),
        settle: () => pause(50),
        acknowledged: async () => {
          const [group] = await client.xInfoGroups(stream);
          return Number(group?.["entries-read"] ?? 0) - Number(group?.pending ?? 0);
        },
      };
    },
    { describe, it },
  );
});

describe("adding to a stream", () => {
  targetConformance(
    async () => {
      const stream = newStream();
      return {
        target: await openSink(stream),
        sample: (index) => ({ body: { index } }),
        received: async () =>
          ((await client.xRange(stream, "-", "+")) ?? []).map(({ message }) => JSON.parse(message["body"] ?? "null") as unknown),
        bad: [{ title: "a body that is no JSON", body: 1n, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" }],
      };
    },
    { describe, it },
  );
});

it(
  "headers travel both ways, and what cannot be read is a dead letter with its place",
  async () => {
    const stream = newStream();
    const sink = await openSink(stream);
    await sink.send(createMessage("m1", { a: 1 }, { trace: "t1", "redis-id": "1-1" }), { mode: "to", key: "k1" });
    await sink.close();
    await client.xAdd(stream, "*", { body: "{broken" });
    await client.xAdd(stream, "*", { other: "1" });
    const reader = await openReader(stream);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(3);
    await reader.source.close();
    const [first, broken, empty] = reader.deliveries;
    expect(first?.incoming).toMatchObject({ body: { a: 1 }, headers: { trace: "t1", "idempotency-key": "k1", "redis-stream": stream } });
    expect(first?.incoming.id).toBe(`${stream}-${String(first?.incoming.headers?.["redis-id"])}`);
    expect(Buffer.from(broken?.incoming.body as Uint8Array).toString()).toBe("{broken");
    expect(broken?.options.unreadable).toMatchObject({
      code: "PORTOLAN_FORMAT_INVALID",
      message: expect.stringContaining(`${stream}, entry `),
    });
    expect(empty?.options.unreadable).toMatchObject({ message: expect.stringContaining('there is no field "body"') });
  },
  LIMIT_MS,
);

it(
  "what a member that is gone has left is taken over, and what is in process here stays here",
  async () => {
    const stream = newStream();
    await offer(stream, [{ n: 1 }, { n: 2 }]);
    await client.xGroupCreate(stream, "route", "0");
    await client.xReadGroup("route", "gone", [{ key: stream, id: ">" }], { COUNT: 1 });
    const one = await openReader(stream, { claimAfter: 600 });
    const other = await openReader(stream, { claimAfter: 600 });
    const all = () => [...one.deliveries, ...other.deliveries].map(({ incoming }) => (incoming.body as { n: number }).n).toSorted();
    await expect.poll(all, { timeout: LIMIT_MS }).toEqual([1, 2]);
    await pause(2_000);
    expect(all()).toEqual([1, 2]);
    one.acceptAll();
    other.acceptAll();
    await one.source.close();
    await other.source.close();
    expect((await client.xPending(stream, "route")).pending).toBe(0);
  },
  LIMIT_MS,
);

it(
  "nothing is lost or out of order through cut connections and a server that is killed",
  async () => {
    const stream = newStream();
    await using proxy = await startFaultProxy({ port: Number(new URL(url).port) });
    const target = await openSink(stream);
    const reader = await openReader(stream, { orderBy: "key", claimAfter: 1_000, url: `redis://127.0.0.1:${proxy.port}` });
    const { lost, phantom } = await runThroughFaults({
      total: 400,
      target,
      reader,
      limitMs: LIMIT_MS,
      async faults() {
        proxy.reset();
        await pause(300);
        await server.kill();
        await server.start();
      },
    });
    await reader.source.close();
    await target.close();
    expect({ lost, phantom }).toEqual({ lost: [], phantom: [] });
  },
  2 * LIMIT_MS,
);

describe("errors say what is wrong and whether it may pass", () => {
  const fail = async (options: object) => {
    const target = await openTarget(redisConnector, { stream: "s", url, ...options }, { clock, services: services() });
    const error = await target.send(createMessage("m", {}, {}), { mode: "to", key: "k" }).then(undefined, (thrown: unknown) => thrown);
    await target.close();
    return error;
  };

  it("a key that is no stream, a wrong password, nobody at the address", async () => {
    await client.set("text", "1");
    expect(await fail({ stream: "text" })).toMatchObject({ code: "PORTOLAN_REDIS_NO_STREAM", kind: "rejected" });
    expect(await fail({ url: url.replace("//", "//ada:wrong@") })).toMatchObject({ code: "PORTOLAN_REDIS_DENIED", kind: "rejected" });
    expect(await fail({ url: "redis://127.0.0.1:1" })).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
  });

  it("of a source are told in the log, with the wait until it is asked again", async () => {
    await client.set("text", "1");
    const reader = await openReader("text");
    await expect.poll(() => reader.log.entries.length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    await reader.source.close();
    expect(reader.log.entries[0]).toMatchObject({
      level: "warn",
      fields: { code: "PORTOLAN_REDIS_NO_STREAM", delayMs: expect.any(Number) },
    });
  });
});
