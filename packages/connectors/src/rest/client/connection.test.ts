import { createServer, request } from "node:http";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createMessage } from "@portolan/core";
import { openTarget } from "@portolan/testkit";
import { expect, test } from "vitest";
import { readRest } from "../door.test.support.ts";
import { restConnector } from "../index.ts";
import { accept, listen, openRemote, status, type Answer } from "./remote.test.support.ts";

/** Answers in turn; the last one stays. */
function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0;
  return (got, response) => answers[Math.min(next++, answers.length - 1)]?.(got, response);
}

const json = { "content-type": "application/json" };

test("requests that failed are repeated with the same key, and the last answer is what counts", async () => {
  await using node = await openRemote(
    (origin) => ({ put: origin, timeout: "1h", retry: { attempts: 3, delay: 100 } }),
    inTurn(status(503), status(502), accept),
  );
  expect(await node.whileWaiting(node.send({}))).toMatchObject({ body: { ok: true } });
  expect(node.got.map(({ headers }) => headers["idempotency-key"])).toEqual(["m1/route/0", "m1/route/0", "m1/route/0"]);
  expect(node.clock.now()).toBeGreaterThan(0);
  await using failing = await openRemote(
    (origin) => ({ put: origin, timeout: "1h", retry: {} }),
    inTurn(status(500), status(500), status(503, {}, "last")),
  );
  await expect(failing.whileWaiting(failing.send({}))).rejects.toMatchObject({
    code: "PORTOLAN_REMOTE_FAILED",
    message: expect.stringContaining("503: last"),
  });
  expect(failing.got).toHaveLength(3);
});

test("what changes something is repeated only where nothing was done, or where that is wanted", async () => {
  await using node = await openRemote((origin) => ({ post: origin, timeout: "1h", retry: {} }), status(500));
  await expect(node.whileWaiting(node.send({}))).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  expect(node.got).toHaveLength(1);
  await using unsafe = await openRemote(
    (origin) => ({ post: origin, timeout: "1h", retry: { unsafe: true } }),
    inTurn(status(500), accept),
  );
  await unsafe.whileWaiting(unsafe.send({}));
  await using busy = await openRemote(
    (origin) => ({ post: origin, timeout: "1h", retry: {} }),
    inTurn(status(429, { "retry-after": "2" }), accept),
  );
  await busy.whileWaiting(busy.send({}));
  expect(busy.clock.now()).toBeGreaterThanOrEqual(2000);
  await using long = await openRemote((origin) => ({ post: origin, timeout: "1h", retry: {} }), status(503, { "retry-after": "600" }));
  await expect(long.whileWaiting(long.send({}))).rejects.toMatchObject({ retryAfterMs: 600_000 });
  expect([unsafe.got.length, busy.got.length, long.got.length]).toEqual([2, 2, 1]);
});

test("a circuit breaker opens after failures in a row, and one request decides whether it closes", async () => {
  let isDown = true;
  await using node = await openRemote(
    (origin) => ({ post: origin, circuitBreaker: { failures: 2, openFor: "10s" } }),
    (got, response) => (isDown ? status(500)(got, response) : accept(got, response)),
  );
  for (let count = 0; count < 2; count++) await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  const open = { code: "PORTOLAN_CIRCUIT_OPEN", kind: "transient", retryAfterMs: 10_000, message: expect.stringContaining("status 500") };
  await expect(node.send({})).rejects.toMatchObject(open);
  await node.clock.advanceTo(10_000);
  const [first, second] = await Promise.allSettled([node.send({}), node.send({})]);
  expect([first, second]).toMatchObject([{ reason: { code: "PORTOLAN_REMOTE_FAILED" } }, { reason: { code: "PORTOLAN_CIRCUIT_OPEN" } }]);
  expect(node.got).toHaveLength(3);
  isDown = false;
  await node.clock.advanceTo(20_000);
  await node.send({});
  await node.send({});
  expect(node.got).toHaveLength(5);
});

