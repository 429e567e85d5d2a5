import type { IncomingMessage, Server as HttpServer, ServerOptions, ServerResponse as Response } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PortolanError, type Logger } from "@portolan/core";
import { answerClientError } from "./client-error.ts";
import { Connection } from "./connection.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { addHttp2 } from "./http2.ts";
import type { HttpLimits } from "./http-limits.ts";
import { createServer, ServerResponse } from "./node-http.ts";
import { createTlsServer } from "./tls-server.ts";
import type { TlsSource } from "./tls-options.ts";
import type { WireRequest } from "./wire-request.ts";

export interface WireOptions {
  readonly limits: HttpLimits;
  readonly tls: TlsSource | undefined;
  readonly log: Logger;
  readonly serve: (request: WireRequest) => void;
  /** Whether a request for another protocol leads somewhere; any other is answered as if it did not ask for that. */
  readonly upgrades: (request: IncomingMessage) => boolean;
}

/** The sockets' side of an HTTP host: HTTP/1.1, and HTTP/2 where there is TLS. */
export interface WireServer {
  readonly server: HttpServer | HttpsServer;
  readonly scheme: "http" | "https";
  connections(): Iterable<Connection<HttpExchange>>;
  /** Takes no connection any more, and lets go of those between two requests. Resolves when the last has gone. */
  drain(): Promise<void>;
  /** Cuts all connections. */
  cut(): void;
}

const IDLE_SWEEP_MS = 50;

export function createWireServer({ limits, tls, log, serve, upgrades }: WireOptions): WireServer {
  const connections = new Map<Duplex, Connection<HttpExchange>>();
  const sockets = new Set<Socket>();
  const connectionOf = (socket: Duplex) => connections.get(socket) ?? new Connection<HttpExchange>();
  const options = serverOptions(limits, upgrades);
  const server = tls === undefined ? createServer(options) : createTlsServer(options, tls, log);
  // Their number is bounded by the size of all headers; node:http would drop the rest without a word.
  server.maxHeadersCount = 0;
  if (Number.isFinite(limits.maxConnections)) server.maxConnections = limits.maxConnections;

  const track = (wire: Duplex): Connection<HttpExchange> => {
    const connection = new Connection<HttpExchange>();
    connections.set(wire, connection);
    wire.on("close", () => {
      connections.delete(wire);
      connection.giveUp(callerGone());
    });
    return connection;
  };
  const http2 = tls === undefined ? undefined : addHttp2(server as HttpsServer, limits, { serve, track });
  const receive = (expects: WireRequest["expects"]) => (request: IncomingMessage, response: Response) =>
    serve({ request, response, expects, connection: connectionOf(request.socket) });

  server.on("request", receive("nothing"));
  server.on("checkContinue", receive("continue"));
  server.on("checkExpectation", receive("unknown"));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => undefined);
    const connection = connectionOf(request.socket);
    serve({ request, response: responseOn(socket, request), expects: "nothing", connection, upgraded: { socket, head } });
  });
  server.on("clientError", (error, socket) => answerClientError(error, socket, connections.get(socket)?.exchanges() ?? []));
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => void track(socket));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

  const letGo = () => {
    server.closeIdleConnections();
    http2?.letGo();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  return {
    server,
    scheme: tls === undefined ? "http" : "https",
    connections: () => connections.values(),
    async drain() {
      if (!server.listening) return;
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setInterval(letGo, IDLE_SWEEP_MS);
      letGo();
      await ended;
      clearInterval(timer);
    },
    cut() {
      http2?.cut();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function serverOptions(limits: HttpLimits, upgrades: WireOptions["upgrades"]): ServerOptions {
  const { headersTimeoutMs, requestTimeoutMs } = limits;
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: requestTimeoutMs === 0 ? headersTimeoutMs : Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5000, headersTimeoutMs / 4)),
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: (request) => !CHANGES_HTTP.test(request.headers.upgrade ?? "") && upgrades(request),
  };
}

/** Protocols that would carry further requests past all doors. */
const CHANGES_HTTP = /\bh2c?\b|\bhttp\/|\btls\//i;

/** For a request that asks for another protocol node:http makes no response; it may get one all the same. */
function responseOn(socket: Duplex, request: IncomingMessage): Response {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.on("finish", () => socket.end());
  return response;
}

function callerGone(): PortolanError {
  return new PortolanError("PORTOLAN_CALLER_GONE", "the caller closed the connection before the reply");
}
