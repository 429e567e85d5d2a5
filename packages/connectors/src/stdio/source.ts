import { Readable } from "node:stream";
import type { Format, RunningSource, SourceContext, SourceDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { deliverPersistently } from "../persistent-delivery.ts";
import { type StdinOptions, stdinOptions } from "./options.ts";

export const stdinSource: SourceDefinition<typeof stdinOptions> = {
  summary: "Reads standard input, record by record, up to its end.",
  options: stdinOptions,
  replies: false,
  describe: ({ format }) => `standard input as ${format?.name ?? "ndjson"}`,
  open: openStdin,
};

async function openStdin({ format: choice, input = process.stdin }: StdinOptions, context: SourceContext): Promise<RunningSource> {
  const format = chosenFormat(choice ?? { name: "ndjson" }, context.services);
  const closing = new AbortController();
  const ended = Promise.withResolvers<void>();
  // Whoever asks learns of it; it is logged in any case.
  ended.promise.catch(() => undefined);
  let isStarted = false;
  const start = context.clock.after(0, () => {
    isStarted = true;
    readAll(recordsOf(format, until(closing.signal, input)), context, closing.signal).then(ended.resolve, (error: unknown) => {
      context.log.log("error", "standard input cannot be read any further", { source: context.name, error: String(error) });
      ended.reject(error);
    });
  });
  return {
    ended: ended.promise,
    async close() {
      if (!closing.signal.aborted) {
        closing.abort();
        start.cancel();
        if (!isStarted) ended.resolve();
        if (input instanceof Readable) input.destroy();
      }
      await Promise.allSettled([ended.promise]);
    },
  };
}

async function readAll(records: AsyncIterable<unknown>, context: SourceContext, signal: AbortSignal): Promise<void> {
  try {
    for await (const body of records) {
      // What was read when the input was cut may be half a record.
      if (signal.aborted || (await deliverPersistently(context, { body }, { signal })) === "stopped") return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function recordsOf(format: Format, chunks: AsyncIterable<Uint8Array>): AsyncIterable<unknown> {
  return format.decodeStream?.(chunks) ?? wholeOf(format, chunks);
}

async function* wholeOf(format: Format, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  yield format.decode(Buffer.concat(pieces));
}

/** The chunks of an input, up to its end or the abort, also while a read is waiting. */
async function* until(signal: AbortSignal, input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<{ readonly done: true }>((resolve) => {
    signal.addEventListener("abort", () => resolve({ done: true }), { once: true });
  });
  const chunks = input[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([chunks.next(), aborted]);
    if (next.done === true || signal.aborted) return;
    yield next.value;
  }
}
