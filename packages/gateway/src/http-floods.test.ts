import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "@portolan/core";
import { createCertificate } from "@portolan/testkit";
import { expect, test } from "vitest";
import { createHttpHost, type Exchange, type HttpHostOptions } from "./index.ts";

const MB = 1024 * 1024;

/** A host with one door that counts what reaches it, and takes whole bodies. */
async function startHost(options: Partial<HttpHostOptions> = {}) {
  const host = createHttpHost({ port: 0, log: silentLogger, ...options });
  const seen = { asked: 0, answered: 0 };
  const handle = async (exchange: Exchange) => {
    seen.asked += 1;
    const { length } = await exchange.readBody();
    seen.answered += 1;
    exchange.reply(200, {}, `<${length}>`);
  };
  for (const method of ["GET", "POST"] as const) host.mount({ method, path: "/a", owner: "a test", handle });
  const { port } = await host.listen();
  return { host, port, seen, [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }) };
}

/** Sends bytes, then ends its side or not, and answers all that comes until the host closes. */
async function conversation(port: number, parts: Iterable<string | Buffer>, { half = false } = {}): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  let received = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => void (received += chunk.slice(0, 100_000)));
  socket.on("end", () => socket.end());
  const closed = new Promise((resolve) => socket.on("close", resolve));
  for (const part of parts) {
    if (socket.destroyed) break;
    if (!socket.write(part)) await Promise.race([once(socket, "drain").catch(() => undefined), closed]);
  }
  if (half) socket.end();
  await closed;
  return received;
}

function grownBy(before: number): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() - before;
}

const HEAD = "POST /a HTTP/1.1\r\nHost: a\r\n";

test.each([
  ["a length", [`${HEAD}Content-Length: 10\r\n\r\nhalf`]],
  ["chunks", [`${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`]],
  ["half a chunk", [`${HEAD}Transfer-Encoding: chunked\r\n\r\n8\r\nhalf`]],
  ["half a head", ["POST /a HTTP/1.1\r\nHost: a\r\nContent-Le"]],
])("a body of %s whose caller ends early is 400, and no door takes it for whole", async (_name, parts) => {
  await using node = await startHost();
  expect(await conversation(node.port, parts, { half: true })).toMatch(/^HTTP\/1.1 400 [^]*problem\+json/);
  expect(node.seen.answered).toBe(0);
});

test.each([
  ["one header of 10 MB", () => filled("X-A: ", 10 * MB)],
  ["10 MB of small headers", () => repeated("X-A: b\r\n", (10 * MB) / 8)],
  ["a path of 10 MB", () => filled("", 10 * MB)],
])("%s is 431 without being kept", async (name, bytes) => {
  await using node = await startHost();
  const before = process.memoryUsage.rss();
  const start = name.startsWith("a path") ? "GET /" : HEAD;
  const parts = [start, ...bytes()];
  for (let time = 0; time < 25; time++) expect(await conversation(node.port, parts)).toMatch(/^HTTP\/1.1 431 [^]*problem\+json/);
  expect([node.seen.asked, grownBy(before) < 150 * MB]).toEqual([0, true]);
});

function filled(prefix: string, size: number): Buffer[] {
  const piece = Buffer.alloc(65_536, "a");
  return [Buffer.from(prefix), ...Array.from({ length: size / 65_536 }, () => piece)];
}

function repeated(line: string, times: number): Buffer[] {
  const piece = Buffer.from(line.repeat(8192));
  return Array.from({ length: Math.ceil(times / 8192) }, () => piece);
}

test("endless chunk extensions are 413, endless trailers 431", async () => {
  await using node = await startHost();
  const start = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  expect(await conversation(node.port, [`${start}1;`, ...filled("x=", MB)])).toMatch(/^HTTP\/1.1 413 /);
  expect(await conversation(node.port, [`${start}1\r\na\r\n0\r\n`, ...repeated("X-A: b\r\n", MB / 8)])).toMatch(
    /^(HTTP\/1.1 (431|400) |$)/,
  );
  expect(node.seen.answered).toBe(0);
});

