import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { SpooledStream } from "@portolan/core";

const HEAD_BYTES = 4;

/**
 * Keeps what a stream yields in a file of the system's temporary folder, so that it can be read any number of times. A record is
 * fetched when the first reader comes to it, and the stream is read once.
 */
export function spool(stream: AsyncIterable<unknown>): SpooledStream {
  const source = stream[Symbol.asyncIterator]();
  let file: Promise<{ readonly folder: string; readonly handle: FileHandle }> | undefined;
  let size = 0;
  let last: Promise<void> = Promise.resolve();

  async function openFile() {
    const folder = await mkdtemp(join(tmpdir(), "portolan-stream-"));
    return { folder, handle: await open(join(folder, "records"), "w+", 0o600) };
  }

  /** Adds a record to the file, unless another reader has fetched it meanwhile, or there is none. */
  async function fetch(at: number, handle: FileHandle): Promise<void> {
    if (at < size) return;
    const next = await source.next();
    if (next.done === true) return;
    const record = serialize(next.value);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(record.length);
    await handle.writev([head, record], size);
    size += HEAD_BYTES + record.length;
  }

  async function* read(): AsyncGenerator<unknown> {
    const { handle } = await (file ??= openFile());
    for (let at = 0; ;) {
      const from = at;
      // One after another; a stream that has failed fails for every reader that comes to its end.
      if (from === size) await (last = last.then(() => fetch(from, handle)));
      if (from === size) return;
      const { buffer: head } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, from);
      const length = head.readUInt32LE();
      const { buffer: record } = await handle.read(Buffer.alloc(length), 0, length, from + HEAD_BYTES);
      at = from + HEAD_BYTES + length;
      yield deserialize(record);
    }
  }

  return {
    records: { [Symbol.asyncIterator]: read },
    async close() {
      await Promise.allSettled([last]);
      await source.return?.();
      if (file === undefined) return;
      const { folder, handle } = await file;
      await handle.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
