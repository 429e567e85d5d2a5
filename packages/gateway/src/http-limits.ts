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
  /** From the end of the headers to the reply, unless a door says otherwise; 504 beyond. */
  readonly handlerTimeoutMs: number;
  /** How long a connection may idle between two requests. Longer than that of a load balancer in front. */
  readonly keepAliveMs: number;
}

const DEFAULTS = {
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  handlerTimeoutMs: 60_000,
  keepAliveMs: 65_000,
} as const satisfies HttpLimits;

export function httpLimits(given: Partial<HttpLimits> = {}): HttpLimits {
  return Object.freeze({ ...DEFAULTS, ...given });
}
