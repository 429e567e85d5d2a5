import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { PortolanError } from "@portolan/core";
import type { Io } from "./command.ts";

/** The file of a command line, or stdin where none is named or it is `-`. */
function openInput(file: string | undefined, io: Io): Readable {
  return file === undefined || file === "-" ? io.stdin : createReadStream(resolve(io.directory, file));
}

/** All bytes of an input; PORTOLAN_USAGE says why a file cannot be read. */
export async function readInput(file: string | undefined, io: Io): Promise<Uint8Array> {
  return buffer(inputChunks(file, io));
}

/** An input in pieces, as it comes. */
export async function* inputChunks(file: string | undefined, io: Io): AsyncGenerator<Uint8Array> {
  try {
    // A test's stdin yields texts.
    for await (const chunk of openInput(file, io)) yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new PortolanError("PORTOLAN_USAGE", `${file ?? "stdin"} cannot be read: ${cause.message}`, { cause });
  }
}