test("requests beyond the rate wait for their turn in order, and no longer than the timeout", async () => {
  await using node = await openRemote((origin) => ({ post: origin, timeout: "1h", rateLimit: { requests: 2, per: "30m" } }));
  const times: number[] = [];
  const sends = Array.from({ length: 7 }, (_, n) => node.send({ n }).then(() => times.push(node.clock.now())));
  const settled = Promise.allSettled(sends);
  for (const [count, time] of [
    [2, 1_800_000],
    [4, 3_600_000],
  ] as const) {
    await expect.poll(() => times.length).toBe(count);
    await node.clock.advanceTo(time);
  }
  await settled;
  expect(times).toEqual([0, 0, 1_800_000, 1_800_000, 3_600_000, 3_600_000]);
  expect(node.got.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `{"n":${n}}`));
  expect((await settled).at(-1)).toMatchObject({ reason: { code: "PORTOLAN_THROTTLED", kind: "transient", retryAfterMs: 5_400_000 } });
});

test("a Retry-After of the system holds all requests back", async () => {
  await using node = await openRemote(
    (origin) => ({ post: origin, timeout: "1h", rateLimit: { requests: 100, per: "1s" } }),
    inTurn(status(429, { "retry-after": "5" }), accept),
  );
  await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  await node.whileWaiting(Promise.all([node.send({}), node.send({})]));
  expect(node.clock.now()).toBe(5000);
});

test("several clients of one system share what limits them", async () => {
  await using node = await openRemote((origin) => ({ post: `${origin}/a`, circuitBreaker: { failures: 1 } }), status(500));
  const other = await openTarget(restConnector, { get: `http://127.0.0.1:${node.port}/b`, circuitBreaker: { failures: 1 } }, node);
  await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  await expect(other.send(createMessage("m", {}), { mode: "call", key: "k" })).rejects.toMatchObject({ code: "PORTOLAN_CIRCUIT_OPEN" });
  await other.close();
  await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_CIRCUIT_OPEN" });
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
  ["identity, gzip", gzipSync],
])("a reply that is compressed as %s is read", async (coding, compress) => {
  const text = JSON.stringify({ text: "a".repeat(5000) });
  const answer: Answer = (_got, response) => void response.writeHead(200, { ...json, "content-encoding": coding }).end(compress(text));
  await using node = await openRemote((origin) => ({ get: origin, maxResponse: "5kb" }), answer);
  const reply = await node.send({});
  expect(reply?.body).toEqual(JSON.parse(text));
  expect(reply?.headers).not.toHaveProperty("content-encoding");
  await using small = await openRemote((origin) => ({ get: origin, maxResponse: "1kb" }), answer);
  await expect(small.send({})).rejects.toMatchObject({ code: "PORTOLAN_BODY_TOO_LARGE" });
});

test("a reply in a coding that nobody asked for, or that breaks off, is invalid", async () => {
  const encoded =
    (coding: string, body: Buffer): Answer =>
    (_got, response) =>
      void response.writeHead(200, { ...json, "content-encoding": coding }).end(body);
  await using strange = await openRemote((origin) => ({ get: origin }), encoded("x-rot13", Buffer.from("{}")));
  await expect(strange.send({})).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining("x-rot13") });
  await using broken = await openRemote((origin) => ({ get: origin }), encoded("gzip", gzipSync("[1,2,3]").subarray(0, 12)));
  await expect(broken.send({})).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining("no gzip") });
});

const moved =
  (code: number, location: string): Answer =>
  (got, response) =>
    got.url === "/new?x=1" ? accept(got, response) : status(code, { location })(got, response);

