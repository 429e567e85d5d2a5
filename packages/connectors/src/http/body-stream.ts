/** A body that is sent as it is read. */
export function isBodyStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Whether a body can be sent a second time: an iterator, or a stream of Node.js or of the web, is gone once it was read. */
export function isReplayable(body: Uint8Array | AsyncIterable<Uint8Array> | null): boolean {
  return body === null || !("next" in body || "pipe" in body || "pipeTo" in body);
}
