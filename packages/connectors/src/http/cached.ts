import type { Dispatcher } from "undici";
import type { HttpAnswer } from "../http-call.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { SendHttp } from "./outgoing.ts";

/**
 * Keeps replies to GET as a private cache may (RFC 9111), by undici's cache: it asks whether a stale one has changed, and what is
 * fresh is not asked for. Its clock is that of the machine.
 */
export async function cached(send: SendHttp, { maxSize }: NonNullable<ConnectionOptions["cache"]>): Promise<SendHttp> {
  const { cacheStores, interceptors } = await import("undici");
  const store = new cacheStores.MemoryCacheStore({ maxSize, maxEntrySize: Math.max(1, Math.floor(maxSize / 4)) });
  const keep = interceptors.cache({ store, type: "private", methods: ["GET"] });
  return (request, signal) => {
    if (request.method !== "GET" || request.isStreamed === true) return send(request, signal);
    const url = new URL(request.base + request.path);
    const ask = (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
      // The cache adds what asks whether a reply has changed.
      const headers = options.headers as Readonly<Record<string, string>>;
      void answered(send({ ...request, headers }, signal), handler);
      return true;
    };
    const options = { method: "GET", origin: url.origin, path: url.pathname + url.search, headers: { ...request.headers } } as const;
    return collected((handler) => keep(ask)(options, handler));
  };
}

function collected(dispatch: (handler: Dispatcher.DispatchHandler) => void): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  let head: Pick<HttpAnswer, "status" | "headers"> = { status: 0, headers: {} };
  const chunks: Uint8Array[] = [];
  dispatch({
    onRequestStart: () => undefined,
    onResponseStart: (_controller, status, headers) => void (head = { status, headers }),
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve({ ...head, body: Buffer.concat(chunks) }),
    onResponseError: (_controller, error) => reject(error),
  });
  return promise;
}

async function answered(sending: Promise<HttpAnswer>, handler: Dispatcher.DispatchHandler): Promise<void> {
  const controller = { ...CONTROLLER };
  try {
    handler.onRequestStart?.(controller, {});
    const { status, headers, body } = await sending;
    handler.onResponseStart?.(controller, status, { ...headers }, "");
    if (body.length > 0) handler.onResponseData?.(controller, Buffer.from(body));
    handler.onResponseEnd?.(controller, {});
  } catch (error) {
    handler.onResponseError?.(controller, error instanceof Error ? error : new Error(String(error)));
  }
}

/** The answer is there as a whole: there is nothing to pause. */
const CONTROLLER: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  pause() {},
  resume() {},
  abort() {},
  rawHeaders: null,
  rawTrailers: null,
};
