import { stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PortolanError } from "@portolan/core";
import type { PollContext, PolledMessage, PolledSource, PollRequest } from "@portolan/core";
import { messageId } from "../message-id.ts";
import { createClaims } from "./claim.ts";
import { asFileError, createFormatChoice, fileHeaders, type Progress, readBody, readProgress } from "./file-content.ts";
import { fileError, isMissing } from "./file-error.ts";
import { createLook, createWake, fileNames, takenNames, type Unchanged, type Wake } from "./folder.ts";
import type { FileSourceOptions } from "./options.ts";
import { type ClaimedFile, createOutcomes } from "./outcome.ts";
import { createOwner } from "./owner.ts";
import { createSlots, readClaimName, type Slot } from "./slots.ts";

/**
 * Takes files one by one for steps that poll. A file is in a slot until the unit of work that has it has ended; one whose unit
 * of work failed stays there as an orphan, and is the first that the next poll takes.
 */
export async function openFilePoll(options: FileSourceOptions, context: PollContext): Promise<PolledSource> {
  const { clock, log, route, name: source } = context;
  const directory = resolve(context.services.directory, options.directory);
  // Apart from what the route watches: encoded names have no plus sign.
  const claimed = join(directory, ".claimed", `${encodeURIComponent(route)}+poll`);
  const outcomes = await inFolder(async () => {
    await fileNames(directory);
    return createOutcomes(directory, options);
  });
  const slots = createSlots({ folder: claimed, owner: createOwner(context.random), clock });
  const claims = createClaims({ directory, options, slots, context });
  const look = createLook(directory, options, createUnchangedByAge(options.interval, claimed));
  const formatOf = createFormatChoice(options, context);
  /** What follows from units of work that have ended. */
  const endings = new Set<Promise<void>>();

  async function inFolder<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw error instanceof PortolanError ? error : fileError("polling", directory, error);
    }
  }

  /** Frees a slot when what is to be done with its file succeeds; otherwise the next poll finds the file, and tries again. */
  async function putAway(slot: Slot, file: ClaimedFile, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      // Somebody removed it: it is out of the way.
      if (!isMissing(error)) {
        log.log("error", "a polled file could not be put away and is tried again", { source, file: file.name, error: String(error) });
        return slots.orphan(slot);
      }
    }
    await slots.release(slot);
  }

  function end(slot: Slot, file: ClaimedFile, committed: boolean): void {
    const ending: Promise<void> = (committed ? putAway(slot, file, () => outcomes.succeeded(file)) : slots.orphan(slot))
      .catch((error: unknown) => log.log("error", "a slot could not be given back", { source, error: String(error) }))
      .finally(() => endings.delete(ending));
    endings.add(ending);
  }

  /** The message of a claimed file; undefined if there is none in it, and the file has been dealt with. */
  async function messageOf(slot: Slot, file: ClaimedFile): Promise<PolledMessage | undefined> {
    const name = `${route}/file-poll/${options.directory}#${slot.number}`;
    const stored = await context.position(name);
    if (readProgress(stored, file.claim).done) {
      // The node died after the commit.
      await putAway(slot, file, () => outcomes.succeeded(file));
      return undefined;
    }
    const readable = { file, format: formatOf(file.name), options, directory };
    try {
      const headers = await fileHeaders(readable);
      const body = await readBody(readable);
      const value: Progress = { claim: file.claim, records: 0, done: true };
      return {
        incoming: { id: messageId(source, file.claim), body, headers },
        position: { name, value, expected: stored },
        ended: (committed) => end(slot, file, committed),
      };
    } catch (thrown) {
      const error = asFileError(thrown, file.name);
      await putAway(slot, file, async () => {
        if (isMissing(thrown)) return;
        log.log("error", "a polled file cannot be read", { source, file: file.name, code: error.code, error: error.message });
        await outcomes.failed(file, { error, route, at: clock.now() });
      });
      return undefined;
    }
  }

  /** The same; a file that cannot be read now goes back. */
  async function tryMessageOf(slot: Slot, file: ClaimedFile): Promise<PolledMessage | undefined> {
    try {
      return await messageOf(slot, file);
    } catch (error) {
      await slots.orphan(slot);
      throw error;
    }
  }

  async function takeNow(): Promise<PolledMessage | undefined> {
    const tried = new Set<number>();
    const wants = (name: string) => takenNames([name], options).length > 0;
    for (let orphan = await slots.takeOrphan(tried, wants); orphan !== undefined; orphan = await slots.takeOrphan(tried, wants)) {
      tried.add(orphan.slot.number);
      const message = await tryMessageOf(orphan.slot, { path: orphan.file, ...readClaimName(orphan.file) });
      if (message !== undefined) return message;
    }
    for await (const { slot, file } of claims(await look())) {
      const message = await tryMessageOf(slot, file);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  async function take({ waitMs, signal }: PollRequest): Promise<PolledMessage | undefined> {
    const deadline = clock.now() + waitMs;
    let wake: Wake | undefined;
    const stop = () => wake?.close();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        // What was given back a moment ago is there again.
        await Promise.all(endings);
        const message = await inFolder(takeNow);
        if (message !== undefined) return message;
        const left = deadline - clock.now();
        if (left <= 0) return undefined;
        wake ??= createWake(directory, options.interval, clock);
        if (signal?.aborted !== true) await wake.next(Math.min(left, options.interval));
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      wake?.close();
    }
  }

  return {
    take,
    async close() {
      await Promise.all(endings);
      slots.close();
    },
  };
}

/**
 * Files that have not been changed for so long, by the clock of the disk that they are on: a poll that does not wait has no
 * earlier look to compare with.
 */
function createUnchangedByAge(intervalMs: number, claimed: string): Unchanged {
  return async (states) => {
    if (states.size === 0) return [];
    const path = join(claimed, "clock");
    await writeFile(path, "now");
    const { mtimeMs: now } = await stat(path);
    // A time in the future is not that of a writer, either.
    return [...states].filter(([, { modified }]) => Math.abs(now - modified) >= intervalMs).map(([name]) => name);
  };
}
