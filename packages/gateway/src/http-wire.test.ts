import { once } from "node:events";
import { connect } from "node:net";
import { silentLogger } from "@portolan/core";
import { expect, test } from "vitest";
import { createHttpHost, type Door, type Exchange, type HttpHostOptions } from "./index.ts";

interface Wire {
  send(text: string): void;
  /** What came so far, once it contains the text. */
  until(text: string): Promise<string>;
  /** All that came, once the host has closed the connection. */
  readonly closed: Promise<string>;
  end(): void;
}

async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let received = "";
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  socket.setEncoding("latin1").on("data", (chunk: string) => void (received += chunk));
  socket.on("error", () => undefined).on("close", () => resolve(received));
  return {
    send: (text) => void socket.write(text),
    async until(text) {
      while (!received.includes(text))
        await Promise.race([once(socket, "data"), closed.then(() => Promise.reject(new Error(`closed after: ${received}`)))]);
      return received;
    },
    closed,
    end: () => void socket.destroy(),
  };
}

async function startHost(handle: (exchange: Exchange) => void | Promise<void>, options: Partial<HttpHostOptions> = {}) {
  const host = createHttpHost({ port: 0, log: silentLogger, ...options });
  const at = (method: Door["method"], path: string): Door => ({ method, path, owner: "a test", handle });
  for (const method of ["GET", "POST"] as const) host.mount(at(method, "/a"));
  const { port } = await host.listen();
  return { host, port, [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }) };
}

const echo = async (exchange: Exchange) => exchange.reply(200, {}, `<${Buffer.from(await exchange.readBody()).toString()}>`);

/** The answer to raw bytes, and what reached the door. */
async function probe(text: string) {
  const reached: string[] = [];
  await using node = await startHost(async (exchange) => {
    reached.push(exchange.method);
    await echo(exchange);
  });
  const wire = await openWire(node.port);
  wire.send(text);
  const answer = await wire.until("\r\n\r\n");
  wire.end();
  return { status: Number(answer.slice(9, 12)), reached, answer };
}

const HEAD = "POST /a HTTP/1.1\r\n";

