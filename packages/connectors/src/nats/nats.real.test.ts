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
import { jetstream, jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, runThroughFaults } from "../faults.test.support.ts";
import { natsConnector } from "./index.ts";

const LIMIT_MS = 120_000;

let folder: TemporaryFolder;
let server: RunningServer;
let servers = "";
let connection: NatsConnection;
let manager: JetStreamManager;

const services = () => ({ ...createFormats(), directory: folder.root });

beforeAll(async () => {
  folder = await createTemporaryFolder();
  const nats = SERVERS.get("nats");
  if (nats === undefined) throw new Error("there is no server nats");
  server = await startServer(nats, { folder: folder.root });
  servers = server.addresses["NATS_URL"] ?? "";
  connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  manager = await jetstreamManager(connection);
}, LIMIT_MS);

afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A stream and its only subject have one name. */
async function newStream(): Promise<string> {
  const name = `S-${randomUUID()}`;
  await manager.streams.add({ name, subjects: [name] });
  return name;
}

const openSink = (subject: string, options: object = {}) =>
  openTarget(natsConnector, { servers, subject: { constant: subject }, ...options }, { clock, services: services() });

const openReader = (stream: string, options: object = {}) =>
  openSourceBench({ definition: natsConnector, options: { stream, servers, ...options }, clock, services: services() });

async function offer(stream: string, bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) await jetstream(connection).publish(stream, JSON.stringify(body));
}

async function readAll(stream: string): Promise<unknown[]> {
  const { state } = await manager.streams.info(stream);
  const found: unknown[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) found.push((await manager.streams.getMessage(stream, { seq }))?.json());
  return found;
}

describe("reading a stream", () => {
  sourceConformance(
    async () => {
      const stream = await newStream();
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
          const { delivered, num_ack_pending } = await manager.consumers.info(stream, "route");
          return delivered.stream_seq - num_ack_pending;
        },
      };
    },
    { describe, it },
  );
});

describe("sending to a subject", () => {
  targetConformance(
    async () => {
      const stream = await newStream();
      return {
        target: await openSink(stream),
        sample: (index) => ({ body: { index } }),
        received: () => readAll(stream),
        bad: [
          { title: "a body that is no JSON", body: 1n, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" },
          { title: "a body that is too large", body: "x".repeat(2_000_000), kind: "rejected", code: "PORTOLAN_NATS_TOO_LARGE" },
        ],
      };
    },
    { describe, it },
  );
});

it(
  "headers travel both ways, a repeated send is one message, and what cannot be read is a dead letter",
  async () => {
    const stream = await newStream();
    const sink = await openSink(stream);
    for (let time = 0; time < 2; time++) {
      await sink.send(createMessage("m1", { a: 1 }, { trace: "t1", list: ["a", "b"], "nats-sequence": 9 }), { mode: "to", key: "k1" });
    }
    await sink.close();
    await jetstream(connection).publish(stream, "{broken");
    const reader = await openReader(stream);
    reader.acceptAll();
    await expect.poll(() => reader.deliveries.length, { timeout: LIMIT_MS }).toBe(2);
    await reader.source.close();
    const [first, broken] = reader.deliveries;
    expect(first?.incoming).toMatchObject({
      id: `${stream}-1`,
      body: { a: 1 },
      headers: { trace: "t1", list: ["a", "b"], "idempotency-key": "k1", "nats-subject": stream, "nats-sequence": 1 },
    });
    expect(Buffer.from(broken?.incoming.body as Uint8Array).toString()).toBe("{broken");
    expect(broken?.options.unreadable).toMatchObject({
      code: "PORTOLAN_FORMAT_INVALID",
      message: expect.stringContaining(`${stream}, message 2: `),
    });
  },
  LIMIT_MS,
);

it(
  "what takes long stays with its reader, and what a lost reader had goes to another",
  async () => {
    const stream = await newStream();
    await offer(stream, [{ n: 1 }]);
    await using proxy = await startFaultProxy({ port: Number(new URL(servers).port) });
    const one = await openReader(stream, { ackWait: 900, servers: `nats://127.0.0.1:${proxy.port}` });
    await expect.poll(() => one.deliveries.length, { timeout: LIMIT_MS }).toBe(1);
    const other = await openReader(stream, { ackWait: 900 });
    await pause(3_000);
    expect(other.deliveries).toEqual([]);
    await proxy.set({ silent: "both" });
    await expect.poll(() => other.deliveries.length, { timeout: LIMIT_MS }).toBe(1);
    other.acceptAll();
    one.acceptAll();
    await proxy.set({});
    proxy.reset();
    await one.source.close();
    await other.source.close();
  },
  LIMIT_MS,
);

it(
  "nothing is lost through cut connections and a server that is stopped",
  async () => {
    const stream = await newStream();
    await using proxy = await startFaultProxy({ port: Number(new URL(servers).port) });
    const target = await openSink(stream, { timeout: 1_000 });
    const reader = await openReader(stream, { orderBy: "key", ackWait: 2_000, servers: `nats://127.0.0.1:${proxy.port}` });
    const { lost, phantom } = await runThroughFaults({
      total: 400,
      target,
      reader,
      limitMs: LIMIT_MS,
      async faults() {
        proxy.reset();
        await pause(300);
        await server.stop();
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
  const fail = async (subject: string, options: object = {}) => {
    const target = await openSink(subject, options);
    const error = await target.send(createMessage("m", {}, {}), { mode: "to", key: "k" }).then(undefined, (thrown: unknown) => thrown);
    await target.close();
    return error;
  };

  it("a subject that no stream takes, one that is none, nobody at the address", async () => {
    expect(await fail("nobody.takes")).toMatchObject({ code: "PORTOLAN_NATS_NO_STREAM", kind: "rejected" });
    expect(await fail("a.*")).toMatchObject({ code: "PORTOLAN_EXPRESSION_TYPE" });
    expect(await fail("a", { servers: "nats://127.0.0.1:1" })).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
  });

  it("of a source are told in the log, with the wait until it is asked again", async () => {
    const reader = await openReader("NO-SUCH-STREAM");
    await expect.poll(() => reader.log.entries.length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    await reader.source.close();
    expect(reader.log.entries[0]).toMatchObject({
      level: "warn",
      fields: { code: "PORTOLAN_NATS_NO_STREAM", delayMs: expect.any(Number) },
    });
  });
});
