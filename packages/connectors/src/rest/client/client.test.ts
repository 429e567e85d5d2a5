import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { createMessage } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openTarget, targetConformance } from "@portolan/testkit";
import { describe, expect, it, test } from "vitest";
import { readRest } from "../door.test.support.ts";
import { restConnector, type ClientInput } from "../index.ts";
import { accept, listen, openRemote as open, status, type Answer } from "./remote.test.support.ts";

describe("the rest client", () => {
  targetConformance(
    async () => {
      const node = await open((origin) => ({ post: `${origin}/orders/{id}` }));
      return {
        target: node.target,
        sample: (index) => ({ body: { id: index + 1 } }),
        received: async () => node.got.map(({ body }) => JSON.parse(body) as unknown),
        bad: [
          { title: "a placeholder without a value", body: {}, kind: "invalid", code: "PORTOLAN_ADDRESS_EMPTY" },
          { title: "a value that leaves the path", body: { id: ".." }, kind: "invalid", code: "PORTOLAN_ADDRESS_DENIED" },
          { title: "a body that is no data", body: { id: 1, big: 1n }, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" },
        ],
        dispose: () => node[Symbol.asyncDispose](),
      };
    },
    { describe, it },
  );
});

test("a message is sent as JSON with its key, and the reply comes back with its headers", async () => {
  await using node = await open((origin) => ({ post: `${origin}/orders` }));
  const reply = await node.send({ id: 7, name: "grün" });
  expect(node.got).toMatchObject([
    {
      method: "POST",
      url: "/orders",
      body: '{"id":7,"name":"grün"}',
      headers: { "content-type": "application/json", "idempotency-key": "m1/route/0", "accept-encoding": "gzip, deflate, br, zstd" },
    },
  ]);
  expect(reply).toEqual({ body: { ok: true }, headers: expect.objectContaining({ "http-status": 200, "x-served-by": "a" }) });
  expect(reply?.headers).not.toHaveProperty("set-cookie");
  expect(reply?.headers).not.toHaveProperty("connection");
});

test("placeholders take fields of the body, then headers, and encode them", async () => {
  await using node = await open((origin) => ({ get: `${origin}/a/{customer.id}/{tenant}?q={header.q}&n={n}&fixed=%20` }));
  await node.send({ customer: { id: "a/b?c#d" }, n: 0 }, { Tenant: "grün", q: "x&y", n: "header" });
  expect(node.got[0]?.url).toBe("/a/a%2Fb%3Fc%23d/gr%C3%BCn?q=x%26y&n=0&fixed=%20");
  await expect(node.send({ customer: "x", n: 1 }, { tenant: "t", q: "q" })).rejects.toMatchObject({
    code: "PORTOLAN_ADDRESS_EMPTY",
    message: expect.stringContaining("{customer.id}, found nothing"),
  });
  await expect(node.send({ customer: { id: {} }, n: 1 }, { tenant: "t", q: "q" })).rejects.toMatchObject({ kind: "invalid" });
});

test("methods without a body send none and no key, others send the key under the name that was asked for", async () => {
  await using get = await open((origin) => ({ get: origin }));
  await get.send({ a: 1 });
  expect([get.got[0]?.method, get.got[0]?.url, get.got[0]?.body]).toEqual(["GET", "/", ""]);
  expect(get.got[0]?.headers).not.toHaveProperty("idempotency-key");
  expect(get.got[0]?.headers).not.toHaveProperty("content-type");
  await using remove = await open((origin) => ({ delete: `${origin}/{id}`, idempotencyHeader: "X-Key" }));
  await remove.send({ id: 1 }, {}, { key: "größe\r\n/0" });
  expect([remove.got[0]?.method, remove.got[0]?.body, remove.got[0]?.headers["x-key"]]).toEqual(["DELETE", "", "gr%C3%B6%C3%9Fe%0D%0A/0"]);
});

test("headers are those of the options, and of the message only those to be forwarded", async () => {
  await using node = await open((origin) => ({
    put: origin,
    headers: { "X-Fixed": "1", accept: "text/csv" },
    secretHeaders: { Authorization: "Bearer t" },
    forward: ["traceparent", "x-list"],
  }));
  await node.send({}, { traceparent: "00-1", "x-list": ["a", "ü\r\nevil: 1"], "x-inside": "no", authorization: "other" });
  const { headers } = node.got[0] ?? {};
  expect(headers).toMatchObject({
    "x-fixed": "1",
    accept: "text/csv",
    authorization: "Bearer t",
    traceparent: "00-1",
    "x-list": "a, %C3%BC%0D%0Aevil: 1",
  });
  expect(headers).not.toHaveProperty("x-inside");
  expect(headers).not.toHaveProperty("evil");
});

test("bodies are sent in the format of the options, and replies read by their own", async () => {
  await using node = await open(
    (origin) => ({ post: origin, format: { csv: { delimiter: ";" } } }),
    (got, response) => void response.writeHead(200, { "content-type": got.headers["content-type"] }).end("a,b\n1,2\n"),
  );
  expect(await node.send([{ a: 1, b: 2 }])).toMatchObject({ body: [{ a: "1", b: "2" }] });
  expect(node.got[0]).toMatchObject({
    headers: { "content-type": expect.stringContaining("text/csv") },
    body: expect.stringMatching(/^a;b\r?\n1;2/),
  });
});

test.each([
  ["nothing", 204, undefined, "", null],
  ["an empty body", 200, "application/json", "", null],
  ["a text of a type without a format", 200, "text/html", "<p>", "<p>"],
  ["JSON of a vendor's type", 200, "application/vnd.a+json", "[1]", [1]],
  ["bytes", 200, "image/png", "x", Buffer.from("x")],
  ["bytes of no type", 200, undefined, "x", Buffer.from("x")],
])("a reply that is %s is read", async (_name, code, type, text, expected) => {
  await using node = await open((origin) => ({ get: origin }), status(code, type === undefined ? {} : { "content-type": type }, text));
  expect((await node.send({}))?.body).toEqual(expected);
});

test.each([408, 425, 429, 500, 502, 503, 504])("status %i is transient", async (code) => {
  await using node = await open((origin) => ({ post: `${origin}/a?key=secret` }), status(code, {}, "not now"));
  const error = {
    code: "PORTOLAN_REMOTE_FAILED",
    kind: "transient",
    retryAfterMs: undefined,
    endpoint: `POST http://127.0.0.1:${node.port}/a`,
  };
  await expect(node.send({})).rejects.toMatchObject({ ...error, message: `${error.endpoint} answered ${code}: not now` });
});

test.each([301, 400, 401, 404, 409, 422])("status %i is a refusal", async (code) => {
  await using node = await open(
    (origin) => ({ post: origin }),
    status(code, { location: "http://10.0.0.1/" }, `{"error":\n "${"x".repeat(500)}"}`),
  );
  await expect(node.send({})).rejects.toMatchObject({
    code: "PORTOLAN_REMOTE_REJECTED",
    kind: "rejected",
    message: expect.stringMatching(new RegExp(`answered ${code}: \\{"error": "x{200,300}…$`)),
  });
  expect(node.got).toHaveLength(1);
});

test("a Retry-After is told, in seconds or as a date", async () => {
  const after = async (value: string) => {
    await using node = await open((origin) => ({ post: origin }), status(503, { "retry-after": value }));
    return node.send({}).catch((error: unknown) => (error as { retryAfterMs?: number }).retryAfterMs);
  };
  expect(await after("120")).toBe(120_000);
  // The virtual clock starts at 0.
  expect(await after("Thu, 01 Jan 1970 00:00:30 GMT")).toBe(30_000);
  expect(await after("Wed, 31 Dec 1969 23:59:59 GMT")).toBe(0);
  expect(await after("soon")).toBeUndefined();
});

test("a reply that cannot be read, is compressed or too large is invalid and names the endpoint", async () => {
  const refused = async (answer: Answer, more: ClientInput = {}) => {
    await using node = await open((origin) => ({ get: origin, ...more }), answer);
    return node.send({}).catch((error: unknown) => error);
  };
  const json = { "content-type": "application/json" };
  const invalid = { kind: "invalid", endpoint: expect.stringContaining("GET http://127.0.0.1") };
  expect(await refused(status(200, json, '{"a":'))).toMatchObject({
    ...invalid,
    code: "PORTOLAN_FORMAT_INVALID",
    message: expect.stringContaining("line 1"),
  });
  expect(await refused(status(200, { ...json, "content-encoding": "gzip" }, "x"))).toMatchObject({
    ...invalid,
    code: "PORTOLAN_FORMAT_INVALID",
  });
  expect(await refused(status(200, json, "x".repeat(2000)), { maxResponse: "1kb" })).toMatchObject({
    ...invalid,
    code: "PORTOLAN_BODY_TOO_LARGE",
  });
});

test("a one-way send reads no reply", async () => {
  await using node = await open((origin) => ({ post: origin }), status(200, { "content-type": "application/json" }, "{"));
  expect(await node.send({}, {}, { mode: "to" })).toBeUndefined();
});

test("a system that is silent is a timeout by the clock, and the client works on", async () => {
  let isSilent = true;
  await using node = await open(
    (origin) => ({ post: origin, timeout: "5s", maxConnections: 1 }),
    (got, response) => {
      if (!isSilent) accept(got, response);
    },
  );
  const silent = node.send({ n: 1 });
  const waiting = node.send({ n: 2 });
  await expect.poll(() => node.got.length).toBe(1);
  const failures = Promise.allSettled([silent, waiting]);
  await node.clock.advanceTo(5000);
  expect(await failures).toMatchObject([
    { reason: { code: "PORTOLAN_TIMEOUT", kind: "transient" } },
    { reason: { code: "PORTOLAN_TIMEOUT", kind: "transient" } },
  ]);
  isSilent = false;
  expect(await node.send({ n: 3 })).toMatchObject({ body: { ok: true } });
});

test("an aborted send rejects with the reason of the signal", async () => {
  await using node = await open(
    (origin) => ({ post: origin }),
    () => {},
  );
  const cancelling = new AbortController();
  const sending = node.send({}, {}, { signal: cancelling.signal });
  await expect.poll(() => node.got.length).toBe(1);
  const reason = new Error("cancelled by the route");
  cancelling.abort(reason);
  await expect(sending).rejects.toBe(reason);
  await expect(node.send({}, {}, { signal: cancelling.signal })).rejects.toBe(reason);
});

test("a connection that is refused or breaks is transient, and works again once the system is back", async () => {
  await using node = await open((origin) => ({ post: origin, maxConnections: 2 }));
  await node.send({ n: 1 });
  node.server.closeAllConnections();
  await new Promise((resolve) => node.server.close(resolve));
  for (let n = 0; n < 5; n++)
    await expect(node.send({ n: 2 })).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
  await listen(node.server, node.port);
  expect(await Promise.all([node.send({ n: 3 }), node.send({ n: 4 }), node.send({ n: 5 })])).toHaveLength(3);
  expect(node.got.map(({ body }) => body).toSorted()).toEqual(['{"n":1}', '{"n":3}', '{"n":4}', '{"n":5}']);
});

test("an answer that breaks off, or is no HTTP, is transient", async () => {
  const answers = ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "what?\r\n\r\n", ""];
  for (const text of answers) {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.once("data", () => socket.end(text));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const services = { ...createFormats(), directory: "." };
    const target = await openTarget(restConnector, { post: `http://127.0.0.1:${port}` }, { clock: createVirtualClock(), services });
    const sending = target.send(createMessage("m1", {}), { mode: "call", key: "k" });
    await expect(sending).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
    await target.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("a TLS handshake that fails is transient and said to be one", async () => {
  const server = createTcpServer((socket) => void socket.on("error", () => {}).once("data", () => socket.end("no TLS here"))).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const services = { ...createFormats(), directory: "." };
  const target = await openTarget(restConnector, { get: `https://127.0.0.1:${port}` }, { clock: createVirtualClock(), services });
  await expect(target.send(createMessage("m1", {}), { mode: "call", key: "k" })).rejects.toMatchObject({
    code: "PORTOLAN_CONNECTION_FAILED",
    kind: "transient",
    message: expect.stringContaining("TLS"),
  });
  await target.close();
  server.close();
});

test("a closed client says so", async () => {
  const node = await open((origin) => ({ post: origin }));
  await node.target.close();
  await expect(node.send({})).rejects.toMatchObject({ code: "PORTOLAN_STOPPING" });
  node.server.close();
});

test("a computed address is posted to, with its braces as data", async () => {
  await using node = await open((origin) => ({ get: origin }));
  const { address, open: openAddress } = restConnector.target ?? {};
  expect(address?.schemes).toEqual(["http", "https"]);
  const options = address?.options(`http://127.0.0.1:${node.port}/hook/{id}`);
  const services = { ...createFormats(), directory: "." };
  const context = { clock: node.clock, random: { next: () => 0.5 }, log: { log() {} }, services, expression: () => () => undefined };
  const target = await openAddress?.(options ?? {}, context);
  await target?.send(createMessage("m1", { id: 1 }), { mode: "to", key: "k" });
  await target?.close();
  expect(node.got).toMatchObject([{ method: "POST", url: "/hook/%7Bid%7D", body: '{"id":1}' }]);
});

test.each([
  [{}, "expected one method"],
  [{ post: "ftp://a/" }, "absolute http or https URL"],
  [{ post: "/orders" }, "absolute http or https URL"],
  [{ post: "http://user:secret@a/" }, "without user or password"],
  [{ post: "http://{host}/a" }, "placeholders in path and query only"],
  [{ post: "http://a/{x" }, "a brace is not closed"],
  [{ post: "http://a/{x$}" }, "{x$} is no placeholder"],
  [{ post: "http://a/b/../c" }, "no segments . or .."],
  [{ post: "http://a/#x" }, "no fragment"],
  [{ post: "http://a/ü" }, "percent-encoded"],
  [{ post: "http://a", headers: { "a b": "c" } }, '"a b" is no name'],
  [{ post: "http://a", headers: { "x-a": "a\nb" } }, "x-a has characters"],
  [{ post: "http://a", headers: { Host: "b" } }, "set by the client itself"],
  [{ post: "http://a", headers: { a: "1" }, secretHeaders: { A: "2" } }, "given twice"],
])("the options %j are refused: %s", (options, why) => {
  const { faults } = readRest(restConnector.target, options);
  expect(faults.join("; ")).toContain(why);
});

test("a client is described without the query, and variables are put into URL and headers", () => {
  const { value } = readRest(restConnector.target, {
    post: "https://a.example/b/{id}?key=${KEY}",
    secretHeaders: { authorization: "Bearer ${TOKEN}" },
  });
  expect(restConnector.target?.describe(value ?? {})).toBe("POST https://a.example/b/{id}");
  expect(value).toMatchObject({
    post: "https://a.example/b/{id}?key=value-of-KEY",
    secretHeaders: { authorization: "Bearer value-of-TOKEN" },
  });
});
