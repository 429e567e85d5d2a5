import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

const BUSY = 5;

/**
 * Takes a folder for one run, and gives it back when disposed. It is a lock of the operating system on a file beside the
 * folder: a run that was killed does not hold it.
 */
export function takeFolder(folder: string): Disposable {
  mkdirSync(dirname(folder), { recursive: true });
  const lock = new DatabaseSync(`${folder}.lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && "errcode" in error && error.errcode === BUSY)) throw error;
    throw new Error(`Another run of this example is using ${folder}. Stop it, or name another folder in QUAKES_DATA.`, { cause: error });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
