import { PortolanError, type Logger } from "@portolan/core";
import { answer } from "./answer.ts";
import { createOriginFinder } from "./caller-origin.ts";
import { changedAddresses } from "./changed-addresses.ts";
import type { DoorHost, DoorPolicies } from "./door-host.ts";
import type { Door } from "./door.ts";
import type { ReplyHeaders } from "./exchange.ts";
import { healthDoors, type Readiness } from "./health.ts";
import { HttpExchange, type ExchangeHost } from "./http-exchange.ts";
import { httpLimits, type HttpLimits } from "./http-limits.ts";
import { listen, type HttpAddress } from "./listen.ts";
import { answerNowhere } from "./nowhere.ts";
import type { Policies } from "./policies/host-policies.ts";
import { statusProblem } from "./problem.ts";
import { createSweep } from "./sweep.ts";
import { checkHeaders } from "./request-checks.ts";
import type { TlsSource } from "./tls-options.ts";
import type { WireRequest } from "./wire-request.ts";
import { createWireServer } from "./wire-server.ts";
import { createRouteTable, type FoundDoor, type RouteTable } from "./route-table.ts";

export interface HttpHostOptions {
  /** The address to listen on. Default 127.0.0.1: nothing beyond this machine. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Logger;
  readonly limits?: Partial<HttpLimits>;
  /** With it the host speaks TLS: HTTP/2 with callers that choose it, and HTTP/1.1. */
  readonly tls?: TlsSource | undefined;
  /** Addresses and networks of proxies and load balancers before this host, whose word on the caller's address counts. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** What `/health/ready` says; without it the host is ready while it listens. */
  readonly ready?: () => Readiness | Promise<Readiness>;
  /** What holds at every door but those of health, and what doors may ask for. Without them a door that has policies is refused. */
  readonly policies?: Policies | undefined;
}

/**
 * The HTTP server that all doors of a node share. Doors may be mounted before and after it listens. It answers
 * `/health/live` and `/health/ready` itself, unknown paths with 404 and unknown methods with 405, as problem documents.
 */
export interface HttpHost extends DoorHost, AsyncDisposable {
  /** Throws PORTOLAN_PORT_IN_USE, or PORTOLAN_CONFIG_INVALID if the address cannot be listened on. */
  listen(): Promise<HttpAddress>;
  /** Where it listens; undefined before `listen` and after `close`. */
  readonly address: HttpAddress | undefined;
  /** An empty table (but for health) to be filled aside. */
  createTable(): RouteTable;
  /**
   * Serves this table from the next request on; requests in process go on with their doors. If the table is still to be filled,
   * requests wait for it, but those of health; if it will not come, they get the table before.
   */
  replace(table: RouteTable | Promise<RouteTable>): void;
  /**
   * Stops accepting, finishes the requests in process, closes idle connections. Requests that come meanwhile on open
   * connections get 503. After the deadline (default 10 s) callers still waiting get 503 and all connections are cut.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

const CLOSE_DEADLINE_MS = 10_000;

export function createHttpHost(options: HttpHostOptions): HttpHost {
  const limits = httpLimits(options.limits);
  const nextId = requestIds();
  let address: HttpAddress | undefined;
  let closed: Promise<void> | undefined;

  const health = new Set(healthDoors(options.ready));
  const { policies } = options;
  const around = policies && ((door: Door, own?: DoorPolicies) => (health.has(door) ? door : policies.around(door, own)));
  const createTable = (): RouteTable => {
    const empty = createRouteTable(around);
    for (const door of health) empty.mount(door);
    return empty;
  };
  let table = createTable();
  /** Settles when a table that is still to be filled is there, or will not come. */
  let coming: Promise<void> | undefined;

  const sweep = createSweep((now) => {
    for (const connection of wire.connections()) connection.expire(now);
  });

