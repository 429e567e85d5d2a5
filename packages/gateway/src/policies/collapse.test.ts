import { Readable } from "node:stream";
import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import type { Door, Exchange, PolicyOptions } from "../index.ts";
import { getDoor, startBehind } from "./policy-host.test.support.ts";

const CACHE: NonNullable<PolicyOptions["cache"]> = {
  staleWhileRevalidate: 0,
  staleIfError: 0,
  vary: [],
  maxBytes: 10_000_000,
  maxReply: 100_000,
};

/** A door that answers when it is told to, behind a cache. */
async function startSlow(reply: (exchange: Exchange, made: number) => void | Promise<void>) {
  const go = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let made = 0;
  const slow: Door = getDoor("/s", async (exchange) => {
    const mine = (made += 1);
    begun.resolve();
    await go.promise;
    await reply(exchange, mine);
  });
  const node = await startBehind({ cache: CACHE }, [slow]);
  return { ...node, go: go.resolve, begun: begun.promise, made: () => made };
}

/** The first request comes alone, so many others while it is in process. */
async function crowd(
  node: Awaited<ReturnType<typeof startSlow>>,
  count: number,
  headersOf: (index: number) => Record<string, string> = () => ({}),
) {
  const first = node.get("/s", headersOf(0));
  await node.begun;
  const others = Array.from({ length: count - 1 }, (_, index) => node.get("/s", headersOf(index + 1)));
  // Those that have come by now wait; those that come later find what there is then.
  await node.get("/health/live");
  node.go();
  return Promise.all([first, ...others].map(async (reply) => `${(await reply).status} ${await (await reply).text()}`));
}

test("a thousand requests at once are one", async () => {
  await using node = await startSlow((exchange, made) => exchange.reply(200, { "cache-control": "max-age=10" }, `reply ${made}`));
  expect(new Set(await crowd(node, 1000))).toEqual(new Set(["200 reply 1"]));
  expect(node.made()).toBe(1);
});

test("a thousand requests at once for a stream are one", async () => {
  const headers = { "cache-control": "max-age=10" };
  await using node = await startSlow((exchange) => exchange.replyStream(200, headers, Readable.from([Buffer.from("a"), Buffer.from("b")])));
  expect(new Set(await crowd(node, 1000))).toEqual(new Set(["200 ab"]));
  expect(node.made()).toBe(1);
});

test("a request that fails fails alone: the others ask for themselves", async () => {
  await using node = await startSlow((exchange, made) => {
    if (made === 1) throw new PortolanError("PORTOLAN_CONNECTION_FAILED", "the first fails");
    exchange.reply(200, { "cache-control": "max-age=10" }, "fine");
  });
  const replies = await crowd(node, 100);
  expect(replies.filter((reply) => reply === "200 fine")).toHaveLength(99);
});

test("a caller who leaves takes nothing from the others: one of them asks in its place", async () => {
  await using node = await startSlow((exchange) => {
    exchange.signal.throwIfAborted();
    exchange.reply(200, { "cache-control": "max-age=10" }, "fine");
  });
  const leaving = new AbortController();
  const first = fetch(`${node.origin}/s`, { signal: leaving.signal }).catch(() => "left");
  await node.begun;
  const others = Array.from({ length: 100 }, () => node.get("/s"));
  await node.get("/health/live");
  leaving.abort();
  expect(await first).toBe("left");
  node.go();
  expect(new Set(await Promise.all(others.map(async (reply) => (await reply).text())))).toEqual(new Set(["fine"]));
  expect(node.made()).toBeLessThanOrEqual(2);
});

test("what is not for others is made for each, and the next crowd does not wait for it", async () => {
  await using node = await startSlow((exchange, made) => exchange.reply(200, { "cache-control": "no-store" }, `reply ${made}`));
  expect(new Set(await crowd(node, 100)).size).toBe(100);
  const again = Promise.withResolvers<void>();
  let together = 0;
  await using second = await startBehind({ cache: CACHE }, [
    getDoor("/s", async (exchange) => {
      together += 1;
      if (together === 1) return exchange.reply(200, { "cache-control": "no-store" }, "");
      if (together === 21) again.resolve();
      await again.promise;
      exchange.reply(200, { "cache-control": "no-store" }, "");
    }),
  ]);
  await second.get("/s");
  // Would each wait for the one before, the door would never see all of them.
  const all = await Promise.all(Array.from({ length: 20 }, () => second.get("/s")));
  expect(all.map(({ status }) => status)).toEqual(new Array(20).fill(200));
});

