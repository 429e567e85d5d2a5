import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files for bodies that are too large for rows. A file is on the disk before the row that names it is committed. */
export interface Spool {
  write(name: string, body: Uint8Array): void;
  /** Makes the names of written files durable. */
  sync(): void;
  remove(names: Iterable<string>): void;
  /** Removes files that no row names, which a process that died has left. */
  sweep(isNamed: (name: string) => boolean): void;
}

export function createSpool(directory: string): Spool {
  let mustSync = false;

  function removeFile(name: string): void {
    try {
      rmSync(join(directory, name), { force: true });
    } catch {
      // No row names it any more: the next start sweeps what cannot be removed now.
    }
  }

  return {
    write(name, body) {
      const file = openSync(join(directory, name), "w", 0o600);
      try {
        writeFileSync(file, body);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      mustSync = true;
    },
    sync() {
      if (!mustSync) return;
      mustSync = false;
      // Windows has no open directories and needs none: its journal keeps names.
      if (process.platform === "win32") return;
      const opened = openSync(directory, "r");
      try {
        fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
    },
    remove(names) {
      for (const name of names) removeFile(name);
    },
    sweep(isNamed) {
      for (const name of readdirSync(directory)) if (!isNamed(name)) rmSync(join(directory, name), { force: true });
    },
  };
}

export function readSpooled(directory: string, name: string): Uint8Array {
  return readFileSync(join(directory, name));
}
