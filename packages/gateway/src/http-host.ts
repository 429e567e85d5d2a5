import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { PortolanError, asPortolanError, type Logger } from "@portolan/core";
import type { BodyTaker } from "./body.ts";
import { changedAddresses } from "./changed-addresses.ts";
import { answerClientError } from "./client-error.ts";
import { createOriginFinder } from "./caller-origin.ts";
import { Connection } from "./connection.ts";
import type { DoorHost, DoorPolicies } from "./door-host.ts";
import type { Door, OnBody } from "./door.ts";
import type { ReplyHeaders } from "./exchange.ts";
import { healthDoors, type Readiness } from "./health.ts";
import { HttpExchange, type ExchangeHost } from "./http-exchange.ts";
import { httpLimits, type HttpLimits } from "./http-limits.ts";
import { createServer } from "./node-http.ts";
import { answerNowhere } from "./nowhere.ts";
import type { Policies } from "./policies/host-policies.ts";
import { statusProblem } from "./problem.ts";
import { createSweep } from "./sweep.ts";
import { checkHeaders } from "./request-checks.ts";
import { createRouteTable, type FoundDoor, type RouteTable } from "./route-table.ts";

export interface HttpHostOptions {
  /** The address to listen on. Default 127.0.0.1: nothing beyond this machine. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Logger;
  readonly limits?: Partial<HttpLimits>;
  /** Addresses and networks of proxies and load balancers before this host, whose word on the caller's address counts. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** What `/health/ready` says; without it the host is ready while it listens. */
  readonly ready?: () => Readiness | Promise<Readiness>;
  /** What holds at every door but those of health, and what doors may ask for. Without them a door that has policies is refused. */
  readonly policies?: Policies | undefined;
}

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;
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
  /** Serves this table from the next request on; requests in process go on with their doors. */
  replace(table: RouteTable): void;
  /**
   * Stops accepting, finishes the requests in process, closes idle connections. Requests that come meanwhile on open
   * connections get 503. After the deadline (default 10 s) callers still waiting get 503 and all connections are cut.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

const CLOSE_DEADLINE_MS = 10_000;
const IDLE_SWEEP_MS = 50;

export function createHttpHost(options: HttpHostOptions): HttpHost {
  const limits = httpLimits(options.limits);
  const connections = new Map<Socket, Connection<HttpExchange>>();
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

  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.requestTimeoutMs === 0 ? limits.headersTimeoutMs : Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5000, limits.headersTimeoutMs / 4)),
    optimizeEmptyRequests: true,
  });
  // Their number is bounded by the size of all headers; node:http would drop the rest without a word.
  server.maxHeadersCount = 0;
  if (Number.isFinite(limits.maxConnections)) server.maxConnections = limits.maxConnections;
  if (Number.isFinite(limits.maxRequestsPerConnection)) server.maxRequestsPerSocket = limits.maxRequestsPerConnection;

  const sweep = createSweep((now) => {
    for (const connection of connections.values()) connection.expire(now);
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

  const connectionOf = (socket: Socket) => connections.get(socket) ?? new Connection<HttpExchange>();

  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const found = table.find(request.method ?? "", request.url ?? "");
    const checks = checkHeaders(request);
    const id = checks.id ?? nextId();
    const http = { id, request, response, expectsContinue, connection: connectionOf(request.socket) };
    const exchange = new HttpExchange(http, found ?? NOWHERE, exchangeHost);
    if (checks.ambiguity !== undefined) {
      exchange.endsConnection = true;
      return exchange.sendProblem(statusProblem(400, checks.ambiguity, { requestId: id }));
    }
    if (closed !== undefined) return exchange.fail(stopping());
    if (found === undefined) return answer(exchange, { ...NOWHERE.door, handle: () => answerNowhere(exchange, table, options.ready) });
    if (table.remembers && !SAFE_METHODS.has(exchange.method)) exchange.onSuccess = forgetting(exchange, table);
    exchange.limitTime();
    answer(exchange, found.door);
  };

  server.on("request", (request, response) => serve(request, response, false));
  server.on("checkContinue", (request, response) => serve(request, response, true));
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    const http = {
      id: checkHeaders(request).id ?? nextId(),
      request,
      response,
      expectsContinue: false,
      connection: connectionOf(request.socket),
    };
    const exchange = new HttpExchange(http, NOWHERE, exchangeHost);
    exchange.sendProblem(statusProblem(417, "the only expectation known here is 100-continue", { requestId: exchange.id }));
  });
  server.on("clientError", (error, socket) => answerClientError(error, socket, connections.get(socket as Socket)?.exchanges() ?? []));
  server.on("connection", (socket) => {
    const connection = new Connection<HttpExchange>();
    connections.set(socket, connection);
    socket.on("close", () => {
      connections.delete(socket);
      connection.giveUp(callerGone());
    });
  });

  const drain = async (deadlineMs: number): Promise<void> => {
    if (!server.listening) return;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    const letGo = setInterval(() => closeIdle(server, connections), IDLE_SWEEP_MS);
    closeIdle(server, connections);
    const deadline = setTimeout(() => {
      for (const connection of connections.values()) for (const exchange of connection.exchanges()) exchange.overrule(stopping());
      // The 503s written just now leave before the connections are cut.
      setImmediate(() => server.closeAllConnections());
    }, deadlineMs);
    await ended;
    clearInterval(letGo);
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
      address = await listen(server, options.host ?? "127.0.0.1", options.port);
      server.on("error", (error) => options.log.log("error", "the HTTP server failed", { error: error.message }));
      return address;
    },
    mount: (door, policies) => table.mount(door, policies),
    createTable,
    replace: (next) => void (table = next),
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

function answer(exchange: HttpExchange, door: Door): void {
  try {
    const handled = door.handle(exchange);
    if (handled === undefined) answered(exchange, door);
    else if ("body" in handled) exchange.handBody(new BodyAnswer(exchange, door, handled));
    else answerLater(exchange, door, handled);
  } catch (thrown) {
    exchange.fail(asPortolanError(thrown));
  }
}

/** Waits for the body of a request in a door's stead. */
class BodyAnswer implements BodyTaker {
  readonly #exchange: HttpExchange;
  readonly #door: Door;
  readonly #on: OnBody;

