import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { PortolanError, silentLogger, type Clock, type Logger } from "@portolan/core";
import { createHttpHost, createPolicies, openProxy, readProxy, type HttpHostOptions, type ProxyInput } from "../index.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** What is wrong with the options of a proxy, in words; empty if nothing is. */
export function faultsOf(input: ProxyInput): string {
  try {
    readProxy(input);
    return "";
  } catch (error) {
    return error instanceof PortolanError && error.code === "PORTOLAN_CONFIG_INVALID" ? error.message : String(error);
  }
}

interface Settings {
  readonly host?: Partial<HttpHostOptions>;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** An HTTP host with a proxy on a real port. */
export async function startProxy(input: ProxyInput, { host: hostOptions, clock = systemClock, log = silentLogger }: Settings = {}) {
  const host = createHttpHost({ port: 0, log, policies: createPolicies({ clock }), ...hostOptions });
  const proxy = await openProxy("test", readProxy(input), { clock, log });
  proxy.mount(host);
  const { origin, port } = await host.listen();
  return {
    host,
    proxy,
    origin,
    port,
    async [Symbol.asyncDispose]() {
      await host.close({ deadlineMs: 0 });
      await proxy.close();
    },
  };
}

/** A server behind a proxy. */
export async function startUpstream(listener: RequestListener, port = 0) {
  return listening(createServer({ requestTimeout: 0 }, listener), port);
}

/** One that answers each connection with whatever bytes the test wants. */
export async function startWireUpstream(onConnection: (socket: Socket) => void) {
  return listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      onConnection(socket);
    }),
  );
}

async function listening(server: Server | ReturnType<typeof createTcpServer>, wanted = 0) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    sockets,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

/** A connection to be written by hand. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** An address at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const { url, ...upstream } = await startUpstream(() => undefined);
  await upstream[Symbol.asyncDispose]();
  return url;
}
