import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRecord, PortolanError } from "@portolan/core";
import type { Format, PollContext } from "@portolan/core";
import { chosenFormat, createFormats } from "@portolan/formats";
import { fileError } from "./file-error.ts";
import type { FileSourceOptions } from "./options.ts";
import type { ClaimedFile } from "./outcome.ts";

/** A claimed file, and how it is read. */
export interface ReadableFile {
  readonly file: ClaimedFile;
  readonly format: Format;
  readonly options: FileSourceOptions;
  /** Where the file came from. */
  readonly directory: string;
}

/** The file as one body: its data, or the stream of its records. */
export async function readBody(readable: ReadableFile): Promise<unknown> {
  return readable.options.stream ? streamOf(readable) : readable.format.decode(await readWhole(readable));
}

/** Reads the file anew each time it is iterated: it stays where it is until the route has ended, so nothing is held to read it twice. */
function streamOf({ file, format }: ReadableFile): AsyncIterable<unknown> {
  const records = recordsOf(format, "stream");
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* records(createReadStream(file.path));
      } catch (error) {
        throw asFileError(error, file.name);
      }
    },
  };
}

export function recordsOf(format: Format, wantedBy: "records" | "stream"): (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<unknown> {
  const { decodeStream } = format;
  if (decodeStream !== undefined) return (chunks) => decodeStream.call(format, chunks);
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `the format ${format.name} is no sequence of records`, {
    hint: `leave out \`${wantedBy}\`, or use ndjson, csv or text`,
  });
}

async function readWhole({ file, options }: ReadableFile): Promise<Uint8Array> {
  const { size } = await stat(file.path);
  if (size <= options.maxBytes) return readFile(file.path);
  throw new PortolanError(
    "PORTOLAN_BODY_TOO_LARGE",
    `the file ${file.name} is too large: expected at most ${options.maxBytes} bytes, found ${size}`,
    {
      hint: "read it by `records` or as a `stream`, or raise maxBytes",
    },
  );
}

export async function fileHeaders({ file, directory }: ReadableFile): Promise<Readonly<Record<string, string | number>>> {
  const { size, mtime } = await stat(file.path);
  return { "file-name": file.name, "file-path": join(directory, file.name), "file-size": size, "file-modified": mtime.toISOString() };
}

/** The format of a file: the one that was chosen, or the one of its name; otherwise its bytes. */
export function createFormatChoice({ format }: FileSourceOptions, { services }: Pick<PollContext, "services">): (name: string) => Format {
  const chosen = format === undefined ? undefined : chosenFormat(format, services);
  const formats = createFormats();
  return (name) => {
    if (chosen) return chosen;
    const found = formats.formatOfFile(name);
    // What is compressed, such as orders.csv.gz, has no format of one name.
    return found === undefined ? chosenFormat({ name: "bytes" }, services) : (services.format(found.name) ?? found);
  };
}

/** How far a file has come, as the store keeps it. */
export interface Progress {
  readonly claim: string;
  readonly records: number;
  readonly done: boolean;
}

export function readProgress(stored: unknown, claim: string): Progress {
  const isOurs = isRecord(stored) && stored["claim"] === claim;
  return {
    claim,
    records: isOurs && typeof stored["records"] === "number" ? stored["records"] : 0,
    done: isOurs && stored["done"] === true,
  };
}

export function asFileError(error: unknown, name: string): PortolanError {
  return error instanceof PortolanError ? error : fileError("reading", name, error);
}
