import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";

/** What goes wrong between a client and its server. Everything is off until it is set. */
export interface Faults {
  /** How long each piece of data is held back, one way. */
  readonly latencyMs?: number;
  /** So many bytes a second each way, and no more. */
  readonly bytesPerSecond?: number;
  /** New connections are refused, as if nobody listened. */
  readonly refuse?: boolean;
  /** Nothing is passed on any more in this direction, and nobody is told: a half-open connection. */
  readonly silent?: "toServer" | "toClient" | "both";
  /** Each connection is reset after so many bytes in a direction; what is beyond does not get through. */
  readonly cutAfter?: { readonly direction: Direction; readonly bytes: number };
}

export type Direction = "toServer" | "toClient";

/** A TCP proxy on loopback that makes connections fail in the ways in which networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** How many connections are open. */
  readonly open: number;
  /** How many were made since the start. */
  readonly accepted: number;
  /** From now on these faults, on open connections too; those that are left out end. What was swallowed in silence is lost. */
  set(faults: Faults): Promise<void>;
  /** Resets all open connections (RST); new ones are made as before. */
  reset(): void;
}

export interface FaultProxyOptions {
  readonly host?: string;
  readonly port: number;
  /** The port that the proxy listens on; a free one unless given. */
  readonly listen?: number;
  readonly faults?: Faults;
}

/** Starts a proxy in front of a server. */
export async function startFaultProxy({
  host = "127.0.0.1",
  port,
  listen = 0,
  faults: first = {},
}: FaultProxyOptions): Promise<FaultProxy> {
  let faults = first;
  const links = new Set<Link>();
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted += 1;
    const upstream = createConnection({ host, port, allowHalfOpen: true, noDelay: true });
    const link: Link = { client, upstream };
    links.add(link);
    const done = () => {
      if (client.destroyed && upstream.destroyed) links.delete(link);
    };
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // An end that is not told of is the point of a half-open connection.
      one.on("error", () => {
        if (faults.silent === undefined) cut(other);
      });
      one.on("close", done);
    }
    pass(link, "toServer", () => faults);
    pass(link, "toClient", () => faults);
  });
  await listenOn(server, listen);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no TCP port");
  const reset = () => {
    for (const { client, upstream } of links) {
      cut(client);
      cut(upstream);
    }
  };
  return {
    host: "127.0.0.1",
    port: address.port,
    get open() {
      return links.size;
    },
    get accepted() {
      return accepted;
    },
    async set(next) {
      faults = next;
      if (next.refuse === true && server.listening) await closeServer(server, false);
      if (next.refuse !== true && !server.listening) await listenOn(server, address.port);
    },
    reset,
    async [Symbol.asyncDispose]() {
      reset();
      if (server.listening) await closeServer(server, true);
    },
  };
}

interface Link {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** Passes the bytes of one direction on, as the faults of each moment allow. */
function pass({ client, upstream }: Link, direction: Direction, current: () => Faults): void {
  const [from, to] = direction === "toServer" ? [client, upstream] : [upstream, client];
  let passed = 0;
  let queue = Promise.resolve();
  const isSilent = () => current().silent === direction || current().silent === "both";
  const forward = async (data: Buffer): Promise<void> => {
    const { latencyMs = 0, bytesPerSecond, cutAfter } = current();
    const wait = latencyMs + (bytesPerSecond === undefined ? 0 : (data.length / bytesPerSecond) * 1000);
    if (wait > 0) await sleep(wait);
    if (isSilent() || to.destroyed) return;
    const room = cutAfter?.direction === direction ? cutAfter.bytes - passed : Infinity;
    const piece = data.length <= room ? data : data.subarray(0, Math.max(0, room));
    passed += piece.length;
    if (piece.length > 0 && !to.write(piece)) await Promise.race([once(to, "drain"), once(to, "close")]).catch(() => undefined);
    if (data.length >= room) {
      // What was written has to leave before the connection ends.
      await new Promise<void>((resolve) => to.write("", () => resolve()));
      cut(from);
      cut(to);
    }
  };
  from.on("data", (data: Buffer) => {
    from.pause();
    queue = queue.then(() => forward(data)).then(() => void from.resume());
  });
  from.on("end", () => {
    queue = queue.then(() => {
      if (!isSilent()) to.end();
    });
  });
}

/** Resets a connection. One whose end was sent already cannot be: Node would leave its handle open. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

/** A server that no longer listens can do so again while its connections go on. */
async function closeServer(server: Server, wait: boolean): Promise<void> {
  const closed = once(server, "close");
  server.close();
  if (wait) await closed;
  else closed.catch(() => undefined);
}
