import type { IncomingMessage } from "node:http";
import type { PortolanError } from "@portolan/core";
import { tooLarge, type BodyReader } from "./body.ts";

export interface BodyStream extends BodyReader {
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface BodyStreamEvents {
  /** The first chunk is waited for. */
  begun(): void;
  /** A chunk has come. */
  moved(): void;
}

type Taken = IteratorResult<Uint8Array, undefined>;
const END: Taken = { done: true, value: undefined };

/** A request's body as its chunks come, up to a limit. The wire waits while nobody asks for the next chunk. */
export function streamBody(request: IncomingMessage, maxBytes: number, events: BodyStreamEvents): BodyStream {
  const waiting: Uint8Array[] = [];
  let taker: PromiseWithResolvers<Taken> | undefined;
  let failure: PortolanError | undefined;
  let received = 0;
  let hasBegun = false;
  let hasEnded = request.readableEnded;

  const settle = () => {
    const asked = taker;
    taker = undefined;
    if (asked === undefined) return;
    if (failure === undefined) asked.resolve(END);
    else asked.reject(failure);
  };
  const lose = (reason: PortolanError) => {
    if (hasEnded || failure !== undefined) return;
    failure = reason;
    waiting.length = 0;
    settle();
  };
  const listen = () => {
    request.on("data", (chunk: Buffer) => {
      if (failure !== undefined) return;
      received += chunk.length;
      events.moved();
      if (received > maxBytes) return lose(tooLarge(maxBytes, "more"));
      const asked = taker;
      taker = undefined;
      if (asked !== undefined) return asked.resolve({ done: false, value: chunk });
      waiting.push(chunk);
      request.pause();
    });
    request.on("end", () => {
      hasEnded = true;
      settle();
    });
  };
  const next = (): Promise<Taken> => {
    if (!hasBegun) {
      hasBegun = true;
      if (failure === undefined) events.begun();
      if (!hasEnded) listen();
    }
    const chunk = waiting.shift();
    if (chunk !== undefined) return Promise.resolve({ done: false, value: chunk });
    if (failure !== undefined) return Promise.reject(failure);
    if (hasEnded) return Promise.resolve(END);
    taker = Promise.withResolvers<Taken>();
    request.resume();
    return taker.promise;
  };
  return {
    wanted: true,
    cancel: lose,
    chunks: { [Symbol.asyncIterator]: () => ({ next }) },
  };
}
