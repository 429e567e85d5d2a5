import { formatInvalid } from "../format-invalid.ts";

/** Takes numbers and bytes one after another; what is not there is refused. */
export interface ByteReader {
  readonly position: number;
  readonly isAtEnd: boolean;
  /** Whether something was refused because it was not there: of bytes that come in pieces it may come yet. */
  readonly hasRunOut: boolean;
  bytes(length: number): Buffer;
  /** A zigzag number of at most 64 bits: a text of its digits if a JavaScript number would change it. */
  long(): number | string;
  /** A count or length: never negative unless `signed`, never beyond what a number can hold. */
  count(what: string): number;
  signedCount(what: string): number;
  fault(reason: string): Error;
}

export function createByteReader(source: Uint8Array): ByteReader {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let position = 0;
  let hasRunOut = false;

  const fault = (reason: string) => formatInvalid(`Avro is not valid at byte ${position}: ${reason}`);

  function bytes(length: number): Buffer {
    if (length > buffer.length - position) hasRunOut = true;
    if (hasRunOut) throw fault(`expected ${length} more bytes, found ${buffer.length - position}`);
    position += length;
    return buffer.subarray(position - length, position);
  }

  function byte(): number {
    const value = buffer[position];
    if (value === undefined) hasRunOut = true;
    if (value === undefined) throw fault("expected a number, found the end");
    position += 1;
    return value;
  }

  function long(): number | string {
    let bits = 0n;
    let small = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const next = byte();
      // Up to 28 bits are whole numbers to the machine.
      if (shift < 28) small |= (next & 0x7f) << shift;
      else bits |= BigInt(next & 0x7f) << BigInt(shift);
      if (next < 0x80) return shift < 28 ? (small >>> 1) ^ -(small & 1) : wideLong(bits | BigInt(small));
    }
    throw fault("expected a number of at most 64 bits, found more");
  }

  function wideLong(bits: bigint): number | string {
    const value = BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }

  function signedCount(what: string): number {
    const value = long();
    if (typeof value === "number") return value;
    throw fault(`expected ${what}, found ${value}`);
  }

  function count(what: string): number {
    const value = signedCount(what);
    if (value >= 0) return value;
    throw fault(`expected ${what}, found ${value}`);
  }

  return {
    get position() {
      return position;
    },
    get hasRunOut() {
      return hasRunOut;
    },
    get isAtEnd() {
      return position === buffer.length;
    },
    bytes,
    long,
    count,
    signedCount,
    fault,
  };
}
