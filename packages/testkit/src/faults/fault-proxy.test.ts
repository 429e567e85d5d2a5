import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type Faults, startFaultProxy } from "./fault-proxy.ts";

/** A server that sends everything back, and a proxy in front of it. */
async function open(faults: Faults = {}) {
  const sockets = new Set<Socket>();
  let received = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on("error", () => undefined)
      .on("data", (data) => {
        received += data.length;
        socket.write(data);
      });
    socket.on("end", () => socket.end("bye"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy = await startFaultProxy({ port: address.port, faults });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const connect = async () => {
    const socket = createConnection({ host: proxy.host, port: proxy.port });
    const client = { socket, text: "", error: undefined as string | undefined, closed: false };
    socket.on("data", (data) => (client.text += data.toString()));
    socket.on("error", (error: Error & { code?: string }) => (client.error = error.code));
    socket.on("close", () => (client.closed = true));
    await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => undefined);
    return client;
  };
  return { proxy, connect, received: () => received };
}

test("passes everything on both ways, and an end as an end", async () => {
  const { proxy, connect } = await open();
  const client = await connect();
  client.socket.write("hello");
  await expect.poll(() => client.text).toBe("hello");
  expect([proxy.open, proxy.accepted]).toEqual([1, 1]);
  client.socket.end();
  await expect.poll(() => client.closed).toBe(true);
  expect(client.text).toBe("hellobye");
  await expect.poll(() => proxy.open).toBe(0);
});

test("a reset is one, and new connections are made", async () => {
  const { proxy, connect } = await open();
  const client = await connect();
  client.socket.write("hello");
  await expect.poll(() => client.text).toBe("hello");
  proxy.reset();
  await expect.poll(() => client.error).toBe("ECONNRESET");
  const next = await connect();
  next.socket.write("again");
  await expect.poll(() => next.text).toBe("again");
});

test("a half-open connection swallows what is sent and tells nobody", async () => {
  const { proxy, connect, received } = await open();
  const client = await connect();
  await proxy.set({ silent: "toClient" });
  client.socket.write("one");
  await expect.poll(received).toBe(3);
  await proxy.set({ silent: "toServer" });
  client.socket.write("two");
  await setTimeout(50);
  expect([received(), client.text, client.closed]).toEqual([3, "", false]);
  await proxy.set({});
  client.socket.write("three");
  await expect.poll(() => client.text).toBe("three");
});

test("a connection is cut after exactly so many bytes", async () => {
  const { connect, received } = await open({ cutAfter: { direction: "toServer", bytes: 10 } });
  const client = await connect();
  client.socket.write("0123456789abcdef");
  await expect.poll(() => client.closed).toBe(true);
  await expect.poll(received).toBe(10);
});

test("an answer is cut, and its sender knows nothing of it", async () => {
  const { connect, received } = await open({ cutAfter: { direction: "toClient", bytes: 4 } });
  const client = await connect();
  client.socket.write("0123456789");
  await expect.poll(() => client.closed).toBe(true);
  expect([client.text.length <= 4, received()]).toEqual([true, 10]);
});

test("a server that is away refuses connections, and those that are open go on", async () => {
  const { proxy, connect } = await open();
  const client = await connect();
  await proxy.set({ refuse: true });
  const refused = await connect();
  expect(refused.error).toBe("ECONNREFUSED");
  client.socket.write("still");
  await expect.poll(() => client.text).toBe("still");
  await proxy.set({});
  const next = await connect();
  next.socket.write("back");
  await expect.poll(() => next.text).toBe("back");
});

test("latency and bandwidth hold data back and lose none of it", async () => {
  const { proxy, connect } = await open({ latencyMs: 20 });
  const client = await connect();
  const startedAt = performance.now();
  client.socket.write("slow");
  await expect.poll(() => client.text).toBe("slow");
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  await proxy.set({ bytesPerSecond: 1_000_000 });
  const long = "x".repeat(100_000);
  client.socket.write(long);
  await expect.poll(() => client.text.length, { timeout: 5000 }).toBe(4 + long.length);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200);
});
