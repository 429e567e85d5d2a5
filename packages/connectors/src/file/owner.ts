import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Random } from "@portolan/core";

/** A name for one running source: machine, process, start of the process, and chance. */
export function createOwner(random: Random): string {
  return [machine(), process.pid, processStart(), Math.floor(random.next() * 36 ** 6).toString(36)].join("-");
}

/** Whether the process that an owner belongs to is known to be gone. Of another machine's nothing is known. */
export function isKnownDead(owner: string): boolean {
  const [home, pid, start] = owner.split("-");
  if (home !== machine() || pid === undefined) return false;
  // After a restart, containers give the same number to another process.
  return Number(pid) === process.pid ? start !== processStart() : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function processStart(): string {
  return Math.trunc(performance.timeOrigin).toString(36);
}

/** Process numbers mean the same in one namespace of one running kernel only: host names may be shared by containers. */
function machine(): string {
  const parts = [
    hostname(),
    orNothing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
    orNothing(() => readlinkSync("/proc/self/ns/pid")),
  ];
  return createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 10);
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    // Not Linux: the host name has to do.
    return "";
  }
}
