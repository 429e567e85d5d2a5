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
  if (inTurn) endSlowly(socket, rawProblem(error.code));
  else socket.destroy();
}

const LINGER_MS = 2000;
const LINGER_BYTES = 32 * 1024 * 1024;

/**
 * Sends the last of a connection, and takes in for a while what still comes (RFC 9112, section 9.6): a caller that is sending
 * would lose the answer to a connection that is closed at once.
 */
function endSlowly(socket: Duplex, text: string): void {
  let left = LINGER_BYTES;
  const discard = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  };
  const destroy = () => void socket.destroy();
  // The first listener takes the bytes from the parser, which then gets no more of them.
  socket.on("data", discard);
  for (const event of ["data", "end"])
    for (const listener of socket.listeners(event)) if (listener !== discard) socket.off(event, listener as () => void);
  socket.on("end", destroy);
  const timer = setTimeout(destroy, LINGER_MS);
  socket.on("close", () => clearTimeout(timer));
  socket.end(text);
  socket.resume();
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
