import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { bodyOf, deadUrl, openSocket, startProxy, startUpstream, startWireUpstream } from "./proxy.test.support.ts";

const MB = 1024 * 1024;

test("a request goes to the target and its answer comes back, with every method", async () => {
  await using upstream = await startUpstream(async (request, response) => {
    response.writeHead(201, { "x-method": request.method, "set-cookie": ["a=1", "b=2"] }).end(`${request.url} ${await bodyOf(request)}`);
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    const body = method === "GET" || method === "OPTIONS" ? null : "hello";
    const response = await fetch(`${node.origin}/a%2Fb/c?x=1&x=2`, { method, body });
    expect([response.status, response.headers.get("x-method"), response.headers.getSetCookie()]).toEqual([201, method, ["a=1", "b=2"]]);
    expect(await response.text()).toBe(`/a%2Fb/c?x=1&x=2 ${body ?? ""}`);
  }
  const head = await fetch(`${node.origin}/a`, { method: "HEAD" });
  expect([head.status, head.headers.get("x-method"), await head.text()]).toEqual([201, "HEAD", ""]);
});

test("the length of a HEAD's answer, 204 and 304 pass as they are", async () => {
  await using upstream = await startUpstream((request, response) => {
    if (request.url === "/204") response.writeHead(204).end();
    else if (request.url === "/304") response.writeHead(304, { etag: '"1"' }).end();
    else response.writeHead(200, { "content-length": 1234 }).end();
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  expect((await fetch(`${node.origin}/`, { method: "HEAD" })).headers.get("content-length")).toBe("1234");
  expect((await fetch(`${node.origin}/204`)).status).toBe(204);
  const unchanged = await fetch(`${node.origin}/304`, { headers: { "if-none-match": '"1"' } });
  expect([unchanged.status, unchanged.headers.get("etag")]).toEqual([304, '"1"']);
});

test("headers of the connection stay on it, and the target learns who asked", async () => {
  await using upstream = await startUpstream((request, response) => {
    response.writeHead(200, { connection: "x-inner", "x-inner": "1", "keep-alive": "timeout=9", "proxy-authenticate": "Basic" });
    response.end(JSON.stringify(request.headers));
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const request = httpRequest(`${node.origin}/`, {
    headers: {
      connection: "close, x-mine",
      "x-mine": "1",
      te: "trailers",
      "proxy-authorization": "Basic eA==",
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-host": "evil.example",
      forwarded: "for=6.6.6.6",
      host: "shop.example",
      "x-request-id": "abc",
    },
  }).end();
  const [response] = await once(request, "response");
  const seen = JSON.parse(await bodyOf(response));
  expect(seen).toEqual({
    host: new URL(upstream.url).host,
    connection: "keep-alive",
    "x-request-id": "abc",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "shop.example",
    forwarded: "for=127.0.0.1;host=shop.example;proto=http",
    via: "1.1 portolan",
  });
  expect(Object.keys(response.headers)).not.toContain("x-inner");
  expect(response.headers["keep-alive"]).not.toBe("timeout=9");
});

test("3 MB that the target sends back while they are still coming go through, whoever reads when", async () => {
  await using upstream = await startUpstream((request, response) => void request.pipe(response));
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const big = Buffer.alloc(3 * MB, "0123456789abcdef");
  for (let round = 0; round < 3; round++) {
    const response = await fetch(`${node.origin}/`, { method: "POST", body: big });
    expect(Buffer.from(await response.arrayBuffer()).equals(big)).toBe(true);
    const streamed = await fetch(`${node.origin}/`, {
      method: "POST",
      body: Readable.toWeb(Readable.from(pieces(big))),
      duplex: "half",
    } as RequestInit);
    expect(Buffer.from(await streamed.arrayBuffer()).equals(big)).toBe(true);
  }
});

function* pieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

test("a target that answers before it has the body ends neither the caller's connection nor the next request", async () => {
  await using upstream = await startUpstream((request, response) => {
    if (request.method === "POST") response.writeHead(403).end("no");
    else response.end("yes");
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  for (let round = 0; round < 5; round++) {
    const response = await fetch(`${node.origin}/`, { method: "POST", body: Buffer.alloc(300_000) });
    expect([response.status, await response.text()]).toEqual([403, "no"]);
    expect(await (await fetch(`${node.origin}/`)).text()).toBe("yes");
  }
});

test("200 MB each way through a slow caller keep the memory flat", async () => {
  const size = 200 * MB;
  const chunk = Buffer.alloc(256 * 1024, "x");
  await using upstream = await startUpstream((request, response) => {
    if (request.method === "GET") return void Readable.from(repeated(chunk, size)).pipe(response.setHeader("content-length", size));
    let received = 0;
    request.on("data", (piece: Buffer) => void (received += piece.length)).on("end", () => response.end(String(received)));
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const before = process.memoryUsage.rss();
  let most = 0;
  const look = () => void (most = Math.max(most, process.memoryUsage.rss()));

  const download = await fetch(`${node.origin}/`);
  let received = 0;
  for await (const piece of download.body as ReadableStream<Uint8Array>) {
    received += piece.length;
    if (received % (20 * MB) < piece.length) await sleep(20);
    look();
  }
  expect(received).toBe(size);
  const upload = await fetch(`${node.origin}/`, {
    method: "POST",
    body: Readable.toWeb(Readable.from(repeated(chunk, size))),
    duplex: "half",
  } as RequestInit);
  expect(await upload.text()).toBe(String(size));
  look();
  expect(most - before).toBeLessThan(150 * MB);
});

function* repeated(chunk: Buffer, size: number) {
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
}

test("an answer that comes in pieces is passed on piece by piece, its head before the first", async () => {
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using upstream = await startUpstream(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    for (const [index, step] of steps.entries()) {
      await step.promise;
      response.write(`data: ${index}\n\n`);
    }
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const response = await fetch(`${node.origin}/`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const [index, step] of steps.entries()) {
    step.resolve();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(`data: ${index}\n\n`);
  }
  await reader.cancel();
});

test("trailers of an answer are passed on, of a small one and of one that comes in pieces, but not what frames it", async () => {
  await using upstream = await startUpstream(async (request, response) => {
    response.writeHead(200, { trailer: "x-sum, content-type" }).write("one");
    if (request.url === "/pieces") await sleep(20);
    response.addTrailers([
      ["x-sum", "1"],
      ["x-sum", "2"],
      ["content-type", "text/html"],
    ]);
    response.end();
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url, policies: { compression: {} } });
  for (const path of ["/", "/pieces"]) {
    const [response] = await once(httpRequest(node.origin + path).end(), "response");
    expect([await bodyOf(response), response.headers["transfer-encoding"], response.trailers]).toEqual([
      "one",
      "chunked",
      { "x-sum": "1, 2" },
    ]);
  }
});

test("a caller who leaves ends the request at the target, before its answer and in the middle of it", async () => {
  const left: string[] = [];
  const { promise: both, resolve } = Promise.withResolvers<void>();
  await using upstream = await startUpstream((request, response) => {
    response.on("close", () => {
      left.push(request.url ?? "");
      if (left.length === 2) resolve();
    });
    if (request.url === "/begun") response.write("x");
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  for (const path of ["/silent", "/begun"]) {
    const asked = once(upstream.server, "request");
    const socket = await openSocket(node.port);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await asked;
    if (path === "/begun") await once(socket, "data");
    socket.destroy();
  }
  await both;
  expect(left.toSorted()).toEqual(["/begun", "/silent"]);
  expect(node.proxy.targets[0]?.pending).toBe(0);
});

test("callers who leave at any moment leave no connection of the pool behind", async () => {
  await using upstream = await startUpstream((_request, response) => void response.end(Buffer.alloc(500_000)));
  await using node = await startProxy({ path: "/*", targets: upstream.url, maxConnections: 2 });
  for (let round = 0; round < 100; round++) {
    const socket = await openSocket(node.port);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    if (round % 3 === 0) await once(socket, "data");
    else if (round % 3 === 1) await new Promise(setImmediate);
    socket.destroy();
  }
  expect((await (await fetch(`${node.origin}/`)).arrayBuffer()).byteLength).toBe(500_000);
});

test.each([
  ["resets the connection", (socket) => socket.resetAndDestroy()],
  ["closes it without a word", (socket) => socket.end()],
  ["answers no HTTP", (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")],
  ["answers two lengths", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")],
  [
    "answers length and chunks",
    (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
  ],
  ["answers endless headers", (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(200_000)}\r\n\r\n`)],
] satisfies [string, Parameters<typeof startWireUpstream>[0]][])("a target that %s is 502, and the node goes on", async (_name, answer) => {
  await using upstream = await startWireUpstream((socket) => void socket.once("data", () => answer(socket)));
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  for (const method of ["GET", "POST"]) {
    const response = await fetch(`${node.origin}/`, { method, body: method === "POST" ? "x" : null });
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "application/problem+json"]);
    expect(await response.json()).toMatchObject({
      code: "PORTOLAN_TARGET_FAILED",
      instance: expect.stringContaining("urn:portolan:request:"),
    });
  }
  expect((await fetch(`${node.origin}/health/live`)).status).toBe(200);
});

test.each([
  ["a length", "Content-Length: 100\r\n\r\nhalf"],
  ["chunks", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ["a broken chunk", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"],
])("an answer with %s that breaks off cuts the caller's connection", async (_name, rest) => {
  await using upstream = await startWireUpstream((socket) => {
    socket.once("data", () => {
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`);
      setTimeout(() => socket.end(), 20);
    });
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const response = await fetch(`${node.origin}/`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow("terminated");
  expect((await fetch(`${node.origin}/health/live`)).status).toBe(200);
});

test("no connection is 502, no answer in time 504, and neither says where the target is", async () => {
  await using silent = await startUpstream(() => undefined);
  await using late = await startProxy({ path: "/*", targets: silent.url, timeout: "100ms" });
  const timedOut = await fetch(`${late.origin}/`);
  expect([timedOut.status, await timedOut.json()]).toEqual([504, expect.objectContaining({ code: "PORTOLAN_TIMEOUT" })]);
  await using dead = await startProxy({ path: "/*", targets: await deadUrl() });
  const refused = await fetch(`${dead.origin}/`, { method: "POST", body: "x" });
  const text = await refused.text();
  expect([refused.status, text]).toEqual([502, expect.not.stringContaining("127.0.0.1")]);
});

test("an answer that comes to a standstill is cut after the same time, and one that goes on is not", async () => {
  await using upstream = await startUpstream(async (request, response) => {
    for (let piece = 0; piece < 6; piece++) {
      response.write("x");
      await sleep(100);
    }
    if (request.url !== "/stuck") response.end("end");
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url, timeout: "400ms" });
  expect(await (await fetch(`${node.origin}/moving`)).text()).toBe("xxxxxxend");
  await expect(fetch(`${node.origin}/stuck`).then((response) => response.text())).rejects.toThrow("terminated");
});

test("the target is asked for the body before the caller is told to go on, and a dead one never is", async () => {
  await using upstream = await startUpstream(async (request, response) => response.end(await bodyOf(request)));
  const ask = async (port: number) => {
    const socket = await openSocket(port);
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (text.endsWith("Continue\r\n\r\n")) socket.write("hi");
    });
    await once(socket, "close");
    return text;
  };
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  expect(await ask(node.port)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK[^]*hi$/);
  await using dead = await startProxy({ path: "/*", targets: await deadUrl() });
  expect(await ask(dead.port)).toMatch(/^HTTP\/1.1 502 /);
});

test("a body beyond maxBody is 413, whether it says so or not", async () => {
  let reached = 0;
  await using upstream = await startUpstream(async (request, response) => {
    reached += 1;
    await bodyOf(request).catch(() => undefined);
    response.end("ok");
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url, maxBody: "100kb" });
  expect((await fetch(`${node.origin}/`, { method: "POST", body: Buffer.alloc(200_000) })).status).toBe(413);
  expect(reached).toBe(0);
  const unsaid = Readable.toWeb(Readable.from(repeated(Buffer.alloc(50_000), 200_000)));
  expect((await fetch(`${node.origin}/`, { method: "POST", body: unsaid, duplex: "half" } as RequestInit)).status).toBe(413);
});
