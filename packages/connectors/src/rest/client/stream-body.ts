import { PortolanError, describeValue, type Format } from "@portolan/core";

/** The bytes of a stream: those of its records where the format writes them one by one, else its pieces. */
export function streamBody(body: AsyncIterable<unknown>, format: Format | undefined, endpoint: string): AsyncIterable<Uint8Array> {
  const encodeRecord = format?.encodeRecord?.bind(format);
  const bytes = encodeRecord === undefined ? (piece: unknown) => bytesOf(piece, endpoint) : encodeRecord;
  async function* written(): AsyncGenerator<Uint8Array> {
    let isFirst = true;
    for await (const piece of body) {
      yield bytes(piece, isFirst);
      isFirst = false;
    }
  }
  // What can be read again can be sent again.
  return "next" in body || "pipe" in body || "pipeTo" in body ? written() : { [Symbol.asyncIterator]: written };
}

function bytesOf(piece: unknown, endpoint: string): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === "string") return Buffer.from(piece);
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint}: expected a stream of bytes or texts, found ${describeValue(piece)}`, {
    hint: "a stream of records is sent in a format that is a sequence of them, such as format: ndjson",
  });
}
