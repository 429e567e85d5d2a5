import { PortolanError } from "@portolan/core";
import type { StreamedAnswer } from "./streamed.ts";

/** A request to another system. */
export interface OutgoingRequest {
  readonly method: string;
  /** Scheme, host, port, and a path that goes before the request's own: `https://crm.example/v1`, without a slash at the end. */
  readonly base: string;
  /** Path and query below the base. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Whether the answer is wanted as it comes. */
  readonly isStreamed?: boolean;
  /** What errors and logs call it: without values of the message, and without the query. */
  readonly endpoint: string;
}

/** Sends a request and yields the answer, whatever its status: whole, unless it is to come as a stream; rejects with a PortolanError if there is none, or with the signal's reason. */
export type SendHttp = (request: OutgoingRequest, signal?: AbortSignal) => Promise<StreamedAnswer>;

/** Methods that change nothing (RFC 9110, section 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"]);

/** Whether there was no answer, and nobody but the network or the system is to blame. */
export function isOutage(error: unknown): error is PortolanError {
  return error instanceof PortolanError && (error.code === "PORTOLAN_CONNECTION_FAILED" || error.code === "PORTOLAN_TIMEOUT");
}
