import { access, copyFile, mkdir, open, rename, rm, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing, systemCode } from "./file-error.ts";

export interface NewFile {
  readonly path: string;
  /** Another name on the same volume, for the time of writing. */
  readonly temporary: string;
  readonly bytes: Uint8Array;
  /** Whether to wait until it is safe from a power cut. */
  readonly sync: boolean;
}

/** Writes a file that nobody ever sees in part. */
export async function writeAtomically({ path, temporary, bytes, sync }: NewFile): Promise<void> {
  await writeTemporary({ temporary, bytes, sync });
  await placed(temporary, () => rename(temporary, path));
  if (sync) await syncFolder(dirname(path));
}

export async function writeTemporary({ temporary, bytes, sync }: Omit<NewFile, "path">): Promise<void> {
  await placed(temporary, async () => {
    const handle = await openNew(temporary);
    try {
      await handle.writeFile(bytes);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Runs what makes a temporary file, or gives it its place; if that fails, nothing of it is left. */
export async function placed<T>(temporary: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // Where nothing can be written, nothing can be removed: the first failure says why.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes the names in a folder safe from a power cut; a system without open folders writes them through itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames, or copies where the other folder is on another volume. The other folder is made if it is missing. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (isMissing(error)) {
      // If it is the file that is missing, nothing is made.
      await access(from);
      await mkdir(dirname(to), { recursive: true });
      return rename(from, to);
    }
    if (systemCode(error) !== "EXDEV") throw error;
    await copyAcross(from, to);
  }
}

async function copyAcross(from: string, to: string): Promise<void> {
  const temporary = `${to}.tmp`;
  await placed(temporary, async () => {
    await copyFile(from, temporary);
    await rename(temporary, to);
  });
  await unlink(from);
}

async function openNew(path: string) {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, "wx");
  }
}
