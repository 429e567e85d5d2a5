import { createRequire } from "node:module";
import { formatInvalid } from "../format-invalid.ts";
import { expanded } from "../gzip/gunzip.ts";
import { dateOfDos } from "./dos-date.ts";
import { isUnsafeName } from "./entry-name.ts";

export interface ZipLimits {
  /** Which files are unpacked: without it all. */
  readonly isWanted?: (name: string) => boolean;
  readonly maxBytes: number;
  readonly maxRatio: number;
  readonly maxEntries: number;
}

export interface ReadFile {
  readonly name: string;
  /** As ISO 8601 without a zone: ZIP knows none. */
  readonly modified: string;
  readonly content: Uint8Array;
}

/** A file as the central directory tells it. */
interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly modified: string;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;

const load = createRequire(import.meta.url);

/** APPNOTE 6.3, what of it is in use: stored and deflated files, no encryption, no archives in several parts, none beyond 4 GB. */
export function readZip(bytes: Uint8Array, limits: ZipLimits): readonly ReadFile[] {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(archive, limits.maxEntries);
  checkOverlaps(entries);
  let left = limits.maxBytes;
  const files: ReadFile[] = [];
  for (const entry of entries) {
    if (entry.name.endsWith("/") || limits.isWanted?.(entry.name) === false) continue;
    if (isUnsafeName(entry.name)) throw zipFault(`expected the name of a file within the archive, found ${JSON.stringify(entry.name)}`);
    const content = contentOf(archive, entry, { ...limits, maxBytes: left });
    left -= content.length;
    files.push({ name: entry.name, modified: entry.modified, content });
  }
  return files;
}

function readDirectory(archive: Buffer, maxEntries: number): readonly Entry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw zipFault("expected an archive of less than 4 GB and 65,535 files, found a ZIP64 one");
  if (count > maxEntries) throw zipFault(`expected at most ${maxEntries} files, found ${count}`, "raise maxEntries of the format");
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || archive.readUInt32LE(at) !== DIRECTORY)
      throw zipFault(`expected entry ${index + 1} of the directory at byte ${at}, found none`);
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const next = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    if (next > end) throw zipFault(`entry ${index + 1} of the directory is cut off`);
    const flags = archive.readUInt16LE(at + 8);
    // Without the flag names are in code page 437, of which the letters of ASCII are the same.
    const name = archive.toString((flags & 0x800) === 0 ? "latin1" : "utf8", at + 46, nameEnd);
    entries.push({
      name,
      flags,
      method: archive.readUInt16LE(at + 10),
      modified: dateOfDos(archive.readUInt16LE(at + 14), archive.readUInt16LE(at + 12)),
      crc: archive.readUInt32LE(at + 16),
      packedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    });
    at = next;
  }
  return entries;
}

/** The end record stands before a comment of unknown length. */
function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_LENGTH - MAX_COMMENT);
  for (let at = archive.length - END_LENGTH; at >= first; at--) {
    if (archive.readUInt32LE(at) === END && at + END_LENGTH + archive.readUInt16LE(at + 20) === archive.length) return at;
  }
  throw zipFault("expected the end of a directory, found none", "the archive is cut off, or no ZIP");
}

/** Files that share bytes are what bombs of many files are made of. */
function checkOverlaps(entries: readonly Entry[]): void {
  let free = 0;
  for (const { name, offset, packedSize } of entries.toSorted((one, other) => one.offset - other.offset)) {
    if (offset < free) throw zipFault(`the file ${JSON.stringify(name)} overlaps another`);
    free = offset + 30 + packedSize;
  }
}

function contentOf(archive: Buffer, entry: Entry, limits: ZipLimits): Uint8Array {
  const { name, flags, method, packedSize, size, offset } = entry;
  const fault = (reason: string) => zipFault(`the file ${JSON.stringify(name)} ${reason}`);
  if ((flags & 1) !== 0) throw fault("is encrypted");
  if (method !== 0 && method !== 8) throw fault(`is compressed by method ${method}, expected none or deflate`);
  if (offset + 30 > archive.length || archive.readUInt32LE(offset) !== LOCAL) throw fault(`is not at byte ${offset}`);
  const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  if (start + packedSize > archive.length) throw fault("is cut off");
  const packed = archive.subarray(start, start + packedSize);
  const { crc32, inflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  const content = expanded({ ...limits, title: `the file ${JSON.stringify(name)}`, size: packedSize }, (maxOutputLength) => {
    if (method === 8) return inflateRawSync(packed, { maxOutputLength });
    if (packed.length > maxOutputLength) throw Object.assign(new RangeError("too large"), { code: "ERR_BUFFER_TOO_LARGE" });
    return packed;
  });
  if (content.length !== size || crc32(content) !== entry.crc) throw fault("is damaged: its size or checksum differs");
  return content;
}

function zipFault(reason: string, hint?: string) {
  return formatInvalid(`ZIP is not valid: ${reason}`, hint === undefined ? {} : { hint });
}
