import type { HttpAnswer } from "../../http-call.ts";

/** A request to another system. */
export interface OutgoingRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** What errors and logs call it: without values of the message, and without the query. */
  readonly endpoint: string;
}

/** Sends a request and yields the whole answer, whatever its status; rejects with a PortolanError if there is none, or with the signal's reason. */
export type SendHttp = (request: OutgoingRequest, signal?: AbortSignal) => Promise<HttpAnswer>;

/** Methods that change nothing (RFC 9110, section 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"]);
