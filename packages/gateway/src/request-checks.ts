import type { IncomingMessage } from "node:http";

/** What a host may look like: a name or an address, and a port. Anything else could mean two things to two readers. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/;

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** What must be known of a request's headers before it is served. */
export interface HeaderChecks {
  /** What makes the request ambiguous, in words. */
  readonly ambiguity: string | undefined;
  /** The caller's own request id, if it sent a sound one. */
  readonly id: string | undefined;
}

/**
 * Checks beyond what node:http does itself (it refuses repeated or contradictory lengths, malformed transfer codings and a
 * missing Host), by RFC 9112 sections 3.2 and 6.1. One pass over the raw headers: a look into Node's map of them costs more.
 */
export function checkHeaders(request: IncomingMessage): HeaderChecks {
  const raw = request.rawHeaders;
  let host: string | undefined;
  let coding: string | undefined;
  let id: string | undefined;
  let authority: string | undefined;
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const { length } = name;
    if (length === HOST_LENGTH && name.toLowerCase() === "host") {
      host = raw[index + 1];
      hosts += 1;
    } else if (length === AUTHORITY_LENGTH && name === ":authority") authority = raw[index + 1];
    else if (length === CODING_LENGTH && name.toLowerCase() === "transfer-encoding") coding = raw[index + 1];
    else if (length === ID_LENGTH && name.toLowerCase() === "x-request-id") id = raw[index + 1];
  }
  return {
    ambiguity: ambiguityOf(request, { host, authority, hosts, coding }),
    id: id !== undefined && REQUEST_ID.test(id) ? id : undefined,
  };
}

const HOST_LENGTH = "host".length;
const AUTHORITY_LENGTH = ":authority".length;
const CODING_LENGTH = "transfer-encoding".length;
const ID_LENGTH = "x-request-id".length;

interface FramingHeaders {
  readonly host: string | undefined;
  /** What HTTP/2 has in place of a Host. */
  readonly authority: string | undefined;
  readonly hosts: number;
  readonly coding: string | undefined;
}

function ambiguityOf(request: IncomingMessage, { host, authority, hosts, coding }: FramingHeaders): string | undefined {
  if (hosts > 1) return "the request has more than one Host";
  if (host !== undefined && authority !== undefined && host !== authority) return "the request has a Host and another authority";
  if (authority && !HOST.test(authority)) return "the authority is no host name";
  if (host && !HOST.test(host)) return "the Host is no host name";
  if (coding === undefined) return undefined;
  if (request.httpVersion === "1.0") return "HTTP/1.0 has no Transfer-Encoding";
  return coding.toLowerCase() === "chunked" ? undefined : "the only transfer coding known here is chunked";
}