test("10,000 requests sent ahead on one connection are answered in turn, and few are in memory at a time", async () => {
  await using node = await startHost();
  const before = process.memoryUsage.rss();
  const one = `${HEAD}Content-Length: 1000\r\n\r\n${"x".repeat(1000)}`;
  const batch = one.repeat(100);
  const parts = [...Array.from({ length: 99 }, () => batch), one.repeat(99), one.replace("Host: a", "Host: a\r\nConnection: close")];
  const answer = await conversation(node.port, parts);
  expect(answer.match(/<1000>/g)).toHaveLength(10_000);
  expect(grownBy(before)).toBeLessThan(150 * MB);
});

test("callers who send a byte now and then are let go after the time limit, and others are served meanwhile", async () => {
  await using node = await startHost({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 300 } });
  const slow = ["POST /a HTTP/1.1\r\nHos", `${HEAD}Content-Length: 1000\r\n\r\n`].flatMap((start) =>
    Array.from({ length: 50 }, () => drip(node.port, start)),
  );
  expect(await conversation(node.port, [`${HEAD}Content-Length: 2\r\nConnection: close\r\n\r\nhi`])).toContain("<2>");
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1.1 408 [^]*problem\+json/);
  expect(node.seen.answered).toBe(1);
});

async function drip(port: number, start: string): Promise<string> {
  const socket = await openSocket(port);
  let received = "";
  socket.on("data", (chunk) => void (received += String(chunk)));
  socket.write(start);
  while (!socket.destroyed && !socket.readableEnded) {
    socket.write("a");
    await sleep(20);
  }
  return received;
}

async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

test("connections beyond maxConnections are closed at once, and a place that is free again is given", async () => {
  await using node = await startHost({ limits: { maxConnections: 2 } });
  const two = [await openSocket(node.port), await openSocket(node.port)];
  for (const socket of two) {
    socket.write("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
  }
  const third = await openSocket(node.port);
  await once(third, "close");
  two[0]?.destroy();
  let answer = "";
  while (answer === "") answer = await conversation(node.port, ["GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]);
  expect(answer).toContain("<0>");
  two[1]?.destroy();
});

test("a connection is closed after maxRequestsPerConnection", async () => {
  await using node = await startHost({ limits: { maxRequestsPerConnection: 2 } });
  const get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  const socket = await openSocket(node.port);
  let received = "";
  socket.on("data", (chunk) => void (received += String(chunk)));
  socket.write(get);
  await once(socket, "data");
  socket.write(get);
  await once(socket, "close");
  expect([received.match(/<0>/g)?.length, received.toLowerCase().match(/connection: close/g)?.length]).toEqual([2, 1]);
});

test("HTTP/2 streams that are opened and reset without end cost the caller its connection, and nobody else", async () => {
  const { cert, key } = createCertificate("host");
  await using node = await startHost({ tls: { material: { cert, key } } });
  const before = process.memoryUsage.rss();
  const session = connectHttp2(`https://localhost:${node.port}`, { ca: cert });
  session.on("error", () => undefined);
  await once(session, "connect");
  const goodbye = new Promise((resolve) => session.on("close", resolve));
  const flood = async () => {
    while (!session.destroyed && !session.closed) {
      for (let index = 0; index < 100 && !session.destroyed && !session.closed; index++) {
        const stream = session.request({ ":path": "/a" });
        stream.on("error", () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
      await new Promise(setImmediate);
    }
  };
  await Promise.race([flood(), goodbye]);
  session.destroy();
  expect(grownBy(before)).toBeLessThan(150 * MB);
  const other = connectHttp2(`https://localhost:${node.port}`, { ca: cert });
  const stream = other.request({ ":path": "/a" });
  const [headers] = await once(stream, "response");
  expect(headers[":status"]).toBe(200);
  other.destroy();
});