test("requests for different languages do not wait for one another, once it is known that there are some", async () => {
  const languages = Array.from({ length: 20 }, (_, index) => `l${index}`);
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  const door = getDoor("/s", async (exchange) => {
    const language = String(exchange.headers["accept-language"]);
    if (language !== "first" && (waiting += 1) === languages.length) all.resolve();
    if (language !== "first") await all.promise;
    exchange.reply(200, { "cache-control": "max-age=10", vary: "accept-language" }, language);
  });
  await using node = await startBehind({ cache: CACHE }, [door]);
  await node.get("/s", { "accept-language": "first" });
  const texts = languages.map(async (language) => (await node.get("/s", { "accept-language": language })).text());
  expect(await Promise.all(texts)).toEqual(languages);
});

test("whoever waits for a stream does not wait for a caller who reads slowly", async () => {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const count = 400;
  async function* chunks() {
    for (let index = 0; index < count; index += 1) yield chunk;
  }
  const door = getDoor("/s", (exchange) => exchange.replyStream(200, { "cache-control": "max-age=10" }, chunks()));
  await using node = await startBehind({ cache: { ...CACHE, maxBytes: 100_000_000, maxReply: 50_000_000 } }, [door]);
  const slow = await node.get("/s");
  const quick = await node.get("/s");
  expect((await quick.arrayBuffer()).byteLength).toBe(count * chunk.length);
  expect(quick.headers.get("cache-status")).toBe("portolan; hit");
  expect((await slow.arrayBuffer()).byteLength).toBe(count * chunk.length);
});

test("a stream that is too large, never ends as a whole or breaks is not stored", async () => {
  async function* large() {
    for (let index = 0; index < 10; index += 1) yield Buffer.alloc(20_000);
  }
  async function* broken() {
    yield Buffer.from("a");
    throw new PortolanError("PORTOLAN_CONNECTION_FAILED", "the stream breaks");
  }
  let made = 0;
  const stream = (path: string, type: string, chunks: () => AsyncIterable<Uint8Array>) =>
    getDoor(path, (exchange) => {
      made += 1;
      return exchange.replyStream(200, { "cache-control": "max-age=10", "content-type": type }, chunks());
    });
  const doors = [
    stream("/large", "text/plain", large),
    stream("/broken", "text/plain", broken),
    stream("/events", "text/event-stream", () => Readable.from([Buffer.from("data: 1\n\n")])),
  ];
  await using node = await startBehind({ cache: CACHE }, doors);
  for (const path of ["/large", "/broken", "/events"]) {
    made = 0;
    // What breaks is told by the connection, be it before the head has come or after.
    for (let round = 0; round < 2; round += 1)
      await node
        .get(path)
        .then((reply) => reply.arrayBuffer())
        .catch(() => undefined);
    expect([path, made]).toEqual([path, 2]);
  }
});

test("a flood of values that a reply is chosen by does not grow the cache beyond its size", async () => {
  let made = 0;
  const door = getDoor("/s", (exchange) => {
    made += 1;
    exchange.reply(200, { "cache-control": "max-age=10", vary: "x-flood" }, "small");
  });
  await using node = await startBehind({ cache: { ...CACHE, maxBytes: 100_000 } }, [door]);
  const ask = async (value: string) => (await node.get("/s", { "x-flood": value })).text();
  for (let index = 0; index < 200; index += 1) await ask(`${index} ${"x".repeat(5000)}`);
  // Those of the last few values are there, and no others: each takes ten thousand bytes.
  made = 0;
  for (let index = 0; index < 200; index += 1) await ask(`${index} ${"x".repeat(5000)}`);
  expect(made).toBe(200);
});
