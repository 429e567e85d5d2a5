import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import { PortolanError, silentLogger, type Clock } from "@portolan/core";
import { DOOR_METHODS, createHttpHost, createPolicies, type Door, type Exchange } from "@portolan/gateway";
import { BEGIN, type CacheCase, type CacheOptions, type CacheStep, type DoorAnswer } from "./http-cache/cache-case.ts";
import { freshness } from "./http-cache/freshness.ts";
import { requests } from "./http-cache/requests.ts";
import { storing } from "./http-cache/storing.ts";
import { validation } from "./http-cache/validation.ts";
import { outcomes, type Suite } from "./suite.ts";

const CASES: readonly CacheCase[] = [...freshness, ...storing, ...validation, ...requests];

/** The cache of the HTTP host, held against RFC 9111 and what it builds on, on the wire. */
export const httpCacheSuite: Suite = {
  name: "http-cache",
  async run() {
    const faults = new Map<CacheCase, string | undefined>();
    for (const one of CASES) faults.set(one, await runCase(one).catch(String));
    return outcomes(
      CASES,
      ({ section, says }) => `${section}: ${says}`,
      (one) => faults.get(one),
    );
  },
};

const DEFAULTS: CacheOptions = {
  staleWhileRevalidate: 0,
  staleIfError: 0,
  vary: ["accept"],
  maxBytes: 1_000_000,
  maxReply: 100_000,
};

async function runCase({ policy, steps }: CacheCase): Promise<string | undefined> {
  let nowMs = BEGIN;
  const clock: Clock = { now: () => nowMs, after: () => ({ cancel() {} }) };
  const door = numberedDoor();
  await using host = createHttpHost({
    port: 0,
    log: silentLogger,
    policies: createPolicies({ clock }, { cache: { ...DEFAULTS, ...policy } }),
  });
  for (const method of DOOR_METHODS) if (method !== "HEAD") host.mount({ method, path: "/a", owner: "the suite", handle: door.handle });
  const { port } = await host.listen();
  for (const [index, step] of steps.entries()) {
    nowMs += (step.after ?? 0) * 1000;
    door.next = step.answer ?? {};
    door.asked = [];
    const fault = faultOf(step, await send(port, step), door.asked);
    if (fault !== undefined) return `request ${index + 1}: ${fault}`;
  }
  return undefined;
}

interface NumberedDoor {
  next: DoorAnswer;
  /** What the door has seen of requests. */
  asked: Exchange["headers"][];
  readonly handle: Door["handle"];
}

function numberedDoor(): NumberedDoor {
  let count = 0;
  const door: NumberedDoor = {
    next: {},
    asked: [],
    handle(exchange) {
      count += 1;
      door.asked.push(exchange.headers);
      const { status = 200, headers = {}, body = String(count), fails, next } = door.next;
      door.next = next ?? door.next;
      if (fails === true) throw new PortolanError("PORTOLAN_CONNECTION_FAILED", "the door fails as told");
      // A reply whose length is told without its content can only be a stream.
      if ("content-length" in headers) return exchange.replyStream(status, headers, Readable.from([]));
      exchange.reply(status, headers, body);
    },
  };
  return door;
}

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function send(port: number, { method = "GET", path = "/a", headers = {} }: CacheStep): Promise<Received> {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]));
  const request = httpRequest({ port, method, path, headers: { host: "cache.example", ...given }, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

function faultOf(
  { from, seen = {}, status, body, reply = {} }: CacheStep,
  received: Received,
  asked: NumberedDoor["asked"],
): string | undefined {
  const [first] = asked;
  const isChecked = first?.["if-none-match"] !== undefined || first?.["if-modified-since"] !== undefined;
  // A stale reply may be sent while the door is asked for a new one.
  const isCached = first === undefined || String(received.headers["cache-status"]).startsWith("portolan; hit; detail=stale");
  const found = {
    from: isCached ? "cache" : isChecked ? "checked" : "door",
    ...(status === undefined ? {} : { status: received.status }),
    ...(body === undefined ? {} : { body: received.body }),
    seen: Object.fromEntries(Object.keys(seen).map((name) => [name, first?.[name] ?? null])),
    reply: Object.fromEntries(Object.keys(reply).map((name) => [name, shown(received.headers[name])])),
  };
  const expected = { from, ...(status === undefined ? {} : { status }), ...(body === undefined ? {} : { body }), seen, reply };
  if (isDeepStrictEqual(found, expected)) return undefined;
  return `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
}

function shown(value: string | readonly string[] | undefined): string | null {
  return value === undefined ? null : String(value);
}
