import { once } from "node:events";
import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect as connectTcp } from "node:net";
import { silentLogger } from "@portolan/core";
import { createCertificate, createRecordingLogger } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createHttpHost, openProxy, readProxy, type Door, type HttpHostOptions, type TlsMaterial } from "./index.ts";
import { startUpstream, systemClock } from "./proxy/proxy.test.support.ts";

const authority = createCertificate("test authority");
const server = createCertificate("server", authority);

const at = (method: Door["method"], path: string, handle: Door["handle"]): Door => ({ method, path, owner: "a test", handle });
const echo = at("POST", "/echo", async (exchange) => exchange.reply(200, { "set-cookie": ["a=1", "b=2"] }, await exchange.readBody()));
const about = at("GET", "/about/:id", (exchange) => {
  const { method, path, params, query, headers, callerAddress, origin, hasBody } = exchange;
  exchange.reply(
    200,
    {},
    JSON.stringify({
      method,
      path,
      params,
      query,
      host: headers["host"],
      callerAddress,
      scheme: origin.scheme,
      hasBody,
      names: Object.keys(headers),
    }),
  );
});

async function startTls(doors: readonly Door[], options: Partial<HttpHostOptions> = {}, material: Partial<TlsMaterial> = {}) {
  const host = createHttpHost({
    port: 0,
    log: silentLogger,
    tls: { material: { cert: server.cert, key: server.key, ...material } },
    ...options,
  });
  for (const door of doors) host.mount(door);
  const { origin, port } = await host.listen();
  return { host, origin, port, [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }) };
}

async function openSession(port: number) {
  const session = connectHttp2(`https://localhost:${port}`, { ca: authority.cert });
  session.on("error", () => undefined);
  await once(session, "connect");
  return Object.assign(session, { [Symbol.asyncDispose]: async () => session.destroy() });
}

async function answerOf(stream: ClientHttp2Stream): Promise<{ readonly headers: IncomingHttpHeaders; readonly text: string }> {
  const response = once(stream, "response");
  const text = stream.toArray().then((chunks) => Buffer.concat(chunks).toString());
  const [headers] = await response;
  return { headers, text: await text };
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string | Buffer) {
  const stream = session.request(headers);
  stream.end(body);
  return answerOf(stream);
}

async function askHttp1(port: number, path: string, options: RequestOptions = {}) {
  const request = httpsRequest({ host: "localhost", port, path, ca: authority.cert, agent: false, ...options }).end();
  const [response] = await once(request, "response");
  return { status: response.statusCode as number, text: Buffer.concat(await response.toArray()).toString() };
}

test("the same doors answer over HTTP/2 and HTTP/1.1 with TLS", async () => {
  await using node = await startTls([echo, about]);
  expect(node.origin).toBe(`https://127.0.0.1:${node.port}`);
  await using session = await openSession(node.port);
  const { headers, text } = await ask(session, { ":path": "/about/7?x=1&x=2", cookie: ["a=1", "b=2"] });
  expect([headers[":status"], typeof headers["x-request-id"], headers["content-length"]]).toEqual([200, "string", String(text.length)]);
  const expected = {
    method: "GET",
    path: "/about/7",
    params: { id: "7" },
    query: { x: ["1", "2"] },
    callerAddress: "127.0.0.1",
    scheme: "https",
    hasBody: false,
    host: `localhost:${node.port}`,
  };
  expect(JSON.parse(text)).toEqual({ ...expected, names: ["host", "cookie"] });
  expect(JSON.parse((await askHttp1(node.port, "/about/7?x=1&x=2")).text)).toEqual({ ...expected, names: ["host", "connection"] });

  const big = Buffer.alloc(900_000, "abc");
  const echoed = await ask(session, { ":method": "POST", ":path": "/echo" }, big);
  expect([echoed.text === big.toString(), echoed.headers["set-cookie"]]).toEqual([true, ["a=1", "b=2"]]);
  expect((await ask(session, { ":method": "HEAD", ":path": "/about/7" })).text).toBe("");
  expect((await ask(session, { ":method": "DELETE", ":path": "/echo" })).headers).toMatchObject({ ":status": 405, allow: "POST" });
  expect((await ask(session, { ":path": "/nowhere" })).headers).toMatchObject({
    ":status": 404,
    "content-type": "application/problem+json",
  });
});

