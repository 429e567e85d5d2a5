import type { Format, HeaderValue, Incoming, PortolanError } from "@portolan/core";
import { asPortolanError, PortolanError as Failure } from "@portolan/core";

/** A record as it came, and where from. */
export interface ReceivedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When it was written, in ms since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [Uint8Array | null, Uint8Array | null])[];
}

/** The message of a record; with `unreadable` if its value is not what the format says: then the body is the bytes. */
export function messageOf(record: ReceivedRecord, format: Format): { readonly incoming: Incoming; readonly unreadable?: PortolanError } {
  const { topic, partition, offset, value } = record;
  const id = `${topic}-${partition}-${offset}`;
  const headers = headersOf(record);
  // A record without a value says that what its key names is gone.
  if (value === null) return { incoming: { id, headers, body: null } };
  try {
    return { incoming: { id, headers, body: format.decode(value) } };
  } catch (thrown) {
    const reason = asPortolanError(thrown);
    const unreadable = new Failure(reason.code, `${topic}, partition ${partition}, offset ${offset}: ${reason.message}`, {
      kind: "invalid",
      cause: reason,
    });
    return { incoming: { id, headers, body: value }, unreadable };
  }
}

function headersOf({ topic, partition, offset, timestamp, key, headers }: ReceivedRecord): Readonly<Record<string, HeaderValue>> {
  const result: Record<string, HeaderValue> = {};
  for (const [name, value] of headers) if (name !== null && value !== null) add(result, text(name), text(value));
  // Kafka's own go before what a sender calls so.
  return {
    ...result,
    "kafka-topic": topic,
    "kafka-partition": partition,
    "kafka-offset": Number(offset),
    "kafka-timestamp": new Date(timestamp).toISOString(),
    ...(key === null ? {} : { "kafka-key": text(key) }),
  };
}

/** A name that comes twice has a list of values. */
function add(headers: Record<string, HeaderValue>, name: string, value: string): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  headers[name] = before === undefined ? value : ([...(Array.isArray(before) ? before : [before]), value] as HeaderValue);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
