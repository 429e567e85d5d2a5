import type { FileHandle } from "node:fs/promises";

/** A line of a file, without its end, and where the next one begins. `isCut`: it was too long, and its rest was skipped. */
export interface FileLine {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly isCut: boolean;
}

const CHUNK_BYTES = 64 * 1024;
/** Longer lines are cut, so that a file without line ends does not fill the memory. */
const LONGEST_LINE_BYTES = 16 * 1024 ** 2;

/** The complete lines of a file from an offset on, up to its present end; a last line without an end is still being written. */
export async function* readFileLines(handle: FileHandle, from: number): AsyncGenerator<FileLine> {
  let pending = Buffer.alloc(0);
  let start = from;
  let position = from;
  let isCut = false;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    let chunk = buffer.subarray(0, bytesRead);
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a)) {
      position += end + 1;
      yield { bytes: isCut ? pending : Buffer.concat([pending, chunk.subarray(0, end)]), start, end: position, isCut };
      chunk = chunk.subarray(end + 1);
      pending = Buffer.alloc(0);
      start = position;
      isCut = false;
    }
    position += chunk.length;
    if (!isCut) pending = Buffer.concat([pending, chunk]);
    isCut ||= pending.length > LONGEST_LINE_BYTES;
  }
}
