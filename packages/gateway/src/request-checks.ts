import type { IncomingMessage } from "node:http";

/** What a host may look like: a name or an address, and a port. Anything else could mean two things to two readers. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/;

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * What makes a request ambiguous, in words, beyond what node:http refuses itself (repeated or contradictory lengths,
 * malformed transfer codings, a missing Host). Rules: RFC 9112 sections 3.2 and 6.1.
 */
export function ambiguityOf(request: IncomingMessage): string | undefined {
  const raw = request.rawHeaders;
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts > 1) return "the request has more than one Host";
  const { headers } = request;
  if (headers.host && !HOST.test(headers.host)) return "the Host is no host name";
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return undefined;
  if (request.httpVersion === "1.0") return "HTTP/1.0 has no Transfer-Encoding";
  if (coding.toLowerCase() !== "chunked") return "the only transfer coding known here is chunked";
  return undefined;
}

/** The caller's own request id, if it sent a sound one. */
export function requestIdOf(request: IncomingMessage): string | undefined {
  const id = request.headers["x-request-id"];
  return typeof id === "string" && REQUEST_ID.test(id) ? id : undefined;
}
