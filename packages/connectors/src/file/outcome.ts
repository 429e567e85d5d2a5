import { access, mkdir, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { reportError, type PortolanError } from "@portolan/core";
import type { FileSourceOptions } from "./options.ts";
import { moveFile, writeAtomically } from "./placement.ts";

/** One file as it was found. `claim` is an id that begins with its time, see core's `createIds`. */
export interface ClaimedFile {
  /** Where it is now. */
  readonly path: string;
  readonly name: string;
  readonly claim: string;
}

/** What is noted beside a file that failed. */
export interface FailureNote {
  readonly error: PortolanError;
  readonly route: string;
  /** In ms. */
  readonly at: number;
  /** Records that were delivered before. */
  readonly records?: number;
  /** Of a line of a followed file: its offset in bytes. */
  readonly offset?: number;
}

/** Where files go when they have been dealt with. */
export interface Outcomes {
  succeeded(file: ClaimedFile): Promise<void>;
  failed(file: ClaimedFile, note: FailureNote): Promise<void>;
  /** A piece of a file that stays where it is. */
  failedPiece(piece: Uint8Array, file: Omit<ClaimedFile, "path">, note: FailureNote): Promise<void>;
}

/** Makes the folders that are missing. */
export async function createOutcomes(
  directory: string,
  options: Pick<FileSourceOptions, "archive" | "failed" | "onSuccess">,
): Promise<Outcomes> {
  const archive = resolve(directory, options.archive);
  const failed = resolve(directory, options.failed);
  await mkdir(failed, { recursive: true });
  if (options.onSuccess === "archive") await mkdir(archive, { recursive: true });

  async function writeNote(path: string, name: string, { error, route, at, records, offset }: FailureNote): Promise<void> {
    const note = { file: name, route, at: new Date(at).toISOString(), ...reportError(error), records, offset };
    await writeAtomically({
      path: `${path}.error.json`,
      temporary: `${path}.error.tmp`,
      bytes: Buffer.from(`${JSON.stringify(note, undefined, 2)}
`),
      sync: true,
    });
  }

  return {
    succeeded: (file) => (options.onSuccess === "delete" ? unlink(file.path) : moveFile(file.path, join(archive, uniqueName(file)))),
    async failed(file, note) {
      const path = join(failed, uniqueName(file));
      await access(file.path);
      // First, so that no file is there without its reason. If the move fails, it is written again.
      await writeNote(path, file.name, note);
      await moveFile(file.path, path);
    },
    async failedPiece(piece, file, note) {
      const path = join(failed, uniqueName(file));
      await writeNote(path, file.name, note);
      await writeAtomically({ path, temporary: `${path}.tmp`, bytes: piece, sync: true });
    },
  };
}

/** No other file has this name, and the same file always gets the same: the time and the rest of its claim, and its own name. */
function uniqueName({ claim, name }: Omit<ClaimedFile, "path">): string {
  const time = new Date(Number.parseInt(claim.slice(0, 9), 36)).toISOString().replaceAll(/[-:.]/g, "");
  return `${time}-${claim.slice(9)}-${name}`;
}