test("redirects within the origin are followed by requests that may be", async () => {
  await using node = await openRemote(
    (origin) => ({ get: `${origin}/old`, redirects: 2, secretHeaders: { "x-key": "k" } }),
    moved(302, "/new?x=1"),
  );
  expect(await node.send({})).toMatchObject({ body: { ok: true } });
  expect(node.got[1]).toMatchObject({ url: "/new?x=1", headers: { "x-key": "k" } });
  await using kept = await openRemote((origin) => ({ post: `${origin}/old`, redirects: 2 }), moved(308, "/new?x=1"));
  await kept.send({ a: 1 });
  expect(kept.got[1]).toMatchObject({ method: "POST", body: '{"a":1}', headers: { "idempotency-key": "m1/route/0" } });
  await using looked = await openRemote((origin) => ({ post: `${origin}/old`, redirects: 2 }), moved(303, "/new?x=1"));
  await looked.send({ a: 1 });
  expect(looked.got[1]).toMatchObject({ method: "GET", body: "" });
  await using found = await openRemote((origin) => ({ post: `${origin}/old`, redirects: 2 }), moved(302, "/new?x=1"));
  await expect(found.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED" });
  await using circle = await openRemote((origin) => ({ get: `${origin}/old`, redirects: 2 }), moved(302, "/old"));
  await expect(circle.send({})).rejects.toMatchObject({
    code: "PORTOLAN_REMOTE_REJECTED",
    message: expect.stringContaining("more than 2 times"),
  });
  expect([found.got.length, circle.got.length]).toEqual([1, 3]);
});

test("a redirect to another server is followed only where that is allowed, and without credentials", async () => {
  await using other = await openRemote((origin) => ({ get: origin }));
  const target = `http://127.0.0.1:${other.port}`;
  const client = (more: object) => (origin: string) => ({
    get: `${origin}/old`,
    redirects: 5,
    secretHeaders: { "x-key": "k" },
    auth: "token",
    ...more,
  });
  await using strict = await openRemote(client({}), moved(302, `${target}/there`));
  await expect(strict.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED" });
  expect(other.got).toEqual([]);
  await using open = await openRemote(client({ redirectsTo: [target] }), moved(302, `${target}/there`));
  expect(await open.send({})).toMatchObject({ body: { ok: true } });
  expect(open.got[0]?.headers).toMatchObject({ authorization: "Bearer token" });
  expect(other.got[0]).toMatchObject({ url: "/there" });
  for (const name of ["x-key", "authorization"]) expect(other.got[0]?.headers).not.toHaveProperty(name);
  await using local = await openRemote(client({ redirectsTo: [target] }), moved(302, "file:///etc/passwd"));
  await expect(local.send({})).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED" });
});

test("several servers are asked in turn, and one that is down is passed over", async () => {
  await using first = await openRemote((origin) => ({ get: origin }));
  await using second = await openRemote((origin) => ({ get: origin }));
  const servers = [first, second].map(({ port }) => `http://127.0.0.1:${port}/base`);
  const target = await openTarget(restConnector, { get: "https://erp.example/orders", servers, timeout: "1h", retry: {} }, first);
  const send = () => first.whileWaiting(target.send(createMessage("m", {}), { mode: "call", key: "k" }));
  for (let count = 0; count < 4; count++) await send();
  expect([first.got.length, second.got.length]).toEqual([2, 2]);
  expect(first.got[0]?.url).toBe("/base/orders");
  second.server.closeAllConnections();
  await new Promise((resolve) => second.server.close(resolve));
  for (let count = 0; count < 12; count++) await send();
  expect(first.got).toHaveLength(14);
  await target.close();
});

test("replies are kept as HTTP says, and asked for again only to see whether they have changed", async () => {
  let version = 1;
  const answer: Answer = (got, response) => {
    const etag = `"${version}"`;
    if (got.url === "/fresh") response.writeHead(200, { ...json, "cache-control": "max-age=600" }).end(String(version));
    else if (got.headers["if-none-match"] === etag) response.writeHead(304, { etag, "cache-control": "no-cache" }).end();
    else response.writeHead(200, { ...json, etag, "cache-control": "no-cache" }).end(String(version));
  };
  await using fresh = await openRemote((origin) => ({ get: `${origin}/fresh`, cache: {} }), answer);
  await using stale = await openRemote((origin) => ({ get: `${origin}/stale`, cache: {} }), answer);
  const bodies = async ({ send }: typeof fresh) => (await send({}))?.body;
  expect([await bodies(fresh), await bodies(fresh), fresh.got.length]).toEqual([1, 1, 1]);
  expect([await bodies(stale), await bodies(stale), stale.got.length]).toEqual([1, 1, 2]);
  version = 2;
  expect([await bodies(fresh), await bodies(stale), await bodies(stale)]).toEqual([1, 2, 2]);
  expect([fresh.got.length, stale.got.length]).toEqual([1, 4]);
});

test("tokens are fetched once, kept until they expire, and fetched anew when they are refused", async () => {
  const tokens: string[] = [];
  const valid = new Set<string>();
  const answer: Answer = (got, response) => {
    if (got.url === "/token") {
      tokens.push(`${got.headers.authorization} ${got.body}`);
      valid.add(`Bearer t${tokens.length}`);
      response.writeHead(200, json).end(JSON.stringify({ access_token: `t${tokens.length}`, token_type: "Bearer", expires_in: 100 }));
    } else status(valid.has(String(got.headers.authorization)) ? 200 : 401, json, "{}")(got, response);
  };
  const auth = (origin: string) => ({ clientId: "me:", clientSecret: "ü", tokenUrl: `${origin}/token`, scopes: ["read", "write"] });
  await using node = await openRemote((origin) => ({ get: `${origin}/a`, auth: auth(origin) }), answer);
  await Promise.all([node.send({}), node.send({}), node.send({})]);
  expect(tokens).toEqual([`Basic ${Buffer.from("me%3A:%C3%BC").toString("base64")} grant_type=client_credentials&scope=read+write`]);
  await node.clock.advanceTo(89_000);
  await node.send({});
  await node.clock.advanceTo(91_000);
  await node.send({});
  valid.clear();
  await node.send({});
  expect(tokens).toHaveLength(3);
  await using refusing = await openRemote(
    (origin) => ({ get: origin, auth: { ...auth(origin), clientAuthentication: "body" } }),
    (got, response) => (got.url === "/token" ? status(400, json, '{"error":"invalid_client"}')(got, response) : accept(got, response)),
  );
  await expect(refusing.send({})).rejects.toMatchObject({
    code: "PORTOLAN_REMOTE_REJECTED",
    message: expect.stringContaining("invalid_client"),
  });
  expect(refusing.got).toMatchObject([{ body: "grant_type=client_credentials&scope=read+write&client_id=me%3A&client_secret=%C3%BC" }]);
});

test("a token or a password is sent as HTTP says", async () => {
  await using bearer = await openRemote((origin) => ({ get: origin, auth: "t" }));
  await using basic = await openRemote((origin) => ({ get: origin, auth: { username: "me", password: "secret" } }));
  await Promise.all([bearer.send({}), basic.send({})]);
  expect([bearer.got[0]?.headers.authorization, basic.got[0]?.headers.authorization]).toEqual([
    "Bearer t",
    `Basic ${Buffer.from("me:secret").toString("base64")}`,
  ]);
});

test("requests go through a proxy, which says no in its own words", async () => {
  const asked: string[] = [];
  let isOpen = true;
  const proxy = createServer((incoming, response) => {
    asked.push(String(incoming.url));
    if (!isOpen) return response.writeHead(407).end("who are you?");
    const onward = request(String(incoming.url), { method: incoming.method, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    return incoming.pipe(onward);
  });
  const port = await listen(proxy);
  await using node = await openRemote((origin) => ({ get: `${origin}/a`, proxy: `http://127.0.0.1:${port}` }));
  expect(await node.send({})).toMatchObject({ body: { ok: true } });
  expect(asked).toEqual([`http://127.0.0.1:${node.port}/a`]);
  isOpen = false;
  await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", message: expect.stringContaining("Proxy") });
  expect(node.got).toHaveLength(1);
  proxy.closeAllConnections();
  proxy.close();
});

test.each([
  [{ redirectsTo: ["erp"] }, "redirectsTo: erp is no http or https URL"],
  [{ redirectsTo: ["https://a"] }, "redirects is 0"],
  [{ proxy: "socks5://a" }, "proxy: expected env"],
  [{ cache: {}, forward: ["Authorization"] }, "cache would show"],
  [{ auth: { username: "me" } }, "username and password belong together"],
  [{ auth: { clientId: "me", token: "t" } }, "clientId and clientSecret belong together"],
  [{ auth: { token: "t", username: "me", password: "p" } }, "expected one of: token"],
  [{ auth: "t", headers: { Authorization: "x" } }, "auth and the header authorization"],
  [{ variables: { a: "b" } }, "variables is about an operation of client"],
  [{ servers: [] }, "servers: there is none"],
  [{ retry: { delay: "1m" } }, "maxDelay is shorter than delay"],
  [{ rateLimit: { requests: 0, per: "1s" } }, "wrong value"],
])("the options %j are refused: %s", (options, why) => {
  expect(readRest(restConnector.target, { get: "http://a/", ...options }).faults.join("; ")).toContain(why);
});
