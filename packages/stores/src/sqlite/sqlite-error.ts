import { PortolanError } from "@portolan/core";

const FULL = 13;
const CORRUPT = new Set([11, 26]);
const BUSY = new Set([5, 6]);

/** What went wrong with the store at `place`, in the user's terms. A PortolanError is passed on as it is. */
export function asStoreError(thrown: unknown, place: string): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const code = primaryCode(thrown);
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (code !== undefined && CORRUPT.has(code)) return corruptError(place, detail, thrown);
  return new PortolanError("PORTOLAN_STORE_FAILED", `the store in ${place} failed: ${detail}`, {
    cause: thrown,
    hint: hintFor(code, thrown),
  });
}

export function corruptError(place: string, found: string, cause?: unknown): PortolanError {
  return new PortolanError("PORTOLAN_STORE_CORRUPT", `${place} should be a Portolan store, but: ${found}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "The file was left as it is. Restore a backup of the directory, or move it away to start with an empty store.",
  });
}

/** Whether another attempt at the same writes may succeed without a change of the writes. */
export function isDiskTrouble(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === undefined ? hasSystemCode(thrown) : [5, 6, 8, 10, FULL, 14].includes(code);
}

function hintFor(code: number | undefined, thrown: unknown): string {
  if (code === FULL || (hasSystemCode(thrown) && thrown.code === "ENOSPC"))
    return "Free space on the volume of the store; it goes on by itself.";
  if (code !== undefined && BUSY.has(code))
    return "Another process holds the store's file for long: a backup, or a command that has not ended.";
  return "Look at the volume of the store: it may be read-only or failing.";
}

function primaryCode(thrown: unknown): number | undefined {
  if (typeof thrown !== "object" || thrown === null || !("errcode" in thrown) || typeof thrown.errcode !== "number") return undefined;
  return thrown.errcode & 0xff;
}

function hasSystemCode(thrown: unknown): thrown is Error & { readonly code: string } {
  return thrown instanceof Error && "syscall" in thrown && "code" in thrown && typeof thrown.code === "string";
}
