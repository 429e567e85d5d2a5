import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createIds, isRecord, PortolanError } from "@portolan/core";
import type { Format, RunningSource, SourceContext } from "@portolan/core";
import { chosenFormat, createFormats } from "@portolan/formats";
import { messageId } from "../message-id.ts";
import { deliverPersistently } from "../persistent-delivery.ts";
import { fileError, isMissing } from "./file-error.ts";
import { createWake, fileNames, takenNames } from "./folder.ts";
import { type FileLine, readFileLines } from "./line-reader.ts";
import type { FileSourceOptions } from "./options.ts";
import type { Outcomes } from "./outcome.ts";
import { startLoop } from "./start-loop.ts";

export interface TailParts {
  readonly options: FileSourceOptions;
  readonly context: SourceContext;
  readonly directory: string;
  readonly outcomes: Outcomes;
}

/** How far a file was followed. A number of a file may be given to another one later, so its beginning is remembered, too. */
interface TailPosition {
  readonly inode: number;
  readonly offset: number;
  /** A hash of the first bytes, as many as were read, up to HEAD_BYTES. */
  readonly head: string;
}

const HEAD_BYTES = 64;

/** Follows files line by line. */
export function openTail({ options, context, directory, outcomes }: TailParts): RunningSource {
  const { clock, log, name: source } = context;
  const closing = new AbortController();
  const { signal } = closing;
  const wake = createWake(directory, options.interval, clock);
  const nextId = createIds(() => clock.now(), context.random);
  let fault: string | undefined;
  /** What was told of files that have no line yet since they began anew. */
  const told = new Map<string, number>();

  function tell(level: "info" | "warn", message: string, { file, inode }: { readonly file: string; readonly inode: number }): void {
    if (told.get(file) === inode) return;
    told.set(file, inode);
    log.log(level, message, { source, file });
  }

  async function follow(name: string, all: readonly string[]): Promise<unknown> {
    const stored = await context.position(positionOf(name));
    const before = readPosition(stored);
    await using opened = await openFile(join(directory, name));
    if (before === undefined || (await isSame(opened, before))) return await readOn(name, opened, { stored, offset: before?.offset ?? 0 });
    const rest = before.inode === opened.inode ? undefined : await findRotated(before, all);
    if (rest === undefined) {
      tell("warn", "a followed file begins anew: it was cut, or replaced and is not in the folder any more", {
        file: name,
        inode: opened.inode,
      });
      return await readOn(name, opened, { stored, offset: 0 });
    }
    await using rotated = rest;
    tell("info", "a followed file was rotated", { file: name, inode: opened.inode });
    const isRead = await readOn(name, rotated, { stored, offset: before.offset });
    return isRead && (await readOn(name, opened, { stored: await context.position(positionOf(name)), offset: 0 }));
  }

  /** The file under its new name, if it is still in the folder. */
  async function findRotated(before: TailPosition, all: readonly string[]): Promise<OpenFile | undefined> {
    for (const name of all) {
      const opened = await openFile(join(directory, name));
      if (await isSame(opened, before)) return opened;
      await opened[Symbol.asyncDispose]();
    }
    return undefined;
  }

  /** Delivers the lines from an offset on; false if it was interrupted. */
  async function readOn(
    name: string,
    { handle, inode }: OpenFile,
    from: { readonly stored: unknown; readonly offset: number },
  ): Promise<boolean> {
    const format = formatOf(name);
    let expected = from.stored;
    let head = { length: -1, hash: "" };
    for await (const line of readFileLines(handle, from.offset)) {
      if (signal.aborted) return false;
      for (const body of await recordsOf(line, name, format)) {
        const length = Math.min(line.end, HEAD_BYTES);
        if (head.length !== length) head = { length, hash: await headOf(handle, length) };
        const value: TailPosition = { inode, offset: line.end, head: head.hash };
        const headers = { "file-name": name, "file-path": join(directory, name), "file-offset": line.start };
        const incoming = { id: messageId(source, name, inode, head.hash, line.start), body, headers };
        const outcome = await deliverPersistently(context, incoming, { signal, position: { name: positionOf(name), value, expected } });
        if (outcome === "conflict") log.log("info", "another node follows the file, too", { source, file: name });
        if (outcome !== "committed") return false;
        expected = value;
      }
    }
    return true;
  }

  /** The record of a line; none if it is blank, or cannot be read: then it is put with the failures. */
  async function recordsOf(line: FileLine, name: string, format: Format): Promise<readonly unknown[]> {
    try {
      if (line.isCut) throw new PortolanError("PORTOLAN_FORMAT_INVALID", "the line is too long");
      const records: unknown[] = [];
      for await (const record of format.decodeStream?.(chunksOf(line)) ?? []) records.push(record);
      return records;
    } catch (thrown) {
      if (!(thrown instanceof PortolanError)) throw thrown;
      log.log("error", "a line has failed", { source, file: name, offset: line.start, code: thrown.code, error: thrown.message });
      const note = { error: thrown, route: context.route, at: clock.now(), offset: line.start };
      await outcomes.failedPiece(line.bytes, { name, claim: nextId() }, note);
      return [];
    }
  }

  function formatOf(name: string): Format {
    const format = chosenFormat(options.format ?? { name: createFormats().formatOfFile(name)?.name ?? "text" }, context.services);
    if (format.decodeStream !== undefined) return format;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${name} cannot be followed in the format ${format.name}, which has no records`, {
      hint: "name the format ndjson or text",
    });
  }

  function positionOf(name: string): string {
    return `${source}/${name}`;
  }

  async function round(): Promise<void> {
    const all = await fileNames(directory);
    for (const name of takenNames(all, options).toSorted()) {
      if (signal.aborted) return;
      try {
        await follow(name, all);
      } catch (error) {
        // Renamed or removed since: the next look shows what is there.
        if (!isMissing(error)) throw error;
      }
    }
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round();
        fault = undefined;
      } catch (error) {
        const { message, hint } = error instanceof PortolanError ? error : fileError("following files in", directory, error);
        // Once, not at every look.
        if (message !== fault) log.log("error", message, { source, hint });
        fault = message;
      }
      await wake.next();
    }
  }

  const ended = startLoop(clock, loop);
  return {
    async close() {
      closing.abort();
      wake.close();
      await ended();
    },
  };
}

interface OpenFile extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly inode: number;
  readonly size: number;
}

/** What is looked at and read is one open file, whatever becomes of its name meanwhile. */
async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, "r");
  const { ino: inode, size } = await handle.stat();
  return { handle, inode, size, [Symbol.asyncDispose]: () => handle.close() };
}

async function isSame({ handle, inode, size }: OpenFile, before: TailPosition): Promise<boolean> {
  if (inode !== before.inode || size < before.offset) return false;
  return (await headOf(handle, Math.min(before.offset, HEAD_BYTES))) === before.head;
}

async function headOf(handle: FileHandle, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return createHash("sha256").update(buffer.subarray(0, bytesRead)).digest("hex").slice(0, 16);
}

function readPosition(stored: unknown): TailPosition | undefined {
  if (!isRecord(stored)) return undefined;
  const { inode, offset, head } = stored;
  return typeof inode === "number" && typeof offset === "number" && typeof head === "string" ? { inode, offset, head } : undefined;
}

/** With its end, so that a blank line is one. */
async function* chunksOf(line: FileLine): AsyncGenerator<Uint8Array> {
  yield line.bytes;
  yield Uint8Array.of(0x0a);
}
