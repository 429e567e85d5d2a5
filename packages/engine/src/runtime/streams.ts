import { withBody, type ConnectorServices, type Message } from "@portolan/core";
import type { Execution } from "./execution.ts";

/** Whether it can be read only once: an iterator, a stream of Node.js, a stream of the web. */
export function isReadOnce(value: object): boolean {
  return "next" in value || "pipe" in value || "pipeTo" in value;
}

/** Whether a body is read as it goes, so that no store can take it. */
export function isStream(body: unknown): body is object {
  return typeof body === "object" && body !== null && (Symbol.asyncIterator in body || isReadOnce(body));
}

/** A stream that is kept as it is read, as long as somebody holds it. */
interface Spooled {
  readonly records: AsyncIterable<unknown>;
  holders: number;
  close(): Promise<void>;
}

/** By the stream, whose readers get the records in its place, and by the records. */
const spooled = new WeakMap<object, Spooled>();

/**
 * The message with a body that can be read several times, by branches, retries, clauses, taps and dead letters: a stream that can be
 * read only once is spooled as it is read, until its unit of work and everybody else who holds it have ended.
 */
export function readableAgain(message: Message, execution: Execution, spool: ConnectorServices["spool"]): Message {
  const { body } = message;
  if (typeof body !== "object" || body === null || !(Symbol.asyncIterator in body) || !isReadOnce(body)) return message;
  const known = spooled.get(body);
  if (known !== undefined) return withBody(message, known.records);
  const { unit } = execution;
  if (spool === undefined || unit.isOver) return message;
  const { records, close } = spool(body as AsyncIterable<unknown>);
  const made: Spooled = { records, holders: 1, close };
  spooled.set(body, made);
  spooled.set(records, made);
  unit.listen({ ended: () => release(made) });
  return withBody(message, records);
}

/** Keeps a spooled body readable after its unit of work; what it answers lets go of it. */
export function holdBody(body: unknown): () => void {
  const held = typeof body === "object" && body !== null ? spooled.get(body) : undefined;
  if (held === undefined) return () => undefined;
  held.holders += 1;
  return () => release(held);
}

function release(held: Spooled): void {
  held.holders -= 1;
  if (held.holders === 0) held.close().catch(() => undefined);
}

/** A dead letter holds so much of a stream. */
const MOST_BYTES = 1024 * 1024;

/** The message with its stream as a body that a store takes: bytes if it is of bytes, otherwise a list; as it is if that is too much. */
export async function withWholeBody(message: Message): Promise<Message> {
  const { body } = message;
  const stream = isStream(body) ? (spooled.get(body)?.records ?? body) : undefined;
  if (stream === undefined || !(Symbol.asyncIterator in stream)) return message;
  const records: unknown[] = [];
  let size = 0;
  try {
    for await (const record of stream as AsyncIterable<unknown>) {
      size += sizeOf(record);
      if (size > MOST_BYTES) return message;
      records.push(record);
    }
  } catch {
    // A stream that failed by itself is no body; the store says so.
    return message;
  }
  const isBytes = records.length > 0 && records.every((record) => record instanceof Uint8Array);
  return withBody(message, isBytes ? concatenated(records) : records);
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function sizeOf(record: unknown): number {
  if (record instanceof Uint8Array) return record.length;
  return typeof record === "string" ? record.length : (JSON.stringify(record) ?? "").length;
}
