import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { PortolanError } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { expanded } from "../gzip/gunzip.ts";
import { createByteReader, type ByteReader } from "./byte-reader.ts";
import { readDatum, readText, type DatumLimits } from "./read-datum.ts";
import { readAvroSchema, type AvroType } from "./schema.ts";
import { longBytes, textPieces } from "./write-datum.ts";

const MAGIC = Buffer.from("Obj\u0001", "latin1");
const SYNC_LENGTH = 16;

export interface ContainerLimits {
  readonly maxBytes: number;
  readonly maxRatio: number;
  readonly maxDepth: number;
  readonly maxValues: number;
}

interface Head {
  readonly type: AvroType;
  readonly codec: string;
  readonly sync: Buffer;
}

const load = createRequire(import.meta.url);

/** The records of an object container file, which brings its schema. */
export function* readContainer(bytes: Uint8Array, limits: ContainerLimits): Generator<unknown> {
  const reader = createByteReader(bytes);
  const head = readHead(reader);
  const left: DatumLimits = { levelsLeft: limits.maxDepth, valuesLeft: limits.maxValues };
  let room = limits.maxBytes;
  while (!reader.isAtEnd) {
    const block = readBlock(reader, head, { ...limits, maxBytes: room });
    room -= block.bytes.length;
    yield* recordsOf(block, head, left);
  }
}

/** The records of a file that comes in pieces, block by block; each block within the limits. */
export async function* streamContainer(chunks: AsyncIterable<Uint8Array>, limits: ContainerLimits): AsyncGenerator<unknown> {
  let pending: Uint8Array = new Uint8Array();
  let head: Head | undefined;

  /** What `read` reads at the beginning of what is pending; undefined if not all of it has come. */
  function take<Part>(read: (reader: ByteReader) => Part, isEnd: boolean): Part | undefined {
    const reader = createByteReader(pending);
    try {
      const part = read(reader);
      pending = pending.subarray(reader.position);
      return part;
    } catch (thrown) {
      if (!reader.hasRunOut || isEnd || pending.length > limits.maxBytes) throw thrown;
      return undefined;
    }
  }

  function* recordsThere(isEnd: boolean): Generator<unknown> {
    head ??= take(readHead, isEnd);
    const known = head;
    if (known === undefined) return;
    while (pending.length > 0) {
      const block = take((reader) => readBlock(reader, known, limits), isEnd);
      if (block === undefined) return;
      yield* recordsOf(block, known, { levelsLeft: limits.maxDepth, valuesLeft: limits.maxValues });
    }
  }

  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    yield* recordsThere(false);
  }
  yield* recordsThere(true);
}

/** A block as it is before its records are. */
interface Block {
  readonly count: number;
  readonly bytes: Uint8Array;
}

function readBlock(reader: ByteReader, head: Head, limits: Pick<ContainerLimits, "maxBytes" | "maxRatio">): Block {
  const count = reader.count("a count");
  const packed = reader.bytes(reader.count("the size of a block"));
  if (!reader.bytes(SYNC_LENGTH).equals(head.sync)) throw reader.fault("expected the file's marker behind a block, found other bytes");
  return { count, bytes: unpacked(packed, head.codec, limits) };
}

function* recordsOf({ count, bytes }: Block, { type }: Head, left: DatumLimits): Generator<unknown> {
  const reader = createByteReader(bytes);
  for (let index = 0; index < count; index++) yield readDatum(reader, type, left);
  if (!reader.isAtEnd) throw reader.fault("expected the end of the block, found more bytes");
}

/** The head of a file of this schema. Its marker is made of it, so that the same records make the same file. */
export function writeContainerHead(schema: unknown, codec: "null" | "deflate"): Uint8Array {
  const text = JSON.stringify(schema);
  return Buffer.concat([
    MAGIC,
    longBytes(2),
    ...textPieces("avro.schema"),
    ...textPieces(text),
    ...textPieces("avro.codec"),
    ...textPieces(codec),
    longBytes(0),
    markerOf(text),
  ]);
}

export function writeContainerBlock(
  count: number,
  data: Uint8Array,
  { schema, codec }: { schema: unknown; codec: "null" | "deflate" },
): Uint8Array {
  if (count === 0) return new Uint8Array();
  const { deflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  const packed = codec === "deflate" ? deflateRawSync(data) : data;
  return Buffer.concat([longBytes(count), longBytes(packed.length), packed, markerOf(JSON.stringify(schema))]);
}

function markerOf(schema: string): Uint8Array {
  return createHash("sha256").update(schema).digest().subarray(0, SYNC_LENGTH);
}

function readHead(reader: ByteReader): Head {
  if (!reader.bytes(MAGIC.length).equals(MAGIC)) throw reader.fault("expected an Avro file, which begins with Obj and 1, found none");
  const entries = new Map<string, Buffer>();
  for (let count = reader.signedCount("a count"); count !== 0; count = reader.signedCount("a count")) {
    if (count < 0) reader.count("the size of a block");
    for (let left = Math.abs(count); left > 0; left--) entries.set(readText(reader), reader.bytes(reader.count("a length")));
  }
  return {
    type: typeOf(entries.get("avro.schema")?.toString() ?? ""),
    codec: entries.get("avro.codec")?.toString() ?? "null",
    sync: reader.bytes(SYNC_LENGTH),
  };
}

/** A schema that came with a file is data, not configuration. */
function typeOf(text: string): AvroType {
  try {
    return readAvroSchema(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof PortolanError ? cause.message : `its schema is no JSON: ${String(cause)}`;
    throw formatInvalid(`Avro is not valid: ${reason}`, { cause });
  }
}

function unpacked(packed: Buffer, codec: string, limits: Pick<ContainerLimits, "maxBytes" | "maxRatio">): Uint8Array {
  if (codec === "null") return packed;
  if (codec !== "deflate")
    throw formatInvalid(`an Avro file is compressed by null or deflate, found ${JSON.stringify(codec.slice(0, 40))}`);
  const { inflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  return expanded({ ...limits, title: "Avro", size: packed.length }, (maxOutputLength) => inflateRawSync(packed, { maxOutputLength }));
}
