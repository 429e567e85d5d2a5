import { asPortolanError } from "@portolan/core";
import type { Exchange } from "../exchange.ts";

/** The request of an exchange once more, for nobody: it goes on when the caller has its reply, until the signal is aborted. */
export function detachedExchange(exchange: Exchange, signal: AbortSignal): Exchange {
  const { id, method, path, params, queryText, query, headers, callerAddress, origin } = exchange;
  return {
    id,
    method,
    path,
    params,
    queryText,
    query,
    headers,
    callerAddress,
    origin,
    signal,
    whenStopped(callback) {
      // It is aborted by what made it, whose reason is an error of ours or none.
      if (callback !== undefined) signal.addEventListener("abort", () => callback(asPortolanError(signal.reason)), { once: true });
    },
    hasBody: false,
    get open() {
      return !signal.aborted;
    },
    readBody: async () => Buffer.alloc(0),
    async *streamBody() {},
    addHeaders() {},
    addTrailers() {},
    reply() {},
    async replyStream() {},
    sendProblem() {},
    fail() {},
  };
}