  const exchangeHost: ExchangeHost = {
    log: options.log,
    maxBodyBytes: limits.maxBodyBytes,
    handlerTimeoutMs: limits.handlerTimeoutMs,
    deadline: sweep.deadline,
    originOf: createOriginFinder(options.trustedProxies ?? []),
    get closing() {
      return closed !== undefined;
    },
  };

  const serve = ({ expects, ...wired }: WireRequest): void => {
    const { request } = wired;
    const found = table.find(request.method ?? "", request.url ?? "", request.headers);
    if (coming !== undefined && (found === undefined || !health.has(found.door)))
      return void coming.then(() => serve({ expects, ...wired }));
    const checks = checkHeaders(request);
    const id = checks.id ?? nextId();
    const exchange = new HttpExchange({ ...wired, id, expectsContinue: expects === "continue" }, found ?? NOWHERE, exchangeHost);
    if (wired.connection.total >= limits.maxRequestsPerConnection) exchange.endsConnection = true;
    if (checks.ambiguity !== undefined) {
      exchange.endsConnection = true;
      return exchange.sendProblem(statusProblem(400, checks.ambiguity, { requestId: id }));
    }
    if (expects === "unknown")
      return exchange.sendProblem(statusProblem(417, "the only expectation known here is 100-continue", { requestId: id }));
    if (closed !== undefined) return exchange.fail(stopping());
    if (found === undefined) return answer(exchange, { ...NOWHERE.door, handle: () => answerNowhere(exchange, table, options.ready) });
    if (table.remembers && !SAFE_METHODS.has(exchange.method)) exchange.onSuccess = forgetting(exchange, table);
    exchange.limitTime();
    answer(exchange, found.door);
  };

  const wire = createWireServer({
    limits,
    tls: options.tls,
    log: options.log,
    serve,
    upgrades: (request) => request.method === "GET" && table.find("GET", request.url ?? "")?.door.upgrades === true,
  });

  const drain = async (deadlineMs: number): Promise<void> => {
    const deadline = setTimeout(() => {
      for (const connection of wire.connections()) for (const exchange of connection.exchanges()) exchange.overrule(stopping());
      // The 503s written just now leave before the connections are cut.
      setImmediate(() => wire.cut());
    }, deadlineMs);
    await wire.drain();
    clearTimeout(deadline);
    sweep.stop();
    address = undefined;
  };
  const close = (settings: { readonly deadlineMs?: number } = {}) => (closed ??= drain(settings.deadlineMs ?? CLOSE_DEADLINE_MS));

  return {
    get address() {
      return address;
    },
    async listen() {
      if (closed !== undefined) throw new PortolanError("PORTOLAN_STOPPING", "the HTTP host has been closed");
      address = await listen(wire.server, { host: options.host ?? "127.0.0.1", port: options.port, scheme: wire.scheme });
      wire.server.on("error", (error) => options.log.log("error", "the HTTP server failed", { error: error.message }));
      return address;
    },
    mount: (door, policies) => table.mount(door, policies),
    createTable,
    replace(next) {
      if (!(next instanceof Promise)) return void (table = next);
      const taken = next.then(
        (filled) => void (table = filled),
        () => undefined,
      );
      const mine = (coming = taken.then(() => {
        if (coming === mine) coming = undefined;
      }));
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

const NOWHERE: FoundDoor = {
  door: { method: "GET", path: "/", owner: "the host", handle() {} },
  params: {},
  queryText: "",
};

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

function forgetting(exchange: HttpExchange, table: RouteTable): (headers: ReplyHeaders) => void {
  return (headers) => {
    for (const address of changedAddresses(exchange, headers)) table.find("GET", address.target)?.door.forget?.(address);
  };
}

function stopping(): PortolanError {
  return new PortolanError("PORTOLAN_STOPPING", "this node is stopping");
}

/** Unique on all hosts: a part of chance drawn once, and a counter. */
function requestIds(): () => string {
  const prefix = Math.random().toString(36).slice(2, 10);
  let counter = 0;
  return () => `${prefix}-${(counter += 1).toString(36)}`;
}
