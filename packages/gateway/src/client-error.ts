import { STATUS_CODES } from "./node-http.ts";
import type { Duplex } from "node:stream";
import { PortolanError } from "@portolan/core";
import type { HttpExchange } from "./http-exchange.ts";
import { statusProblem } from "./problem.ts";

const STATUS_OF_PARSER: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: "the headers are larger than this host takes" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: "the chunk extensions are larger than this host takes" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: "the request did not come in time" },
};
const MALFORMED = { status: 400, detail: "the request is not well-formed HTTP" };

/**
 * Deals with bytes that are no request. `exchanges` are the connection's requests that wait for their replies, oldest
 * first: the fault is either in the body of the last, or after all of them.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, exchanges: readonly HttpExchange[]): void {
  // What failed before TLS was agreed on can be told nothing in HTTP.
  if (
    error.code === "ECONNRESET" ||
    !socket.writable ||
    error.code?.startsWith("ERR_SSL") === true ||
    error.code?.startsWith("ERR_TLS") === true
  ) {
    socket.destroy();
    return;
  }
  const broken = exchanges.at(-1);
  if (broken?.request.complete === true) {
    // Requests before the fault get their replies; nothing after them can be read.
    for (const exchange of exchanges) exchange.endsConnection = true;
    return;
  }
  const inTurn = exchanges.length < 2 && broken?.begun !== true;
  broken?.giveUp(new PortolanError("PORTOLAN_CALLER_GONE", "the request's body is not well-formed", { cause: error }));
  if (inTurn) socket.end(rawProblem(error.code), () => socket.destroy());
  else socket.destroy();
}

/** A whole response as text, for a connection on which node:http can no longer write one. */
function rawProblem(code: string | undefined): string {
  const { status, detail } = STATUS_OF_PARSER[code ?? ""] ?? MALFORMED;
  const { headers, details } = statusProblem(status, detail);
  const body = JSON.stringify(details);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