  constructor(exchange: HttpExchange, door: Door, on: OnBody) {
    this.#exchange = exchange;
    this.#door = door;
    this.#on = on;
  }

  take(bytes: Buffer): void {
    try {
      const handled = this.#on.body(bytes);
      if (handled === undefined) answered(this.#exchange, this.#door);
      else answerLater(this.#exchange, this.#door, handled);
    } catch (thrown) {
      this.#exchange.fail(asPortolanError(thrown));
    }
  }

  lose(reason: PortolanError): void {
    this.#on.lost();
    if (!this.#exchange.stopped) this.#exchange.fail(reason);
  }
}

function answerLater(exchange: HttpExchange, door: Door, handled: Promise<void>): void {
  handled.then(
    () => answered(exchange, door),
    (thrown: unknown) => exchange.fail(asPortolanError(thrown)),
  );
}

/** The door is done with a request. */
function answered(exchange: HttpExchange, door: Door): void {
  if (!exchange.open) return;
  exchange.fail(new PortolanError("PORTOLAN_CALLBACK_FAILED", `${door.owner}: ${door.method} ${door.path} ended without a reply`));
}

type Server = ReturnType<typeof createServer>;

function listen(server: Server, host: string, port: number): Promise<HttpAddress> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once("error", failed);
    server.listen({ host, port }, () => {
      server.off("error", failed);
      // A server that listens on TCP has an address of three parts.
      const bound = server.address() as AddressInfo;
      resolve({
        host: bound.address,
        port: bound.port,
        origin: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
      });
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): PortolanError {
  if (error.code === "EADDRINUSE") {
    return new PortolanError("PORTOLAN_PORT_IN_USE", `port ${port} of ${host} is taken by another process`, {
      cause: error,
      hint: "Stop that process, or configure another port (0 takes any free one).",
    });
  }
  const hint =
    error.code === "EACCES"
      ? "Ports below 1024 need a permission of the system. Take a higher one."
      : "Take an address of this machine, such as 127.0.0.1 or 0.0.0.0.";
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `cannot listen on ${host} port ${port}: ${error.message}`, { cause: error, hint });
}

/** Connections between two requests, and those on which nothing was ever sent. */
function closeIdle(server: Server, connections: ReadonlyMap<Socket, unknown>): void {
  server.closeIdleConnections();
  for (const socket of connections.keys()) if (socket.bytesRead === 0) socket.destroy();
}

function stopping(): PortolanError {
  return new PortolanError("PORTOLAN_STOPPING", "this node is stopping");
}

function callerGone(): PortolanError {
  return new PortolanError("PORTOLAN_CALLER_GONE", "the caller closed the connection before the reply");
}

/** Unique on all hosts: a part of chance drawn once, and a counter. */
function requestIds(): () => string {
  const prefix = Math.random().toString(36).slice(2, 10);
  let counter = 0;
  return () => `${prefix}-${(counter += 1).toString(36)}`;
}
