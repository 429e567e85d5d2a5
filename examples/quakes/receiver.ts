import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { createSeededRandom } from "./seeded-random.ts";

export interface ReceiverOptions {
  /** One line for each request that was accepted; what it holds at the start is known already. */
  readonly ledger: string;
  readonly seed: number;
  /** The event that is refused with 422 until it is pardoned. */
  readonly poison: string;
  /** Shares of the requests that are answered with 503, and that are never answered. */
  readonly unavailable: number;
  readonly silent: number;
}

/** What the receiver has seen, by its own count. */
export interface Receiver extends AsyncDisposable {
  /** How long each answer takes; 0 unless it is set. */
  paceMs: number;
  /** Such as `127.0.0.1:40123`. */
  readonly address: string;
  readonly requests: Readonly<Record<"accepted" | "again" | "unavailable" | "silent" | "refused", number>>;
  /** How many different events it has accepted. */
  readonly distinct: number;
  /** How long ago the last request came. */
  readonly quietMs: number;
}

/** One request that the receiver accepted. */
export interface Acceptance {
  readonly id: string;
  readonly region: string;
  readonly time: string;
  /** The Idempotency-Key. */
  readonly key: string;
}

/**
 * The system that quakes are delivered to, and as unreliable as real ones: some requests get a 503, some no answer at all
 * (half of these were accepted all the same), and one event it refuses. It tells repeated deliveries by the event's id.
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const random = createSeededRandom(options.seed);
  const known = new Set(existsSync(options.ledger) ? readLedger(options.ledger).map(({ id }) => id) : []);
  const requests = { accepted: 0, again: 0, unavailable: 0, silent: 0, refused: 0 };
  let poison: string | undefined = options.poison;
  let lastAt = performance.now();

  const accept = (acceptance: Acceptance): "accepted" | "again" => {
    const outcome = known.has(acceptance.id) ? "again" : "accepted";
    appendFileSync(options.ledger, `${JSON.stringify(acceptance)}\n`);
    known.add(acceptance.id);
    requests[outcome] += 1;
    return outcome;
  };

  const receive = (request: IncomingMessage, body: string): Answer | undefined => {
    lastAt = performance.now();
    const quake = Delivered.parse(JSON.parse(body));
    const draw = random.next();
    if (draw < options.unavailable) {
      requests.unavailable += 1;
      return { status: 503, body: { error: "busy" } };
    }
    const isSilent = draw < options.unavailable + options.silent;
    if (isSilent) requests.silent += 1;
    if (isSilent && random.next() < 0.5) return undefined;
    if (quake.id === poison) {
      requests.refused += 1;
      return isSilent ? undefined : { status: 422, body: { error: `the receiver has no use for event ${quake.id}` } };
    }
    const outcome = accept({ ...quake, key: String(request.headers["idempotency-key"] ?? "") });
    return isSilent ? undefined : { status: outcome === "accepted" ? 201 : 200, body: { outcome } };
  };

  const handle = async (request: IncomingMessage): Promise<Answer | undefined> => {
    const path = `${request.method} ${request.url}`;
    if (path === "POST /quakes") {
      const answer = receive(request, await textOf(request));
      if (receiver.paceMs > 0) await setTimeout(receiver.paceMs);
      return answer;
    }
    if (path !== "DELETE /poison") return { status: 404, body: { error: `nothing answers ${path}` } };
    poison = undefined;
    return { status: 200, body: { accepts: "every event from now on" } };
  };

  const server = createServer((request, response) => {
    handle(request).then(
      (answer) => answer && send(response, answer),
      // It is no quake, or the sender was gone before it had said everything, as a node is that was killed.
      (error: unknown) => send(response, { status: 400, body: { error: String(error) } }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no TCP address");
  const receiver: Receiver = {
    paceMs: 0,
    address: `127.0.0.1:${address.port}`,
    requests,
    get distinct() {
      return known.size;
    },
    get quietMs() {
      return performance.now() - lastAt;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return receiver;
}

export function readLedger(file: string): Acceptance[] {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  // Written by `accept` alone.
  return lines.map((line) => JSON.parse(line) as Acceptance);
}

const Delivered = z.object({ id: z.string(), region: z.string(), time: z.string() });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // Without an encoding a request's chunks are buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
