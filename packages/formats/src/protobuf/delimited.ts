import { formatInvalid } from "../format-invalid.ts";

/** What of a stream of messages is there: whole messages, and the rest. */
interface Split {
  readonly messages: readonly Uint8Array[];
  readonly rest: Uint8Array;
}

const MAX_LENGTH_BYTES = 5;

/** Messages behind their lengths, as Protobuf's own libraries write them one behind the other. */
export function splitDelimited(bytes: Uint8Array, maxLength: number): Split {
  const messages: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const head = readLength(bytes, at);
    if (head === undefined) break;
    if (head.length > maxLength)
      throw formatInvalid(`Protobuf is not valid: expected a message of at most ${maxLength} bytes, found ${head.length}`);
    if (head.end + head.length > bytes.length) break;
    messages.push(bytes.subarray(head.end, head.end + head.length));
    at = head.end + head.length;
  }
  return { messages, rest: bytes.subarray(at) };
}

/** The messages of a stream that comes in pieces. */
export async function* streamDelimited(chunks: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const split = splitDelimited(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), maxLength);
    yield* split.messages;
    rest = split.rest;
  }
  checkRest(rest);
}

export function checkRest(rest: Uint8Array): void {
  if (rest.length > 0)
    throw formatInvalid(`Protobuf is not valid: expected a whole message, found the end behind ${rest.length} bytes of one`);
}

export function delimited(message: Uint8Array): Uint8Array {
  const length: number[] = [];
  let left = message.length;
  for (; left > 0x7f; left = Math.floor(left / 128)) length.push((left % 128) | 0x80);
  return Buffer.concat([Uint8Array.from([...length, left]), message]);
}

/** Undefined if it has not come yet. */
function readLength(bytes: Uint8Array, start: number): { readonly length: number; readonly end: number } | undefined {
  let length = 0;
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { length, end: start + index + 1 };
  }
  throw formatInvalid("Protobuf is not valid: expected the length of a message, found a number of more than 35 bits");
}
