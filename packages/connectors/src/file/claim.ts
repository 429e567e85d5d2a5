import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { createIds, type PollContext } from "@portolan/core";
import { isMissing } from "./file-error.ts";
import { READY_SUFFIX } from "./folder.ts";
import type { FileSourceOptions } from "./options.ts";
import type { ClaimedFile } from "./outcome.ts";
import { claimName, type Slot, type Slots } from "./slots.ts";

export interface FileInSlot {
  readonly slot: Slot;
  readonly file: ClaimedFile;
}

export interface ClaimParts {
  readonly directory: string;
  readonly options: Pick<FileSourceOptions, "complete">;
  readonly slots: Slots;
  readonly context: Pick<PollContext, "clock" | "random">;
}

/**
 * Makes what renames files of a folder into slots, one after another. Those that somebody else was faster to take are left out.
 * One that cannot be claimed does not keep the others from it: its error is thrown at the end.
 */
export function createClaims(parts: ClaimParts): (names: readonly string[]) => AsyncIterable<FileInSlot> {
  const claim = createClaim(parts);
  return async function* (names) {
    const errors: unknown[] = [];
    for (const name of names) {
      let claimed: FileInSlot | undefined;
      try {
        claimed = await claim(name);
      } catch (error) {
        errors.push(error);
      }
      if (claimed !== undefined) yield claimed;
    }
    if (errors.length > 0) throw errors[0];
  };
}

function createClaim({ directory, options, slots, context }: ClaimParts): (name: string) => Promise<FileInSlot | undefined> {
  const nextClaim = createIds(() => context.clock.now(), context.random);
  return async (name) => {
    const slot = await slots.acquire();
    const claim = nextClaim();
    const path = join(slot.folder, claimName(claim, name));
    try {
      if (await happened(rename(join(directory, name), path))) {
        if (options.complete === "readyFile") await happened(unlink(join(directory, name + READY_SUFFIX)));
        return { slot, file: { path, name, claim } };
      }
    } catch (error) {
      await slots.orphan(slot);
      throw error;
    }
    await slots.release(slot);
    return undefined;
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
