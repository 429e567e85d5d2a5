import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PortolanError } from "@portolan/core";
import { asStoreError } from "./sqlite-error.ts";

const BUSY = 5;

export interface OwnerLock {
  release(): void;
}

/**
 * Makes this process the owner of a store's directory. The lock is one of the operating system on `owner.db`, which
 * nothing else is kept in: it ends with the process, however that dies.
 */
export function acquireOwnerLock(directory: string): OwnerLock {
  const note = join(directory, "owner.json");
  makeFolder(directory);
  const file = join(directory, "owner.db");
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    writeFileSync(note, JSON.stringify({ pid: process.pid }));
  } catch (error) {
    database.close();
    if (!(error instanceof Error && "errcode" in error && error.errcode === BUSY)) throw asStoreError(error, file);
    throw new PortolanError("PORTOLAN_STORE_LOCKED", `the store in ${directory} belongs to ${describeOwner(note)}`, {
      hint: "Stop that node, or give this one a store directory of its own. To look into a running store, use the command line.",
    });
  }
  return { release: () => database.close() };
}

/**
 * One folder after the other: where a file system refuses with "no such file", as /proc does, the recursive mkdir of Node
 * tries again without end.
 */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw asStoreError(error, path);
    mkdirSync(path, { recursive: true });
  }
}

/** The note may be missing or half written when its owner has only just started. */
function describeOwner(note: string): string {
  const [, pid] = /"pid":(\d+)/.exec(readNote(note)) ?? [];
  return pid === undefined ? "another process" : `process ${pid}`;
}

function readNote(note: string): string {
  try {
    return readFileSync(note, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw asStoreError(error, note);
  }
}
