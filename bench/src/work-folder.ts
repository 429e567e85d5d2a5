import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * A folder for the files of one benchmark. It is on the disk that the project is on: the usual place for temporary files may
 * be memory, where syncing is free.
 */
export function workFolder(): { readonly path: string; remove(): void } {
  const parent = path.resolve(import.meta.dirname, "../out");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, "work-"));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
