import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import type { Door, Exchange, PolicyOptions, ReplyHeaders } from "../index.ts";
import { getDoor, rawRequest, startBehind } from "./policy-host.test.support.ts";

type Cache = NonNullable<PolicyOptions["cache"]>;
const DEFAULTS: Cache = { staleWhileRevalidate: 0, staleIfError: 0, maxReply: 100_000, vary: ["accept"], maxBytes: 1_000_000 };

/** A door whose replies are numbered, behind a cache. */
async function startCached(
  headers: ReplyHeaders | ((exchange: Exchange) => ReplyHeaders),
  cache: Partial<Cache> = {},
  more: readonly Door[] = [],
) {
  let made = 0;
  const counting = getDoor("/a", (exchange) => {
    made += 1;
    exchange.reply(200, typeof headers === "function" ? headers(exchange) : headers, `reply ${made}`);
  });
  const node = await startBehind({ cache: { ...DEFAULTS, ...cache } }, [counting, ...more]);
  return {
    ...node,
    made: () => made,
    /** Asks once more, so many milliseconds later. */
    async ask(given: Record<string, string> = {}, laterMs = 0) {
      node.clock.nowMs += laterMs;
      const reply = await node.get("/a", given);
      return await reply.text();
    },
  };
}

test.each([
  ["max-age", { "cache-control": "max-age=10" }],
  ["s-maxage before max-age", { "cache-control": "max-age=0, s-maxage=10" }],
  ["Expires", { expires: "Sat, 31 Jan 2026 23:30:10 GMT" }],
  ["max-age before Expires", { expires: "0", "cache-control": "MAX-AGE=10" }],
  ["a quoted max-age", { "cache-control": 'public, max-age="10"' }],
  ["an age when it was made", { "cache-control": "max-age=12", age: "2" }],
])("a reply is sent again for as long as it is fresh by %s, and made anew after", async (_name, headers) => {
  await using node = await startCached(headers);
  expect([await node.ask(), await node.ask({}, 9_999), await node.ask({}, 1)]).toEqual(["reply 1", "reply 1", "reply 2"]);
});

test.each([
  ["that does not say how long it is fresh", {}],
  ["with no-store", { "cache-control": "no-store, max-age=10" }],
  ["with private", { "cache-control": "private, max-age=10" }],
  ["with no-cache", { "cache-control": "no-cache, max-age=10" }],
  ["with Set-Cookie", { "cache-control": "max-age=10", "set-cookie": "a=1" }],
  ["with Vary: *", { "cache-control": "max-age=10", vary: "*" }],
  ["with a max-age that is no number", { "cache-control": "max-age=ten" }],
  ["that expired before it came", { expires: "0" }],
  ["that is older than it may get", { "cache-control": "max-age=10", age: "10" }],
])("a reply %s is not stored", async (_name, headers) => {
  await using node = await startCached(headers);
  expect([await node.ask(), await node.ask()]).toEqual(["reply 1", "reply 2"]);
});

test.each([
  ["nothing", "max-age=10", "reply 2"],
  ["public", "max-age=10, public", "reply 1"],
  ["must-revalidate", "max-age=10, must-revalidate", "reply 1"],
  ["s-maxage", "s-maxage=10", "reply 1"],
])("a reply to a caller with credentials is stored only with leave: %s", async (_name, control, second) => {
  await using node = await startCached({ "cache-control": control });
  expect([await node.ask({ authorization: "Basic eA==" }), await node.ask()]).toEqual(["reply 1", second]);
});

test.each([
  ["no-cache", { "cache-control": "no-cache" }, "reply 2"],
  ["no-store", { "cache-control": "no-store" }, "reply 2"],
  ["pragma", { pragma: "no-cache" }, "reply 2"],
  ["max-age", { "cache-control": "max-age=4" }, "reply 2"],
  ["a longer max-age", { "cache-control": "max-age=6" }, "reply 1"],
  ["min-fresh", { "cache-control": "min-fresh=6" }, "reply 2"],
])("a request may ask for a newer reply: %s", async (_name, headers: Record<string, string>, second) => {
  await using node = await startCached({ "cache-control": "max-age=10" });
  expect([await node.ask(), await node.ask(headers, 5_000)]).toEqual(["reply 1", second]);
});

