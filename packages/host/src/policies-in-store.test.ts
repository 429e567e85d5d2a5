import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, type Clock, type Store } from "@portolan/core";
import { createHttpHost, createPolicies, type Door, type DoorPolicies } from "@portolan/gateway";
import { createMemoryStore, createSqliteStore } from "@portolan/stores";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let root = "";
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), "portolan-policies-"))));
afterAll(() => rm(root, { recursive: true }));

const START = Date.UTC(2026, 0, 31, 23, 30);
const SECOND = 1000;

/** A clock that stands until it is told otherwise; the store's looks at what other processes do never come. */
function standingClock(): Clock & { nowMs: number } {
  return {
    nowMs: START,
    now() {
      return this.nowMs;
    },
    after: () => ({ cancel() {} }),
  };
}

let stores = 0;
const STORES = {
  memory: (clock: Clock) => createMemoryStore({ clock }),
  sqlite: (clock: Clock) => createSqliteStore({ directory: join(root, `store${(stores += 1)}`), clock }),
};

async function openStore(store: Store): Promise<Store> {
  await store.open({ channels: [], subscriptions: [] });
  return store;
}

type Options = DoorPolicies["options"];
const IDEMPOTENCY = { header: "idempotency-key", required: false, keep: 60 * SECOND, maxBytes: 1_000_000 };

/** A node's HTTP host with one door, and what is sent to it. */
async function startNode(store: Store, clock: Clock, { options, handle = hello }: { options: Options; handle?: Door["handle"] }) {
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock, store }) });
  host.mount({ method: "POST", path: "/a", owner: "a test", handle }, { name: "POST /a", options });
  const { origin } = await host.listen();
  return {
    async post(headers: Record<string, string> = {}, body = "") {
      const reply = await fetch(`${origin}/a`, { method: "POST", headers, body });
      return { status: reply.status, text: await reply.text(), headers: reply.headers };
    },
    close: () => host.close({ deadlineMs: 0 }),
    [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }),
  };
}

const hello: Door["handle"] = (exchange) => exchange.reply(200, {}, "hello");

async function statuses(replies: readonly Promise<{ readonly status: number }>[]): Promise<Readonly<Record<number, number>>> {
  const all = await Promise.all(replies);
  const counts: Record<number, number> = {};
  for (const { status } of all) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.each(Object.entries(STORES))("policies of two nodes that share a store (%s)", (_kind, create) => {
  it("grant a quota once, to requests at once as well", async () => {
    const clock = standingClock();
    const store = await openStore(create(clock));
    const options: Options = { quota: { requests: 40, per: "day", header: "x-api-key" } };
    await using one = await startNode(store, clock, { options });
    await using other = await startNode(store, clock, { options });
    const key = { "x-api-key": "a" };
    expect(await statuses(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : other).post(key)))).toEqual({
      200: 40,
      429: 60,
    });
    expect((await one.post({ "x-api-key": "b" })).headers.get("ratelimit")).toBe('"quota";r=39;t=1800');
    expect((await other.post({ "x-api-key": "b" })).headers.get("ratelimit")).toBe('"quota";r=38;t=1800');
    clock.nowMs += 1_800_000;
    expect((await other.post(key)).headers.get("ratelimit")).toBe('"quota";r=39;t=86400');
    await store.close();
  });

  it("grant a rate limit once that is kept in the store", async () => {
    const clock = standingClock();
    const store = await openStore(create(clock));
    const options: Options = { rateLimit: { requests: 10, per: SECOND, keepIn: "store" } };
    await using one = await startNode(store, clock, { options });
    await using other = await startNode(store, clock, { options });
    const asked = () => statuses(Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? one : other).post()));
    expect(await asked()).toEqual({ 200: 10, 429: 20 });
    clock.nowMs += SECOND - 1;
    expect(await asked()).toEqual({ 429: 30 });
    clock.nowMs += 1;
    expect(await asked()).toEqual({ 200: 10, 429: 20 });
    await store.close();
  });

  it("call a door once for a thousand requests of one idempotency key, and send its reply from both", async () => {
    const clock = standingClock();
    const store = await openStore(create(clock));
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let calls = 0;
    const handle: Door["handle"] = async (exchange) => {
      calls += 1;
      begun.resolve();
      await go.promise;
      exchange.reply(201, { location: "/a/1" }, Buffer.from([0, 255, 10]));
    };
    const node = { options: { idempotency: IDEMPOTENCY }, handle };
    await using one = await startNode(store, clock, node);
    await using other = await startNode(store, clock, node);
    const key = { "idempotency-key": "k" };
    const first = one.post(key, "a");
    await begun.promise;
    expect(await statuses(Array.from({ length: 999 }, (_, index) => (index % 2 === 0 ? one : other).post(key, "a")))).toEqual({ 409: 999 });
    go.resolve();
    const { status, text } = await first;
    const again = await other.post(key, "a");
    expect([again.status, again.text, again.headers.get("location"), again.headers.get("idempotency-replayed")]).toEqual([
      status,
      text,
      "/a/1",
      "true",
    ]);
    expect((await other.post(key, "b")).status).toBe(422);
    expect(calls).toBe(1);
    clock.nowMs += IDEMPOTENCY.keep;
    expect((await other.post(key, "b")).status).toBe(201);
    expect(calls).toBe(2);
    await store.close();
  });

  it("let a request that failed come again", async () => {
    const clock = standingClock();
    const store = await openStore(create(clock));
    let calls = 0;
    const handle: Door["handle"] = (exchange) => exchange.reply((calls += 1) === 1 ? 503 : 200, {}, "");
    await using node = await startNode(store, clock, { options: { idempotency: IDEMPOTENCY }, handle });
    const key = { "idempotency-key": "k" };
    expect([(await node.post(key)).status, (await node.post(key)).status, (await node.post(key)).status, calls]).toEqual([
      503, 200, 200, 2,
    ]);
    await store.close();
  });
});

it("counts and replies outlive a restart of the store and the host", async () => {
  const clock = standingClock();
  const directory = join(root, "restarted");
  const options: Options = { quota: { requests: 3, per: "month" }, idempotency: IDEMPOTENCY };
  let calls = 0;
  const handle: Door["handle"] = (exchange) => exchange.reply(200, {}, `reply ${(calls += 1)}`);
  const key = { "idempotency-key": "k" };
  const live = async (requests: readonly Record<string, string>[]) => {
    const store = await openStore(createSqliteStore({ directory, clock }));
    const node = await startNode(store, clock, { options, handle });
    const replies = [];
    for (const headers of requests) replies.push(await node.post(headers));
    await node.close();
    await store.close();
    return replies.map(({ status, text }) => (status === 200 ? text : status));
  };
  expect(await live([key, key])).toEqual(["reply 1", "reply 1"]);
  expect(await live([key, {}])).toEqual(["reply 1", 429]);
});

it("what a closed store cannot count is not answered, and what it cannot keep is", async () => {
  const clock = standingClock();
  const store = await openStore(createMemoryStore({ clock }));
  await using counted = await startNode(store, clock, { options: { quota: { requests: 3, per: "day" } } });
  const handle: Door["handle"] = async (exchange) => {
    await store.close();
    exchange.reply(200, {}, "done");
  };
  await using kept = await startNode(store, clock, { options: { idempotency: IDEMPOTENCY }, handle });
  expect((await kept.post({ "idempotency-key": "k" })).text).toBe("done");
  const refused = await counted.post();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
});
