import { isUtf8 } from "node:buffer";
import type { ByteReader } from "./byte-reader.ts";
import type { AvroType } from "./schema.ts";

/** How much may be read: values that take no bytes would otherwise be without end. */
export interface DatumLimits {
  /** Counts down with every level, and up behind it. */
  levelsLeft: number;
  /** Counts down with every value. */
  valuesLeft: number;
}

export function readDatum(reader: ByteReader, type: AvroType, limits: DatumLimits): unknown {
  limits.valuesLeft -= 1;
  if (limits.valuesLeft < 0) throw reader.fault("expected fewer values, found more than maxValues");
  switch (type.kind) {
    case "null":
      return null;
    case "boolean":
      return readBoolean(reader);
    case "int":
      return readInt(reader);
    case "long":
      return reader.long();
    case "float":
      return reader.bytes(4).readFloatLE();
    case "double":
      return reader.bytes(8).readDoubleLE();
    case "bytes":
      return new Uint8Array(reader.bytes(reader.count("a length")));
    case "string":
      return readText(reader);
    case "fixed":
      return new Uint8Array(reader.bytes(type.size));
    case "enum":
      return memberOf(reader, type.symbols);
    case "union":
    case "record":
    case "array":
    case "map": {
      limits.levelsLeft -= 1;
      if (limits.levelsLeft < 0) throw reader.fault("expected fewer levels, found more than maxDepth");
      const value = readParts(reader, type, limits);
      limits.levelsLeft += 1;
      return value;
    }
    default:
      throw new TypeError(`no such Avro type: ${JSON.stringify(type satisfies never)}`);
  }
}

function readParts(
  reader: ByteReader,
  type: Extract<AvroType, { kind: "union" | "record" | "array" | "map" }>,
  limits: DatumLimits,
): unknown {
  if (type.kind === "union") return readDatum(reader, memberOf(reader, type.branches), limits);
  if (type.kind === "record") return Object.fromEntries(type.fields.map((field) => [field.name, readDatum(reader, field.type, limits)]));
  if (type.kind === "array") {
    const items: unknown[] = [];
    readBlocks(reader, limits, () => items.push(readDatum(reader, type.items, limits)));
    return items;
  }
  const entries = new Map<string, unknown>();
  readBlocks(reader, limits, () => entries.set(readText(reader), readDatum(reader, type.items, limits)));
  return Object.fromEntries(entries);
}

export function readText(reader: ByteReader): string {
  const bytes = reader.bytes(reader.count("a length"));
  if (isUtf8(bytes)) return bytes.toString();
  throw reader.fault("expected a text in UTF-8, found other bytes");
}

/** Lists and maps come in blocks of a count and the values, the last block being empty; a negative count has the size of the block behind it. */
function readBlocks(reader: ByteReader, limits: DatumLimits, readOne: () => void): void {
  for (let count = reader.signedCount("a count"); count !== 0; count = reader.signedCount("a count")) {
    if (count < 0) reader.count("the size of a block");
    if (Math.abs(count) > limits.valuesLeft) throw reader.fault(`expected fewer values, found ${Math.abs(count)}`);
    for (let left = Math.abs(count); left > 0; left--) readOne();
  }
}

function readBoolean(reader: ByteReader): boolean {
  const [byte = 0] = reader.bytes(1);
  if (byte > 1) throw reader.fault(`expected a boolean, 0 or 1, found ${byte}`);
  return byte === 1;
}

function readInt(reader: ByteReader): number {
  const value = reader.long();
  if (typeof value === "number" && value === (value | 0)) return value;
  throw reader.fault(`expected an int of 32 bits, found ${value}`);
}

function memberOf<Member>(reader: ByteReader, members: readonly Member[]): Member {
  const index = reader.count("an index");
  const member = members[index];
  if (member === undefined) throw reader.fault(`expected an index below ${members.length}, found ${index}`);
  return member;
}
