import type { IncomingMessage } from "node:http";
import { PortolanError } from "@portolan/core";

export interface BodyReader {
  readonly bytes: Promise<Buffer>;
  /** Whether the body is worth being sent: false if it is known to be too large. */
  readonly wanted: boolean;
  /** Rejects `bytes` if they have not all come. */
  cancel(reason: PortolanError): void;
}

const NOTHING = Buffer.alloc(0);

/** Reads a request's body up to a limit. A body of one chunk, the usual case, is not copied. */
export function createBodyReader(request: IncomingMessage, maxBytes: number): BodyReader {
  const length = request.headers["content-length"];
  const expected = length === undefined ? undefined : Number(length);
  if (expected !== undefined && expected > maxBytes) return refused(tooLarge(maxBytes, `${expected} bytes`));
  if (expected === 0 || request.readableEnded) return { bytes: Promise.resolve(NOTHING), wanted: false, cancel() {} };

  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let received = 0;
  // What comes after the end or a refusal is settled already: taking the listeners off would cost more than they do.
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxBytes) return reject(tooLarge(maxBytes, "more"));
    if (first === undefined) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  // Not before the end, also when all is there: node:http does more work for a reply that overtakes the end of its request.
  request.on("end", () => resolve(chunks === undefined ? (first ?? NOTHING) : Buffer.concat(chunks, received)));
  return { bytes: promise, wanted: true, cancel: reject };
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

function refused(error: PortolanError): BodyReader {
  return { bytes: Promise.reject(error), wanted: false, cancel() {} };
}

function tooLarge(maxBytes: number, found: string): PortolanError {
  return new PortolanError("PORTOLAN_BODY_TOO_LARGE", `the body may have ${maxBytes} bytes at the most; it has ${found}`, {
    hint: "Raise maxBody of the door if such bodies are right.",
  });
}
