import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CONNECTOR, type SourceRef } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openSourceBench, sourceConformance, tryRawOptions } from "@portolan/testkit";
import { describe, expect, expectTypeOf, it, test } from "vitest";
import { readEvents } from "./event-reader.ts";
import { sse, sseConnector } from "./index.ts";
import { sseOptions } from "./options.ts";

const services = { ...createFormats(), directory: "." };

/** A system that sends events to whoever follows them. */
async function openSystem(answer: (request: IncomingMessage, response: ServerResponse) => void = begin) {
  const followers: { readonly request: IncomingMessage; readonly response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    followers.push({ request, response });
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    followers,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    send: (text: string) => void followers.at(-1)?.response.write(text),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function begin(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
}

async function follow(url: string, options: object = {}, positions = new Map<string, unknown>()) {
  const clock = createVirtualClock();
  const bench = await openSourceBench({ definition: sseConnector, options: { url, ...options }, clock, services, positions });
  return { bench, clock, positions, [Symbol.asyncDispose]: () => bench.source.close() };
}

async function connected(system: { readonly followers: readonly unknown[] }, count = 1): Promise<void> {
  await expect.poll(() => system.followers.length).toBe(count);
}

describe("a stream of events", () => {
  sourceConformance(
    async () => {
      const system = await openSystem();
      const { bench } = await follow(system.url);
      await connected(system);
      let count = 0;
      return {
        bench,
        concurrency: 1,
        offer: async (more) => {
          for (let n = 0; n < more; n++) system.send(`id: ${++count}\ndata: {"n":${count}}\n\n`);
        },
        settle: () => new Promise((resolve) => setTimeout(resolve, 10)),
        acknowledged: async () => undefined,
        async dispose() {
          bench.acceptAll();
          await bench.source.close();
          await system[Symbol.asyncDispose]();
        },
      };
    },
    { describe, it },
    { acknowledges: false },
  );
});

test("an event is a message with its type and id, and only those that are wanted are", async () => {
  await using system = await openSystem();
  await using source = await follow(system.url, { events: ["placed", "message"], secretHeaders: { "X-Key": "k" }, auth: "t" });
  source.bench.acceptAll();
  await connected(system);
  system.send(': hello\n\nevent: placed\nid: 7\ndata: {"a":\ndata: 1}\n\nevent: other\ndata: 2\n\ndata: no JSON\n\n');
  await expect.poll(() => source.bench.deliveries.length).toBe(2);
  expect(source.bench.deliveries.map(({ incoming }) => incoming)).toMatchObject([
    { body: { a: 1 }, headers: { "event-type": "placed", "event-id": "7" }, id: expect.stringMatching(/-7$/) },
    { body: "no JSON", headers: { "event-type": "message" } },
  ]);
  expect(system.followers[0]?.request.headers).toMatchObject({ accept: "text/event-stream", "x-key": "k", authorization: "Bearer t" });
});

test("a stream that breaks is followed again after its last event, when it says", async () => {
  await using system = await openSystem();
  await using source = await follow(system.url);
  source.bench.acceptAll();
  await connected(system);
  system.send("retry: 500\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\ndata: half");
  await expect.poll(() => source.bench.deliveries.length).toBe(2);
  system.followers[0]?.response.destroy();
  await expect.poll(() => source.clock.nextDue()).toBe(500);
  await source.clock.advanceTo(500);
  await connected(system, 2);
  expect(system.followers[1]?.request.headers["last-event-id"]).toBe("2");
  expect(source.bench.deliveries).toHaveLength(2);
});

test("a node that starts goes on from the position in the store, and two nodes process an event once", async () => {
  await using system = await openSystem();
  const positions = new Map<string, unknown>();
  const first = await follow(system.url, {}, positions);
  first.bench.acceptAll();
  await connected(system);
  system.send("id: a\ndata: 1\n\n");
  await expect.poll(() => first.bench.deliveries.length).toBe(1);
  await first.bench.source.close();
  await using second = await follow(system.url, {}, positions);
  await connected(system, 2);
  expect(system.followers[1]?.request.headers["last-event-id"]).toBe("a");
  await using third = await follow(system.url, {}, positions);
  await connected(system, 3);
  second.bench.acceptAll();
  third.bench.acceptAll();
  for (const { response } of system.followers.slice(1)) response.write("id: b\ndata: 2\n\n");
  await expect
    .poll(() => [...second.bench.log.entries, ...third.bench.log.entries].map(({ message }) => message))
    .toEqual([expect.stringContaining("another node")]);
  expect([...positions.values()]).toEqual([{ id: "b" }]);
});

test("a system that says no, or sends something else, is asked again ever later, and told of once", async () => {
  await using system = await openSystem((_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
  await using source = await follow(system.url, { reconnect: "1s" });
  const dues: number[] = [];
  for (let count = 1; count <= 4; count++) {
    await connected(system, count);
    await expect.poll(() => (source.clock.nextDue() ?? Infinity) < source.clock.now() + 100_000).toBe(true);
    dues.push((source.clock.nextDue() ?? 0) - source.clock.now());
    await source.clock.advanceTo(source.clock.nextDue() ?? 0);
  }
  expect(dues).toEqual([1000, 2000, 4000, 8000]);
  expect(source.bench.log.entries.map(({ message }) => message)).toEqual([expect.stringContaining("answered with the type text/html")]);
});

test("status 204 ends it", async () => {
  await using system = await openSystem((_request, response) => void response.writeHead(204).end());
  await using source = await follow(system.url);
  await expect.poll(() => source.bench.log.entries.map(({ message }) => message)).toEqual([expect.stringContaining("has ended")]);
  expect(source.clock.nextDue()).toBeUndefined();
});

test("lines end with CR, LF or both, wherever pieces are cut; an event beyond the limit breaks the stream", async () => {
  const events = async (pieces: readonly string[], maxBytes = 100) => {
    async function* chunks() {
      for (const piece of pieces) yield Buffer.from(piece, "latin1");
    }
    const all = [];
    const retries: number[] = [];
    for await (const event of readEvents(chunks(), { maxBytes, onRetry: (ms) => void retries.push(ms) }))
      all.push(`${event.type} ${event.id ?? "-"} ${event.data}`);
    return [...all, ...retries];
  };
  const utf8 = Buffer.from("\uFEFFdata: grün\n\n").toString("latin1");
  expect(await events([...utf8])).toEqual(["message - grün"]);
  expect(await events(["data:a\r", "\ndata: b\r\r", "event: x\nid: 1\nid: 2\ndata\n\nretry: 5\nretry: x\nid: 3\n\ndata: half\n"])).toEqual([
    "message - a\nb",
    "x 2 ",
    5,
  ]);
  await expect(events(["data: ", "x".repeat(200)])).rejects.toMatchObject({ code: "PORTOLAN_BODY_TOO_LARGE" });
  await expect(events(Array.from({ length: 50 }, () => "data: xxxx\n"))).rejects.toMatchObject({ code: "PORTOLAN_BODY_TOO_LARGE" });
});

test("what people write is what a flow file holds; nonsense is refused", () => {
  const reference = sse.events<{ id: number }>("https://a/events", { events: "placed" });
  expect(reference).toEqual({ sse: { url: "https://a/events", events: "placed" }, [CONNECTOR]: sseConnector });
  expectTypeOf(reference).toEqualTypeOf<SourceRef<{ id: number }>>();
  // @ts-expect-error there are no retries of a stream: it is connected to again
  expect(sse.events("https://a/events", { retry: {} })).toBeDefined();
  const faults = (raw: object) => {
    const { options, findings } = tryRawOptions(sseOptions, { ...raw });
    return [
      ...findings.map(({ message }) => message),
      ...(options === undefined ? [] : (sseConnector.source?.check?.(options) ?? [])),
    ].join("; ");
  };
  expect(faults({ url: "ftp://a" })).toContain("no absolute http or https URL");
  expect(faults({ url: "https://a", auth: { username: "me" } })).toContain("belong together");
  expect(faults({ url: "https://a", event: "b" })).toContain('unknown key "event"');
});
