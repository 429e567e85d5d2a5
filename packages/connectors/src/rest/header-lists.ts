/** What belongs to one connection or to the framing of one request (RFC 9110, section 7.6.1), and what the door deals with itself. */
const OF_THE_WIRE = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "content-encoding",
  "expect",
  "host",
  "accept",
  "accept-charset",
  "accept-encoding",
  "http-status",
];

/** What must not end in a journal, a dead letter or another system by accident. */
const CREDENTIALS = ["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"];

/**
 * Headers of a result that are sent with the reply. Requests have some of the same names; these do not become headers
 * of the message, or each reply would repeat what the request said.
 */
export const REPLY_HEADERS: readonly string[] = [
  "allow",
  "cache-control",
  "content-disposition",
  "content-language",
  "content-location",
  "content-type",
  "deprecation",
  "etag",
  "expires",
  "last-modified",
  "link",
  "location",
  "retry-after",
  "set-cookie",
  "sunset",
  "vary",
  "www-authenticate",
];

/** Request headers that do not become headers of the message. */
export function omittedHeaders(keep: readonly string[], reply: readonly string[]): ReadonlySet<string> {
  const kept = new Set(keep.map((name) => name.toLowerCase()));
  const omitted = [...OF_THE_WIRE, ...CREDENTIALS, ...REPLY_HEADERS, ...reply.map((name) => name.toLowerCase())];
  return new Set(omitted.filter((name) => !kept.has(name)));
}
