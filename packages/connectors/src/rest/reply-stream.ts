import { isRecord, PortolanError, type Clock, type ConnectorServices, type Format } from "@portolan/core";
import { eventChunks } from "./event-stream.ts";
import { mediaTypeName } from "./media-types.ts";

export interface StreamParts {
  readonly services: ConnectorServices;
  readonly clock: Clock;
  /** Aborted when nobody reads any more, or the door closes. */
  readonly signal: AbortSignal;
}

/** A reply whose parts come as they are made. */
export interface StreamedReply {
  readonly type: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export function isStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/**
 * The bytes of a stream: events as such, bytes and texts as they are, everything else as records of the type's format, or as the items of a
 * JSON list. All but events wait for the first part, so that a failure before it is still answered as one.
 */
export async function streamedReply(body: AsyncIterable<unknown>, type: string, parts: StreamParts): Promise<StreamedReply> {
  const name = mediaTypeName(type);
  if (name === "text/event-stream") return { type, chunks: eventChunks(body, parts.clock, parts.signal) };
  const iterator = body[Symbol.asyncIterator]();
  const first = await iterator.next();
  const values = from(iterator, first, parts.signal);
  const sample: unknown = first.done === true ? undefined : first.value;
  if (sample instanceof Uint8Array)
    return { type: name === "application/json" ? "application/octet-stream" : type, chunks: asBytes(values) };
  if (/[/+]json$/.test(name)) return { type, chunks: jsonList(values) };
  const format = recordFormat(type, sample, parts.services);
  const encodeRecord = format?.encodeRecord?.bind(format);
  if (encodeRecord !== undefined && typeof sample !== "string") return { type, chunks: records(values, encodeRecord) };
  if (typeof sample === "string" || sample === undefined) return { type, chunks: asBytes(values) };
  await iterator.return?.();
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `the result is a stream of data, and ${type} is written as a whole`, {
    kind: "defect",
    hint: "stream bytes or texts, or say application/x-ndjson, text/csv, application/json or text/event-stream",
  });
}

/** A table has the columns of its first record. */
function recordFormat(type: string, sample: unknown, services: ConnectorServices): Format | undefined {
  const format = services.formatFor(type);
  const isTable = format?.name === "csv" || format?.name === "tsv";
  return isTable && isRecord(sample) ? services.format(format.name, { columns: Object.keys(sample) }) : format;
}

async function* from(iterator: AsyncIterator<unknown>, first: IteratorResult<unknown>, signal: AbortSignal): AsyncGenerator {
  try {
    for (let next = first; next.done !== true && !signal.aborted; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

async function* asBytes(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield value instanceof Uint8Array ? value : Buffer.from(String(value));
}

async function* records(
  values: AsyncIterable<unknown>,
  encode: (value: unknown, first: boolean) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const value of values) {
    yield encode(value, isFirst);
    isFirst = false;
  }
}

async function* jsonList(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let before = "[";
  for await (const value of values) {
    yield Buffer.from(before + (JSON.stringify(value) ?? "null"));
    before = ",";
  }
  yield Buffer.from(before === "[" ? "[]" : "]");
}
