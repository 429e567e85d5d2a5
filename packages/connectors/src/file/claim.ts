import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { createIds, type PollContext } from "@portolan/core";
import { isMissing } from "./file-error.ts";
import { READY_SUFFIX } from "./folder.ts";
import type { FileSourceOptions } from "./options.ts";
import type { ClaimedFile } from "./outcome.ts";
import { claimName, type Slot } from "./slots.ts";

/** Makes what renames a file of a folder into a slot; it yields undefined if somebody else was faster. */
export function createClaim(
  directory: string,
  { complete }: Pick<FileSourceOptions, "complete">,
  { clock, random }: Pick<PollContext, "clock" | "random">,
): (slot: Slot, name: string) => Promise<ClaimedFile | undefined> {
  const nextClaim = createIds(() => clock.now(), random);
  return async (slot, name) => {
    const claim = nextClaim();
    const path = join(slot.folder, claimName(claim, name));
    if (!(await happened(rename(join(directory, name), path)))) return undefined;
    if (complete === "readyFile") await happened(unlink(join(directory, name + READY_SUFFIX)));
    return { path, name, claim };
  };
}

/** False if the file is not there. */
async function happened(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