test("only-if-cached never reaches the door, and a hit tells its age", async () => {
  await using node = await startCached({ "cache-control": "max-age=10" });
  const only = { "cache-control": "only-if-cached" };
  expect((await node.get("/a", only)).status).toBe(504);
  await node.ask();
  node.clock.nowMs += 3_500;
  const { status, headers } = await node.get("/a", only);
  expect([status, headers.get("age"), headers.get("cache-status"), node.made()]).toEqual([200, "3", "portolan; hit", 1]);
});

test("each value of the headers that a reply varies by has a reply of its own", async () => {
  await using node = await startCached({ "cache-control": "max-age=10", vary: "X-Unit, x-b" });
  const asked = [{ "x-unit": "km" }, { "x-unit": "mile" }, {}, { "x-unit": "km" }, { "x-unit": "mile" }, { accept: "text/csv" }];
  const replies: string[] = [];
  for (const headers of asked) replies.push(await node.ask(headers));
  expect(replies).toEqual(["reply 1", "reply 2", "reply 3", "reply 1", "reply 2", "reply 4"]);
});

test("addresses that differ in the query have replies of their own, and HEAD has that of GET", async () => {
  await using node = await startCached({ "cache-control": "max-age=10" });
  const texts: string[] = [];
  for (const path of ["/a?x=1", "/a?x=2", "/a?x=1"]) texts.push(await (await node.get(path)).text());
  expect(texts).toEqual(["reply 1", "reply 2", "reply 1"]);
  const head = await rawRequest(`${node.origin}/a?x=1`, "HEAD", { accept: "*/*" });
  expect([head.status, head.headers["content-length"], head.headers["cache-status"]]).toEqual([200, "7", "portolan; hit"]);
});

test("a caller that has the content already gets 304, on a hit and on a miss", async () => {
  await using node = await startCached({ "cache-control": "max-age=10", "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" });
  const first = await node.get("/a");
  const tag = first.headers.get("etag") ?? "";
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  const statusOf = async (headers: Record<string, string>) =>
    (await rawRequest(`${node.origin}/a`, "GET", { accept: "*/*", ...headers })).status;
  expect(await statusOf({ "if-none-match": `"x", W/${tag}` })).toBe(304);
  expect(await statusOf({ "if-none-match": "*" })).toBe(304);
  expect(await statusOf({ "if-none-match": '"x"', "if-modified-since": "Fri, 02 Jan 2026 00:00:00 GMT" })).toBe(200);
  expect(await statusOf({ "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" })).toBe(304);
  expect(await statusOf({ "if-modified-since": "Wed, 31 Dec 2025 23:59:59 GMT" })).toBe(200);
  expect(node.made()).toBe(1);
  node.clock.nowMs += 10_000;
  const missed = await rawRequest(`${node.origin}/a`, "GET", { accept: "*/*", "if-modified-since": "Fri, 02 Jan 2026 00:00:00 GMT" });
  expect([missed.status, missed.headers["last-modified"], node.made()]).toEqual([304, "Thu, 01 Jan 2026 00:00:00 GMT", 2]);
});

test("a change at the same address makes the cache forget; one that fails, or elsewhere, does not", async () => {
  const change = (path: string, status: number): Door => ({
    method: "PUT",
    path,
    owner: "a test",
    handle: (exchange) => exchange.reply(status, {}),
  });
  const refused: Door = { ...change("/a", 409), method: "DELETE" };
  await using node = await startCached({}, { ttl: 60_000 }, [change("/a", 204), refused, change("/b", 204)]);
  const send = (path: string, method: string) => fetch(node.origin + path, { method });
  expect(await node.ask()).toBe("reply 1");
  await send("/b", "PUT");
  await send("/a", "DELETE");
  expect(await node.ask()).toBe("reply 1");
  await send("/a", "PUT");
  expect(await node.ask()).toBe("reply 2");
});

