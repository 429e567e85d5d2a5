import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** The request as node:http would have it: Node's compatibility classes leave out `host`, and keep the pseudo-headers. */
export function asIncoming(request: Http2ServerRequest): IncomingMessage {
  const { ":authority": authority, ":method": _method, ":path": _path, ":scheme": _scheme, ...headers } = request.headers;
  // The class reads its own fields elsewhere, so that this changes nothing but what others see.
  Object.defineProperty(request, "headers", { value: authority === undefined ? headers : { host: authority, ...headers } });
  return request as unknown as IncomingMessage;
}

/** What HTTP/2 says of a request's body and HTTP/1.1 does not; undefined for HTTP/1.1. */
export function streamOf(request: IncomingMessage): Http2ServerRequest["stream"] | undefined {
  return "stream" in request ? (request.stream as Http2ServerRequest["stream"]) : undefined;
}

/** Cuts a request off, so that its caller sees that it has not all of the reply. */
export function cutOff(request: IncomingMessage): void {
  const stream = streamOf(request);
  if (stream === undefined) request.socket.destroy();
  else stream.close(INTERNAL_ERROR);
}

/** RFC 9113, section 7. */
const INTERNAL_ERROR = 2;