test.each([
  ["two Hosts", `${HEAD}Host: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n`],
  ["two equal Hosts", `${HEAD}Host: a\r\nhost: a\r\nContent-Length: 0\r\n\r\n`],
  ["no Host", `${HEAD}Content-Length: 0\r\n\r\n`],
  ["a Host that is a list", `${HEAD}Host: a, b\r\nContent-Length: 0\r\n\r\n`],
  ["a Host with a path", `${HEAD}Host: a/b\r\nContent-Length: 0\r\n\r\n`],
  ["a Host with a user", `${HEAD}Host: x@a\r\nContent-Length: 0\r\n\r\n`],
  ["two Content-Lengths", `${HEAD}Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
  ["two equal Content-Lengths", `${HEAD}Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na`],
  ["a Content-Length that is a list", `${HEAD}Host: a\r\nContent-Length: 1, 1\r\n\r\na`],
  ["a signed Content-Length", `${HEAD}Host: a\r\nContent-Length: +1\r\n\r\na`],
  ["Content-Length and Transfer-Encoding", `${HEAD}Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["an unknown Transfer-Encoding", `${HEAD}Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["a coding besides chunked", `${HEAD}Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["a blank before the colon", `${HEAD}Host: a\r\nContent-Length : 1\r\n\r\na`],
  ["a folded header", `${HEAD}Host: a\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  ["a bare line feed", `${HEAD}Host: a\nContent-Length: 0\r\n\r\n`],
  ["a NUL in a header", `${HEAD}Host: a\r\nX-A: b\0c\r\nContent-Length: 0\r\n\r\n`],
  ["HTTP/1.0 with Transfer-Encoding", "POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["no HTTP at all", "hello\r\n\r\n"],
])("%s is refused with 400 before any door", async (_name, text) => {
  const { status, reached, answer } = await probe(text);
  expect({ status, reached }).toEqual({ status: 400, reached: [] });
  expect(answer.toLowerCase()).toContain("connection: close");
});

test.each(["a", "a:80", "a.example.:8080", "127.0.0.1:1", "[::1]:80", "xn--grn-joa.example", ""])("the Host %j is fine", async (host) => {
  expect((await probe(`${HEAD}Host: ${host}\r\nContent-Length: 1\r\n\r\na`)).status).toBe(200);
});

test("headers beyond the limit are 431", async () => {
  const { status, reached } = await probe(`${HEAD}Host: a\r\nX-A: ${"a".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`);
  expect({ status, reached }).toEqual({ status: 431, reached: [] });
});

test("more headers than node:http keeps by default all arrive", async () => {
  await using node = await startHost((exchange) => exchange.reply(200, {}, `${Object.keys(exchange.headers).length} headers`), {
    limits: { maxHeaderBytes: 200_000 },
  });
  const wire = await openWire(node.port);
  wire.send(`GET /a HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 3000 }, (_, n) => `x-${n}: 1\r\n`).join("")}\r\n`);
  expect(await wire.until("headers")).toContain("3001 headers");
  wire.end();
});

test("HTTP/1.0 with a length is served and its connection closed", async () => {
  await using node = await startHost(echo);
  const wire = await openWire(node.port);
  wire.send("POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");
  expect(await wire.closed).toContain("<hi>");
});

test("a request in absolute form finds its door", async () => {
  expect((await probe("POST http://shop.example/a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1\r\n\r\na")).status).toBe(200);
});

test("requests sent ahead are answered in their order on one connection", async () => {
  await using node = await startHost(echo);
  const wire = await openWire(node.port);
  const one = (body: string) => `${HEAD}Host: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  wire.send(one("1") + one("22") + one("333"));
  const all = await wire.until("<333>");
  expect(all.match(/<\d+>/g)).toEqual(["<1>", "<22>", "<333>"]);
  wire.end();
});

test("a request in process is answered although what follows it is no HTTP", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  await using node = await startHost(async (exchange) => {
    await go;
    await echo(exchange);
  });
  const wire = await openWire(node.port);
  wire.send(`${HEAD}Host: a\r\nContent-Length: 2\r\n\r\nhi\0garbage\r\n\r\n`);
  // The host has met the garbage when it has answered a request that came later.
  const other = await openWire(node.port);
  other.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
  await other.until("live");
  other.end();
  resolve();
  const answer = await wire.closed;
  expect(answer).toContain("200 OK");
  expect(answer).toContain("<hi>");
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("a body that breaks off in the middle is 400, and the door is told", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  await using node = await startHost((exchange) =>
    echo(exchange).catch((error: unknown) => {
      resolve(error);
      throw error;
    }),
  );
  const wire = await openWire(node.port);
  wire.send(`${HEAD}Host: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n`);
  expect(await wire.closed).toContain("400 Bad Request");
  expect(await told).toMatchObject({ code: "PORTOLAN_CALLER_GONE" });
});

test("100 Continue is sent when the door wants the body, and not for one that is too large", async () => {
  await using node = await startHost(echo, { limits: { maxBodyBytes: 10 } });
  const wanted = await openWire(node.port);
  wanted.send(`${HEAD}Host: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
  expect(await wanted.until("\r\n\r\n")).toContain("100 Continue");
  wanted.send("hi");
  expect(await wanted.until("<hi>")).toContain("200 OK");
  wanted.end();

  const refused = await openWire(node.port);
  refused.send(`${HEAD}Host: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n`);
  const answer = await refused.closed;
  expect(answer).toContain("413 ");
  expect(answer).not.toContain("100 Continue");

  const unknown = await openWire(node.port);
  unknown.send(`${HEAD}Host: a\r\nContent-Length: 0\r\nExpect: wonders\r\n\r\n`);
  expect(await unknown.until("\r\n\r\n")).toContain("417 ");
  unknown.end();
});

test("a caller that is still sending sees the 413, and one that never stops is cut off", async () => {
  await using node = await startHost(echo, { limits: { maxBodyBytes: 100_000 } });
  const wire = await openWire(node.port);
  wire.send(`${HEAD}Host: a\r\nContent-Length: 150000\r\n\r\n`);
  await wire.until("413 ");
  wire.send("x".repeat(150_000));
  wire.send(`${HEAD}Host: a\r\nContent-Length: 2\r\n\r\nhi`);
  expect(await wire.closed).toContain("413 ");

  const reused = await openWire(node.port);
  reused.send(`${HEAD}Host: a\r\nTransfer-Encoding: chunked\r\n\r\n186A1\r\n${"x".repeat(100_001)}\r\n`);
  await reused.until("413 ");
  reused.send(`0\r\n\r\n${HEAD}Host: a\r\nContent-Length: 2\r\n\r\nhi`);
  await reused.until("<hi>");
  reused.end();
});

test("a body that the door does not read does not disturb the next request", async () => {
  await using node = await startHost((exchange) => exchange.reply(200, {}, `<${exchange.method}>`));
  const wire = await openWire(node.port);
  wire.send(`GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${HEAD}Host: a\r\nContent-Length: 0\r\n\r\n`);
  expect((await wire.until("<POST>")).match(/<\w+>/g)).toEqual(["<GET>", "<POST>"]);
  wire.end();
});

test("headers and bodies that do not come in time are 408", async () => {
  await using node = await startHost(echo, { limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 } });
  const headers = await openWire(node.port);
  headers.send("POST /a HTTP/1.1\r\nHost:");
  expect(await headers.closed).toContain("408 Request Timeout");
  const body = await openWire(node.port);
  body.send(`${HEAD}Host: a\r\nContent-Length: 2\r\n\r\nh`);
  expect(await body.closed).toContain("408 Request Timeout");
});

test("closing finishes what is in process, refuses what comes, and lets go of idle connections", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const node = await startHost(async (exchange) => {
    begin();
    await go;
    await echo(exchange);
  });
  const idle = await openWire(node.port);
  idle.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
  await idle.until("live");
  const silent = await openWire(node.port);
  const busy = await openWire(node.port);
  busy.send(`${HEAD}Host: a\r\nContent-Length: 2\r\n\r\nhi`);
  await begun;
  const closed = node.host.close();
  await Promise.all([idle.closed, silent.closed]);
  await expect(openWire(node.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  busy.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  resolve();
  const answer = await busy.closed;
  expect(answer).toContain("<hi>");
  expect(answer.toLowerCase()).toContain("connection: close");
  await closed;
  expect(node.host.address).toBeUndefined();
  await node.host.close();
});

test("a request that outlives the deadline of closing is told 503, and its connection cut", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const node = await startHost(async (exchange) => {
    begin();
    await once(exchange.signal, "abort");
    resolve(exchange.signal.reason);
  });
  const wire = await openWire(node.port);
  wire.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  await begun;
  await node.host.close({ deadlineMs: 1 });
  expect(await wire.closed).toContain("503 ");
  expect(await told).toMatchObject({ code: "PORTOLAN_STOPPING" });
});

test("callers that vanish at any moment leave nothing behind", async () => {
  await using node = await startHost(async (exchange) => {
    await exchange.readBody();
    await new Promise(setImmediate);
    exchange.reply(200, {}, "x".repeat(100_000));
  });
  const request = `${HEAD}Host: a\r\nContent-Length: 2000\r\n\r\n${"y".repeat(2000)}`;
  for (let length = 0; length < 200; length++) {
    const wire = await openWire(node.port);
    wire.send(request.slice(0, length * 15).repeat(1 + (length % 3)));
    if (length % 2 === 0) await new Promise(setImmediate);
    wire.end();
  }
  const wire = await openWire(node.port);
  wire.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await wire.until("live")).toContain("200 OK");
  wire.end();
  // Would take the whole time of the test if a connection or a request were left.
  await node.host.close({ deadlineMs: 60_000 });
});