test("many requests on one HTTP/2 connection are answered side by side", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  await using node = await startTls([at("GET", "/slow", async (exchange) => (await go, exchange.reply(200, {}, "slow"))), about]);
  await using session = await openSession(node.port);
  const slow = ask(session, { ":path": "/slow" });
  expect(
    (await Promise.all(Array.from({ length: 200 }, () => ask(session, { ":path": "/about/1" })))).every(({ text }) =>
      text.includes("/about/1"),
    ),
  ).toBe(true);
  resolve();
  expect((await slow).text).toBe("slow");
});

test("limits hold over HTTP/2: bodies 413, doors that take too long 504, headers refused", async () => {
  const stuck = at("GET", "/stuck", () => new Promise<void>(() => undefined));
  await using node = await startTls([echo, stuck], { limits: { maxBodyBytes: 1000, handlerTimeoutMs: 100, maxHeaderBytes: 4000 } });
  await using session = await openSession(node.port);
  expect((await ask(session, { ":method": "POST", ":path": "/echo" }, Buffer.alloc(1001))).headers[":status"]).toBe(413);
  expect((await ask(session, { ":method": "POST", ":path": "/echo", "content-length": 2000 }, Buffer.alloc(2000))).headers[":status"]).toBe(
    413,
  );
  expect((await ask(session, { ":path": "/stuck" })).headers[":status"]).toBe(504);
  const large = session.request({ ":path": "/echo", "x-a": "a".repeat(8000) });
  await expect(once(large, "response")).rejects.toThrow("ENHANCE_YOUR_CALM");
  await using other = await openSession(node.port);
  expect((await ask(other, { ":method": "POST", ":path": "/echo" }, "ok")).text).toBe("ok");
});

test("100 Continue, other expectations and a Host that contradicts the authority", async () => {
  await using node = await startTls([echo]);
  await using session = await openSession(node.port);
  const stream = session.request({ ":method": "POST", ":path": "/echo", expect: "100-continue" });
  await once(stream, "continue");
  stream.end("hi");
  expect((await answerOf(stream)).text).toBe("hi");
  expect((await ask(session, { ":method": "POST", ":path": "/echo", expect: "wonders" })).headers[":status"]).toBe(417);
  expect((await ask(session, { ":path": "/about/1", ":authority": "a.example", host: "b.example" })).headers[":status"]).toBe(400);
});

test("a caller who resets a stream ends its request, and nobody else's", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const waits = at("GET", "/wait", async ({ signal }) => {
    await once(signal, "abort");
    resolve(signal.reason);
  });
  await using node = await startTls([waits, about]);
  await using session = await openSession(node.port);
  const stream = session.request({ ":path": "/wait" });
  const other = ask(session, { ":path": "/about/1" });
  await other;
  stream.close(constants.NGHTTP2_CANCEL);
  expect(await told).toMatchObject({ code: "PORTOLAN_CALLER_GONE" });
  expect((await ask(session, { ":path": "/about/2" })).headers[":status"]).toBe(200);
});

test("a stream of a reply that fails is reset, so that nobody takes it for whole", async () => {
  async function* broken() {
    yield Buffer.from("half");
    await new Promise(setImmediate);
    throw new Error("gone");
  }
  await using node = await startTls([at("GET", "/half", (exchange) => exchange.replyStream(200, {}, broken())), about]);
  await using session = await openSession(node.port);
  const stream = session.request({ ":path": "/half" });
  stream.resume();
  const [error] = await once(stream, "error");
  expect(String(error)).toContain("INTERNAL_ERROR");
  expect((await ask(session, { ":path": "/about/2" })).headers[":status"]).toBe(200);
});

