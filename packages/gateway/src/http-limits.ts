import { option, optional, withDefault, type OptionsOf } from "@portolan/core";

/** What callers may do at the most. */
export interface HttpLimits {
  /** The request line and all headers together; 431 beyond. */
  readonly maxHeaderBytes: number;
  /** A request's body, unless a door says otherwise; 413 beyond. */
  readonly maxBodyBytes: number;
  /** From the first byte of a request to the end of its headers; 408 beyond. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to its last; 408 beyond. */
  readonly requestTimeoutMs: number;
  /** From the end of the headers to the reply, and from one piece of a streamed body to the next, unless a door says otherwise; 504 beyond. */
  readonly handlerTimeoutMs: number;
  /** How long a connection may idle between two requests. Longer than that of a load balancer in front. */
  readonly keepAliveMs: number;
  /** Connections at the same time; further ones are closed at once. */
  readonly maxConnections: number;
  /** Requests on one connection; the reply to the last one closes it. */
  readonly maxRequestsPerConnection: number;
}

const DEFAULTS = {
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  handlerTimeoutMs: 60_000,
  keepAliveMs: 65_000,
  maxConnections: Infinity,
  maxRequestsPerConnection: Infinity,
} as const satisfies HttpLimits;

export function httpLimits(given: Partial<HttpLimits> = {}): HttpLimits {
  return Object.freeze({ ...DEFAULTS, ...given });
}

/** The limits as people write them. */
export const limitOptions = {
  maxHeaders: withDefault(option.bytes, DEFAULTS.maxHeaderBytes, "The request line and all headers together; 431 beyond."),
  maxBody: withDefault(option.bytes, DEFAULTS.maxBodyBytes, "A request's body, unless a door says otherwise; 413 beyond."),
  headersTimeout: withDefault(
    option.duration,
    DEFAULTS.headersTimeoutMs,
    "From the first byte of a request to the end of its headers; 408 beyond.",
  ),
  requestTimeout: withDefault(
    option.duration,
    DEFAULTS.requestTimeoutMs,
    "From the first byte of a request to its last, bodies that stream included; 408 beyond. 0 is no limit.",
  ),
  timeout: withDefault(
    option.duration,
    DEFAULTS.handlerTimeoutMs,
    "From the end of the headers to the reply, unless a door says otherwise; 504 beyond.",
  ),
  idleTimeout: withDefault(
    option.duration,
    DEFAULTS.keepAliveMs,
    "How long a connection may idle between two requests. Longer than that of a load balancer in front.",
  ),
  maxConnections: optional(option.integer({ min: 1 }), "Connections at the same time; further ones are closed at once. Default: no limit."),
  maxRequests: optional(option.integer({ min: 1 }), "Requests on one connection; the reply to the last one closes it. Default: no limit."),
};

export type LimitOptions = OptionsOf<typeof limitOptions>;

export function limitsOf(options: LimitOptions): Partial<HttpLimits> {
  const { maxConnections, maxRequests } = options;
  return {
    maxHeaderBytes: options.maxHeaders,
    maxBodyBytes: options.maxBody,
    headersTimeoutMs: options.headersTimeout,
    requestTimeoutMs: options.requestTimeout,
    handlerTimeoutMs: options.timeout,
    keepAliveMs: options.idleTimeout,
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(maxRequests === undefined ? {} : { maxRequestsPerConnection: maxRequests }),
  };
}
