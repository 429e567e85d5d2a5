import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { openSocket, startProxy, startUpstream } from "./proxy.test.support.ts";

const ASK = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nSec-WebSocket-Key: k\r\n\r\n";

/** A server that accepts every upgrade to `echo` and sends back in capitals what comes then. */
async function startEcho() {
  const upstream = await startUpstream((request, response) => void response.end(`plain ${request.headers.upgrade}`));
  upstream.server.on("upgrade", (request, socket: Socket, head: Buffer) => {
    if (request.url === "/no") return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    socket.on("error", () => undefined);
    const said = `${request.headers["sec-websocket-key"]} ${request.headers["x-forwarded-for"]}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Said: ${said}\r\n\r\n`);
    socket.on("data", (chunk) => void socket.write(chunk.toString().toUpperCase()));
    if (head.length > 0) socket.write(head.toString().toUpperCase());
    socket.on("end", () => socket.end());
  });
  return upstream;
}

async function until(socket: Socket, text: string): Promise<string> {
  let received = "";
  while (!received.includes(text)) {
    const [chunk] = await once(socket, "data");
    received += String(chunk);
  }
  return received;
}

test("a connection that changes its protocol is passed on in both directions, from the first byte", async () => {
  await using upstream = await startEcho();
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const socket = await openSocket(node.port);
  socket.write(`${ASK}hello`);
  const head = await until(socket, "HELLO");
  expect(head).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/);
  expect(head.toLowerCase()).toContain("connection: upgrade\r\nupgrade: echo\r\n");
  expect(head.toLowerCase()).toContain("x-said: k 127.0.0.1\r\n");
  const big = "x".repeat(1_000_000);
  socket.write(big);
  expect((await until(socket, "X")).length).toBeGreaterThan(0);
  expect(node.proxy.targets[0]?.pending).toBe(1);
  const gone = once([...upstream.sockets][0] as Socket, "close");
  socket.destroy();
  await gone;
  expect(node.proxy.targets[0]?.pending).toBe(0);
});

test("an end from the target ends the caller's connection", async () => {
  await using upstream = await startEcho();
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const socket = await openSocket(node.port);
  socket.write(ASK);
  await until(socket, "\r\n\r\n");
  for (const one of upstream.sockets) one.destroy();
  await once(socket, "close");
  expect(node.proxy.targets[0]?.pending).toBe(0);
});

test("a target that says no is heard, and a policy that says no goes before it", async () => {
  await using upstream = await startEcho();
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const socket = await openSocket(node.port);
  socket.write(ASK.replace("/ws", "/no"));
  expect(await until(socket, "no")).toMatch(/^HTTP\/1.1 403 /);
  await once(socket, "close");
  await using guarded = await startProxy({ path: "/*", targets: upstream.url, policies: { addresses: { deny: "127.0.0.1" } } });
  const other = await openSocket(guarded.port);
  other.write(ASK);
  expect(await until(other, "problem+json")).toMatch(/^HTTP\/1.1 403 /);
});

test("with policies that look at replies it works as without", async () => {
  await using upstream = await startEcho();
  const policies = { compression: {}, cache: {} };
  await using node = await startProxy({ path: "/*", targets: upstream.url, policies });
  const socket = await openSocket(node.port);
  socket.write(`${ASK}hello`);
  expect(await until(socket, "HELLO")).toContain("101 Switching");
  socket.destroy();
});

test("a POST that would upgrade, what would carry requests past the doors, and a path without a proxy are answered as if they did not ask for it", async () => {
  await using upstream = await startEcho();
  await using node = await startProxy({ path: "/p/*", targets: upstream.url });
  for (const [method, protocol] of [
    ["POST", "echo"],
    ["GET", "h2c"],
    ["GET", "echo, H2C"],
    ["GET", "TLS/1.2"],
  ]) {
    const socket = await openSocket(node.port);
    socket.write(
      `${method} /p/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: x\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(await until(socket, "plain")).toContain("plain undefined");
    socket.destroy();
  }
  const live = await openSocket(node.port);
  live.write(ASK.replace("/ws", "/health/live"));
  expect(await until(live, "live")).toMatch(/^HTTP\/1.1 200 /);
  live.destroy();
});

test("a host that closes does not wait for upgraded connections beyond its deadline", async () => {
  await using upstream = await startEcho();
  await using node = await startProxy({ path: "/*", targets: upstream.url });
  const socket = await openSocket(node.port);
  socket.write(ASK);
  await until(socket, "\r\n\r\n");
  await Promise.all([once(socket, "close"), node.host.close({ deadlineMs: 20 })]);
  expect(node.host.address).toBeUndefined();
});
