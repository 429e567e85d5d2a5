import type { ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from "node:http2";
import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Connection } from "./connection.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpLimits } from "./http-limits.ts";
import { asIncoming } from "./http2-request.ts";
import type { WireRequest } from "./wire-request.ts";

export interface Http2Events {
  readonly serve: (request: WireRequest) => void;
  readonly track: (stream: Duplex) => Connection<HttpExchange>;
}

/** The sessions of callers that speak HTTP/2. */
export interface Http2Sessions {
  /** Tells callers to go elsewhere; requests in process are finished. */
  letGo(): void;
  cut(): void;
}

const MAX_STREAMS = 250;

/** Has a TLS server answer callers that choose HTTP/2, each of their streams as a connection of its own. */
export function addHttp2(server: Server, limits: HttpLimits, { serve, track }: Http2Events): Http2Sessions {
  const http2 = process.getBuiltinModule("node:http2").createServer({
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: limits.maxHeaderBytes, enablePush: false },
    maxHeaderListPairs: Math.max(128, Math.floor(limits.maxHeaderBytes / 32)),
  });
  const sessions = new Set<ServerHttp2Session>();
  const [speakHttp1] = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") http2.emit("connection", socket);
    else speakHttp1?.call(server, socket);
  });

  http2.on("session", (session) => {
    sessions.add(session);
    let streams = 0;
    session.on("stream", (stream) => {
      streams += 1;
      stream.on("close", () => (streams -= 1));
    });
    session.setTimeout(limits.keepAliveMs, () => {
      // Streams are limited in time by what they do.
      if (streams === 0) session.close();
    });
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
  });
  const receive = (expects: WireRequest["expects"]) => (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const { stream } = request;
    serve({ request: asIncoming(request), response: response as unknown as ServerResponse, expects, connection: track(stream) });
  };
  http2.on("request", receive("nothing"));
  http2.on("checkContinue", receive("continue"));
  http2.on("checkExpectation", receive("unknown"));
  return {
    letGo() {
      for (const session of sessions) session.close();
    },
    cut() {
      for (const session of sessions) session.destroy();
    },
  };
}
