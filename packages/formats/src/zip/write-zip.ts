import { createRequire } from "node:module";
import { describeValue } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { dosOfDate } from "./dos-date.ts";
import { isUnsafeName } from "./entry-name.ts";

export interface ZipFile {
  readonly name: string;
  readonly modified: unknown;
  readonly content: Uint8Array;
}

const UTF8_NAME = 0x800;
const VERSION = 20;
const EPOCH = "1980-01-01";

const load = createRequire(import.meta.url);

/** The same files make the same bytes: without a time of its own a file is of 1980. */
export function writeZip(files: readonly ZipFile[], level: number): Uint8Array {
  if (files.length >= 0xffff) throw formatInvalid(`a ZIP archive holds less than 65,535 files, found ${files.length}`);
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const file of files) {
    if (isUnsafeName(file.name) || file.name.endsWith("/") || !file.name.isWellFormed() || names.has(file.name)) {
      throw formatInvalid(`a file of a ZIP archive has a name of its own, such as a/b.csv; found ${JSON.stringify(file.name)}`);
    }
    names.add(file.name);
    const { local, central, packed } = headersOf(file, level, offset);
    pieces.push(local, packed);
    directory.push(central);
    offset += local.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  if (offset + size > 0xffff_fffe) throw formatInvalid("a ZIP archive is less than 4 GB");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, ...directory, end]);
}

function headersOf({ name, modified, content }: ZipFile, level: number, offset: number) {
  const { crc32, deflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  const time = typeof (modified ?? EPOCH) === "string" ? dosOfDate((modified ?? EPOCH) as string) : undefined;
  if (time === undefined) {
    throw formatInvalid(
      `the file ${JSON.stringify(name)} was modified at a time such as 2026-01-31T12:00:00 from 1980 on, found ${describeValue(modified)}`,
    );
  }
  const deflated = level === 0 ? content : deflateRawSync(content, { level });
  const isDeflated = deflated.length < content.length;
  const packed = isDeflated ? deflated : content;
  const nameBytes = Buffer.from(name);
  // What both headers hold: version, flags, method, time, checksum, sizes, lengths.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(VERSION, 0);
  shared.writeUInt16LE(UTF8_NAME, 2);
  shared.writeUInt16LE(isDeflated ? 8 : 0, 4);
  shared.writeUInt16LE(time.time, 6);
  shared.writeUInt16LE(time.date, 8);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(packed.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(nameBytes.length, 22);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  return {
    packed,
    local: Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, nameBytes]),
    central: Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([VERSION, 0]), shared, place, nameBytes]),
  };
}