test("a reply that was being made while its address changed is not stored", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let made = 0;
  const slow = getDoor("/s", async (exchange) => {
    made += 1;
    begun.resolve();
    await go.promise;
    exchange.reply(200, {}, `reply ${made}`);
  });
  const change: Door = { method: "POST", path: "/s", owner: "a test", handle: (exchange) => exchange.reply(204, {}) };
  await using node = await startBehind({ cache: { ...DEFAULTS, ttl: 60_000 } }, [slow, change]);
  const early = node.get("/s");
  await begun.promise;
  await fetch(`${node.origin}/s`, { method: "POST" });
  go.resolve();
  await (await early).text();
  expect(await (await node.get("/s")).text()).toBe("reply 2");
});

test("requests at once become one, and those with credentials do not wait for others", async () => {
  const go = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let made = 0;
  const slow = getDoor("/s", async (exchange) => {
    made += 1;
    if (exchange.headers["authorization"] !== undefined) arrived.resolve();
    await go.promise;
    exchange.reply(200, { "cache-control": "max-age=10" }, "slow");
  });
  await using node = await startBehind({ cache: DEFAULTS }, [slow]);
  const all = Array.from({ length: 20 }, () => node.get("/s"));
  const own = node.get("/s", { authorization: "Basic eA==" });
  await arrived.promise;
  go.resolve();
  expect(await Promise.all([...all, own].map(async (reply) => (await reply).text()))).toEqual(new Array(21).fill("slow"));
  expect(made).toBe(2);
});

test("a failure is not stored: the next request tries again", async () => {
  let made = 0;
  const failing = getDoor("/f", async (exchange) => {
    made += 1;
    if (made > 1) return exchange.reply(200, {}, "fine");
    throw new PortolanError("PORTOLAN_TIMEOUT", "too slow");
  });
  await using node = await startBehind({ cache: { ...DEFAULTS, ttl: 1000 } }, [failing]);
  expect((await node.get("/f")).status).toBe(504);
  expect(await (await node.get("/f")).text()).toBe("fine");
});

test.each([
  ["the configuration", {}, { ttl: 10_000, staleWhileRevalidate: 5_000 }],
  ["the reply", { "cache-control": "max-age=10, stale-while-revalidate=5" }, {}],
])("a stale reply is sent while a new one is made, for as long as %s says", async (_name, headers, cache) => {
  await using node = await startCached(headers, cache);
  expect(await node.ask()).toBe("reply 1");
  // The door answers at once, so that the new reply is there when the stale one has come.
  expect([await node.ask({}, 12_000), node.made()]).toEqual(["reply 1", 2]);
  expect([await node.ask(), node.made()]).toEqual(["reply 2", 2]);
  expect(await node.ask({}, 15_000)).toBe("reply 3");
});

test("what must be revalidated is never sent stale", async () => {
  await using node = await startCached({ "cache-control": "max-age=10, must-revalidate" }, { staleWhileRevalidate: 60_000 });
  expect([await node.ask(), await node.ask({}, 11_000)]).toEqual(["reply 1", "reply 2"]);
});

test("beyond its size the cache lets go what was not asked for longest", async () => {
  await using node = await startCached({}, { ttl: 60_000, maxBytes: 1_500 });
  const texts: string[] = [];
  for (const path of ["/a?1", "/a?2", "/a?1", "/a?3", "/a?1", "/a?2"]) texts.push(await (await node.get(path)).text());
  expect(texts).toEqual(["reply 1", "reply 2", "reply 1", "reply 3", "reply 1", "reply 4"]);
});
