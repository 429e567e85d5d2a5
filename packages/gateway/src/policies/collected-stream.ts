/** A stream that goes to a caller, and is kept besides. */
export interface CollectedStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** All of it, once it has ended; undefined if it failed, or is larger than the limit. Never rejects. */
  readonly whole: Promise<Uint8Array | undefined>;
}

/**
 * Reads a stream as fast as it comes, up to a limit, so that whoever waits for the whole does not wait for a slow caller. What is beyond
 * the limit is read as the caller takes it.
 */
export function collected(source: AsyncIterable<Uint8Array>, limit: number): CollectedStream {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: whole, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  const queue: Uint8Array[] = [];
  let bytes = 0;
  let state: "ahead" | "beyond" | "ended" = "ahead";
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  const readAhead = async (): Promise<void> => {
    const all: Uint8Array[] = [];
    try {
      while (bytes <= limit) {
        const { done, value } = await iterator.next();
        if (done === true) {
          state = "ended";
          return resolve(Buffer.concat(all));
        }
        bytes += value.byteLength;
        all.push(value);
        queue.push(value);
        wake();
      }
      state = "beyond";
    } catch (error) {
      state = "ended";
      failure = { error };
    } finally {
      resolve(undefined);
      wake();
    }
  };
  void readAhead();

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = queue.shift();
        if (chunk !== undefined) yield chunk;
        else if (state === "ahead") await new Promise<void>((awake) => (wake = awake));
        else break;
      }
      if (failure !== undefined) throw failure.error;
      if (state === "beyond") yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      if (state === "beyond") await iterator.return?.();
    }
  }
  return { chunks: chunks(), whole };
}
