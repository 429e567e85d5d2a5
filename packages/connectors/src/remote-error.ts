import { PortolanError, type PortolanErrorOptions } from "@portolan/core";
import type { HttpAnswer } from "./http-call.ts";

/** Statuses besides 5xx that say: not now. */
const TRANSIENT = new Set([408, 425, 429]);
const SNIPPET_LENGTH = 300;

/** The error of an answer that is no success. */
export function errorOfStatus(answer: HttpAnswer, endpoint: string, now: number): PortolanError {
  const { status } = answer;
  const snippet = snippetOf(answer.body);
  const message = `${endpoint} answered ${status}${snippet === "" ? "" : `: ${snippet}`}`;
  if (status >= 500 || TRANSIENT.has(status)) {
    const retryAfterMs = retryAfter(answer.headers["retry-after"], now);
    return new PortolanError("PORTOLAN_REMOTE_FAILED", message, { endpoint, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  const options: PortolanErrorOptions = { endpoint };
  if (status < 300 || status >= 400) return new PortolanError("PORTOLAN_REMOTE_REJECTED", message, options);
  const location = answer.headers["location"];
  const hint = `This one is not followed${location === undefined ? "" : `: it leads to ${String(location)}`}. Call the address that is meant, or see the options redirects and redirectsTo.`;
  return new PortolanError("PORTOLAN_REMOTE_REJECTED", message, { ...options, hint });
}

/**
 * The error of a request that got no whole answer. All of these are transient: no connection, a broken one, a
 * certificate that is not valid (now). Where the request had been sent, it may have been processed.
 */
export function errorOfFailure(thrown: unknown, endpoint: string): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (code === "UND_ERR_CLOSED" || code === "UND_ERR_DESTROYED")
    return new PortolanError("PORTOLAN_STOPPING", `${endpoint}: the client is closed`, { cause });
  // undici says so, too, when a proxy wants to know who asks.
  if (code === "UND_ERR_INVALID_ARG" && !/\bproxy\b/i.test(cause.message)) {
    return new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `${endpoint}: the request cannot be sent: ${cause.message}`, {
      kind: "invalid",
      cause,
    });
  }
  const kind = isTlsError(code) ? "the certificate or the TLS handshake was refused" : "no connection, or it broke";
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", `${endpoint}: ${kind}: ${describeFailure(cause, code)}`, { endpoint, cause });
}

function isTlsError(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|EPROTO$|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/.test(code);
}

/** Node packs the failures of several addresses of a host into one error without a message. */
function describeFailure(cause: Error, code: string): string {
  const inner =
    cause instanceof AggregateError
      ? cause.errors.map((one) => (one instanceof Error ? one.message : String(one))).join("; ")
      : cause.message;
  return inner === "" ? code : inner;
}

/** Milliseconds of a Retry-After: a number of seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfter(value: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function snippetOf(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, SNIPPET_LENGTH * 4)).toString();
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > SNIPPET_LENGTH ? `${line.slice(0, SNIPPET_LENGTH - 1)}…` : line;
}
