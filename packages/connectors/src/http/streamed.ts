import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Dispatcher } from "undici";
import type { CallLimits, HttpAnswer } from "../http-call.ts";

/** An answer whose body is still coming. */
export interface StreamedAnswer extends HttpAnswer {
  /** Left out of answers that are no success: these are there as a whole. */
  readonly stream?: AsyncIterableIterator<Uint8Array>;
}

interface StreamLimits extends CallLimits {
  /** The error that whoever reads the stream gets for what broke it. */
  failure(reason: unknown): unknown;
}

/**
 * One request, and its answer as soon as its headers are there. `timeoutMs` holds for the headers, and for the pause before each further
 * piece: a stream that stands still for longer, or that nobody reads, fails and gives its connection up.
 */
export async function streamHttp(
  dispatcher: Dispatcher,
  request: Dispatcher.RequestOptions,
  limits: StreamLimits,
): Promise<StreamedAnswer> {
  const { signal, clock, timeoutMs, maxBytes } = limits;
  const giving = new AbortController();
  const giveUp = (reason: unknown) => giving.abort(reason);
  const onAbort = () => giveUp(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  let timer = clock.after(timeoutMs, () => giveUp(limits.tooLate()));
  const settle = () => {
    timer.cancel();
    signal?.removeEventListener("abort", onAbort);
  };
  try {
    const { statusCode: status, headers, body } = await dispatcher.request({ ...request, signal: giving.signal });
    if (status < 200 || status > 299) {
      const whole = await wholeOf(body, { maxBytes, tooLarge: () => limits.tooLarge() });
      settle();
      return { status, headers, body: whole };
    }
    timer.cancel();
    const { "content-encoding": coding, "content-length": length, ...others } = headers;
    const decoded = decodedStream(body, coding);
    const restart = () => {
      timer.cancel();
      timer = clock.after(timeoutMs, () => giveUp(limits.tooLate()));
    };
    body.once("close", settle).once("error", settle);
    restart();
    const stream = pieces(decoded ?? body, {
      restart,
      reason: (error) => limits.failure(giving.signal.aborted ? giving.signal.reason : error),
    });
    return { status, headers: decoded === undefined ? { ...headers, "content-length": length } : others, body: NOTHING, stream };
  } catch (error) {
    settle();
    throw giving.signal.aborted ? giving.signal.reason : error;
  }
}

const NOTHING = new Uint8Array();

interface Watch {
  restart(): void;
  reason(error: unknown): unknown;
}

/** The pieces of a stream, each of which restarts the watch. It can be read once; given up, read or not, it frees its connection. */
function pieces(stream: Readable, { restart, reason }: Watch): AsyncIterableIterator<Uint8Array> {
  // Streams of undici and of zlib yield bytes.
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return {
    async next() {
      try {
        const piece = await iterator.next();
        if (piece.done !== true) restart();
        return piece;
      } catch (error) {
        throw reason(error);
      }
    },
    async return() {
      stream.destroy();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function wholeOf(body: Readable, { maxBytes, tooLarge }: { maxBytes: number; tooLarge(): Error }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const piece = chunk as Uint8Array;
    size += piece.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** Undefined for a stream that is not compressed, or in a way that is not known here: then it stays as it came, and its header says how. */
function decodedStream(body: Readable, coding: string | string[] | undefined): Readable | undefined {
  const create = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
    zstd: createZstdDecompress,
  }[String(coding).toLowerCase()];
  return create === undefined ? undefined : pipeline(body, create(), () => undefined);
}