test("a proxy is reached over HTTP/2, both ways at once", async () => {
  await using upstream = await startUpstream((request, response) => {
    response.setHeader("x-proto", String(request.headers["x-forwarded-proto"]));
    request.pipe(response);
  });
  const proxy = await openProxy("test", readProxy({ path: "/*", targets: upstream.url }), { clock: systemClock, log: silentLogger });
  await using node = await startTls([]);
  proxy.mount(node.host);
  await using session = await openSession(node.port);
  const big = Buffer.alloc(3_000_000, "xyz");
  const { text, headers } = await ask(session, { ":method": "POST", ":path": "/x" }, big);
  expect([text === big.toString(), headers["x-proto"], headers["connection"]]).toEqual([true, "https", undefined]);
  await proxy.close();
});

test("a host that closes finishes HTTP/2 requests in process and then the connection", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const slow = at("GET", "/slow", async (exchange) => {
    begin();
    await go;
    exchange.reply(200, {}, "slow");
  });
  const node = await startTls([slow]);
  await using session = await openSession(node.port);
  const idle = await openSession(node.port);
  const answered = ask(session, { ":path": "/slow" });
  await begun;
  const closed = node.host.close();
  await once(idle, "close");
  resolve();
  expect((await answered).text).toBe("slow");
  await closed;
});

test("an HTTP/2 request that outlives the deadline of closing is told 503", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const stuck = at("GET", "/stuck", () => {
    begin();
    return new Promise<void>(() => undefined);
  });
  const node = await startTls([stuck]);
  await using session = await openSession(node.port);
  const answered = ask(session, { ":path": "/stuck" });
  await begun;
  await node.host.close({ deadlineMs: 1 });
  expect((await answered).headers[":status"]).toBe(503);
});

test("callers without a certificate of the authority are not let in where one is asked for", async () => {
  await using node = await startTls([about], {}, { clientCa: authority.cert });
  const client = createCertificate("client", authority);
  expect((await askHttp1(node.port, "/about/1", { cert: client.cert, key: client.key })).status).toBe(200);
  const stranger = createCertificate("stranger");
  for (const one of [{}, { cert: stranger.cert, key: stranger.key }])
    await expect(askHttp1(node.port, "/about/1", one)).rejects.toThrow(/ECONNRESET|certificate|alert|hang up/);
});

test("a certificate that is replaced is used by the next connection, and one that is none is not", async () => {
  const log = createRecordingLogger();
  let change: (material: TlsMaterial) => void = () => undefined;
  let unwatched = false;
  const watch = (onChange: typeof change) => {
    change = onChange;
    return () => void (unwatched = true);
  };
  const node = await startTls([about], { log, tls: { material: { cert: server.cert, key: server.key }, watch } });
  await using session = await openSession(node.port);
  const nextAuthority = createCertificate("next authority");
  const next = createCertificate("next", nextAuthority);
  change({ cert: next.cert, key: server.key });
  expect((await askHttp1(node.port, "/about/1")).status).toBe(200);
  change({ cert: next.cert, key: next.key });
  expect((await askHttp1(node.port, "/about/1", { ca: nextAuthority.cert })).status).toBe(200);
  await expect(askHttp1(node.port, "/about/1")).rejects.toThrow(/certificate/);
  expect((await ask(session, { ":path": "/about/1" })).headers[":status"]).toBe(200);
  expect(log.entries.map(({ level }) => level)).toEqual(["error", "info"]);
  session.destroy();
  await node.host.close({ deadlineMs: 0 });
  expect(unwatched).toBe(true);
});

test("a certificate that cannot be used is refused at once", () => {
  const other = createCertificate("other");
  for (const material of [
    { cert: "none", key: server.key },
    { cert: server.cert, key: other.key },
  ])
    expect(() => createHttpHost({ port: 0, log: silentLogger, tls: { material } })).toThrow(
      expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID" }),
    );
});

test("plain HTTP on a port with TLS, and noise, hurt nobody", async () => {
  await using node = await startTls([about]);
  for (const text of ["GET /about/1 HTTP/1.1\r\nHost: a\r\n\r\n", "\0\0\0\0\0\0"]) {
    const socket = connectTcp(node.port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    socket.write(text);
    await once(socket, "close");
  }
  expect((await askHttp1(node.port, "/about/1")).status).toBe(200);
});
