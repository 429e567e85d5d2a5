import { Readable } from "node:stream";
import { PortolanError, type Clock } from "@portolan/core";
import type { Dispatcher } from "undici";
import { decompressed } from "./compressed.ts";
import { callHttp, type CallLimits } from "../http-call.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { OutgoingRequest, SendHttp } from "./outgoing.ts";
import { errorOfFailure } from "../remote-error.ts";
import { streamHttp, type StreamedAnswer } from "./streamed.ts";
import { tlsMaterial } from "./tls-files.ts";

export interface Transport {
  readonly send: SendHttp;
  /** Finishes what is being sent. */
  close(): Promise<void>;
}

type TransportOptions = Pick<
  ConnectionOptions,
  "timeout" | "connectTimeout" | "maxConnections" | "maxResponse" | "compression" | "tls" | "proxy"
>;

/** Connections to servers. One that fails is made anew by the next send. */
export async function openTransport(
  options: TransportOptions,
  { clock, directory }: { clock: Clock; directory: string },
): Promise<Transport> {
  const dispatcher = await openDispatcher(options, directory);
  const encodings = options.compression ? "gzip, deflate, br, zstd" : "identity";
  let closed: Promise<void> | undefined;
  return {
    async send(request, signal) {
      const { method, base, path, headers, body, endpoint } = request;
      const { origin, prefix } = partsOf(base);
      const limits: CallLimits = { ...limitsOf(request, options), clock, signal };
      const all = { "accept-encoding": encodings, ...headers };
      const failure = (reason: unknown) =>
        signal?.aborted === true && reason === signal.reason ? reason : errorOfFailure(reason, endpoint);
      const call = { method, origin, path: prefix + path, headers: all, body: sent(body) };
      const answering: Promise<StreamedAnswer> =
        request.isStreamed === true ? streamHttp(dispatcher, call, { ...limits, failure }) : callHttp(dispatcher, call, limits);
      const answer = await answering.catch((reason: unknown) => {
        throw failure(reason);
      });
      if (answer.stream !== undefined) return answer;
      return decompressed(answer, { endpoint, maxBytes: options.maxResponse, tooLarge: limits.tooLarge });
    },
    close: () => (closed ??= dispatcher.close()),
  };
}

function sent(body: OutgoingRequest["body"]): Uint8Array | Readable | null {
  return body === null || body instanceof Uint8Array ? body : Readable.from(body);
}

const knownBases = new Map<string, { readonly origin: string; readonly prefix: string }>();
const MOST_BASES = 1000;

/** There are few bases, and each comes with every request. */
function partsOf(base: string): { readonly origin: string; readonly prefix: string } {
  const known = knownBases.get(base);
  if (known !== undefined) return known;
  const { origin, pathname } = new URL(base);
  const parts = { origin, prefix: pathname.replace(/\/$/, "") };
  if (knownBases.size < MOST_BASES) knownBases.set(base, parts);
  return parts;
}

function limitsOf({ endpoint }: OutgoingRequest, { timeout, maxResponse }: TransportOptions): Omit<CallLimits, "clock"> {
  return {
    timeoutMs: timeout,
    maxBytes: maxResponse,
    tooLate: () => new PortolanError("PORTOLAN_TIMEOUT", `${endpoint} did not answer within ${timeout} ms`, { endpoint }),
    tooLarge: () =>
      new PortolanError("PORTOLAN_BODY_TOO_LARGE", `${endpoint}: the reply is larger than ${maxResponse} bytes`, {
        endpoint,
        hint: "Raise maxResponse of the target if such replies are right.",
      }),
  };
}

async function openDispatcher(options: TransportOptions, directory: string): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import("undici");
  const tls = tlsMaterial(options.tls, directory);
  // undici's own limits are off: `timeout` covers them, through the clock.
  const own = { connections: options.maxConnections, headersTimeout: 0, bodyTimeout: 0, allowH2: false };
  const connect = { timeout: options.connectTimeout, ...tls };
  if (options.proxy === undefined) return new Agent({ ...own, connect });
  const through = { ...own, connect, requestTls: connect };
  return options.proxy === "env" ? new EnvHttpProxyAgent(through) : new ProxyAgent({ ...through, uri: options.proxy });
}
