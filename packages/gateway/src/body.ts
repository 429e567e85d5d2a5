import type { IncomingMessage } from "node:http";
import { PortolanError } from "@portolan/core";

/** What becomes of a body: all of it, or why it will not come. One of the two is called, once. */
export interface BodyTaker {
  take(bytes: Buffer): void;
  lose(reason: PortolanError): void;
}

export interface BodyReader {
  /** Whether the body is worth being sent: false if it is known to be too large. */
  readonly wanted: boolean;
  /** The body is lost if it has not all come. */
  cancel(reason: PortolanError): void;
}

const NOTHING = Buffer.alloc(0);
const ENDED: BodyReader = { wanted: false, cancel() {} };

/** Reads a request's body up to a limit. A body of one chunk, the usual case, is not copied. */
export function readBody(request: IncomingMessage, maxBytes: number, taker: BodyTaker): BodyReader {
  const refusal = refuseLength(request, maxBytes);
  if (refusal !== undefined) {
    taker.lose(refusal);
    return ENDED;
  }
  if (request.headers["content-length"] === "0" || request.readableEnded) {
    taker.take(NOTHING);
    return ENDED;
  }

  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let received = 0;
  let isOver = false;
  const lose = (reason: PortolanError) => {
    if (isOver) return;
    isOver = true;
    taker.lose(reason);
  };
  // What comes after the end or a refusal is of no consequence: taking the listeners off would cost more than they do.
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxBytes) return lose(tooLarge(maxBytes, "more"));
    if (first === undefined) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  // Not before the end, also when all is there: node:http does more work for a reply that overtakes the end of its request.
  request.on("end", () => {
    if (isOver) return;
    isOver = true;
    taker.take(chunks === undefined ? (first ?? NOTHING) : Buffer.concat(chunks, received));
  });
  return { wanted: true, cancel: lose };
}

/**
 * Reads on and forgets, at most as much as a body may have; then the connection is cut. A caller that is still
 * sending would not see a reply on a connection that is closed at once.
 */
export function discardBody(request: IncomingMessage, maxBytes: number): void {
  let left = maxBytes;
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.resume();
}

/** The error of a body that says itself that it is too large. */
export function refuseLength(request: IncomingMessage, maxBytes: number): PortolanError | undefined {
  const length = Number(request.headers["content-length"] ?? 0);
  return length > maxBytes ? tooLarge(maxBytes, `${length} bytes`) : undefined;
}

export function tooLarge(maxBytes: number, found: string): PortolanError {
  return new PortolanError("PORTOLAN_BODY_TOO_LARGE", `the body may have ${maxBytes} bytes at the most; it has ${found}`, {
    hint: "Raise maxBody of the door if such bodies are right.",
  });
}
