import { join, resolve } from "node:path";
import { asPortolanError, PortolanError } from "@portolan/core";
import type { RunningSource, SourceContext } from "@portolan/core";
import { pause } from "../persistent-delivery.ts";
import { createClaims } from "./claim.ts";
import { createFormatChoice } from "./file-content.ts";
import { fileError, isMissing, systemCode } from "./file-error.ts";
import { runFile } from "./file-run.ts";
import { createLook, createUnchanged, createWake, fileNames } from "./folder.ts";
import type { FileSourceOptions } from "./options.ts";
import { type ClaimedFile, createOutcomes, type Outcomes } from "./outcome.ts";
import { createOwner } from "./owner.ts";
import { createSlots, readClaimName, type Slot } from "./slots.ts";
import { startLoop } from "./start-loop.ts";

export async function openFileSource(options: FileSourceOptions, context: SourceContext): Promise<RunningSource> {
  const directory = resolve(context.services.directory, options.directory);
  try {
    await fileNames(directory);
    const outcomes = await createOutcomes(directory, options);
    const parts = { options, context, directory, outcomes };
    return options.tail ? (await import("./tail.ts")).openTail(parts) : await openFolder(parts);
  } catch (error) {
    throw error instanceof PortolanError ? error : fileError("watching", directory, error);
  }
}

interface FolderParts {
  readonly options: FileSourceOptions;
  readonly context: SourceContext;
  readonly directory: string;
  readonly outcomes: Outcomes;
}

async function openFolder({ options, context, directory, outcomes }: FolderParts): Promise<RunningSource> {
  const { clock, log, name: source } = context;
  // Of the route, so that a change of the patterns does not strand what is in process.
  const claimed = join(directory, ".claimed", encodeURIComponent(context.route));
  const closing = new AbortController();
  const { signal } = closing;
  const slots = createSlots({ folder: claimed, owner: createOwner(context.random), clock });
  const claims = createClaims({ directory, options, slots, context });
  const look = createLook(directory, options, createUnchanged(options.interval, clock));
  const wake = createWake(directory, options.interval, clock);
  const formatOf = createFormatChoice(options, context);
  const running = new Set<Promise<void>>();
  let fault: string | undefined;

  /** Deals with a claimed file and gives its slot back: empty, or with the file for another attempt. */
  async function dealWith(slot: Slot, file: ClaimedFile): Promise<void> {
    try {
      const isEmpty = await isDealtWith(slot, file);
      await (isEmpty ? slots.release(slot) : slots.orphan(slot));
    } catch (error) {
      log.log("error", "a file could not be dealt with and is tried again", {
        source,
        file: file.name,
        error: asPortolanError(error).message,
      });
      await slots.orphan(slot);
    }
  }

  async function isDealtWith(slot: Slot, file: ClaimedFile): Promise<boolean> {
    const position = `${context.route}/file/${options.directory}#${slot.number}`;
    const result = await runFile({ file, format: formatOf(file.name), options, directory, context, position, signal });
    switch (result.kind) {
      case "vanished":
        return true;
      case "interrupted":
        return false;
      case "done":
        return untilDone(`the file ${file.name} cannot be put away`, () => outcomes.succeeded(file));
      case "failed": {
        const { error, records } = result;
        log.log("error", "a file has failed", { source, file: file.name, code: error.code, error: error.message });
        const note = { error, route: context.route, at: clock.now(), ...(options.records ? { records } : {}) };
        return untilDone(`the file ${file.name} cannot be put with those that failed`, () => outcomes.failed(file, note));
      }
      default:
        throw result satisfies never;
    }
  }

  /** Repeats what has to be done; false if the source is closing first. */
  async function untilDone(trouble: string, run: () => Promise<void>): Promise<boolean> {
    for (;;) {
      try {
        await run();
        return true;
      } catch (error) {
        // Somebody removed it: it is out of the way.
        if (isMissing(error)) return true;
        log.log("error", trouble, { source, error: String(error) });
      }
      await pause(context, options.interval, signal);
      if (signal.aborted) return false;
    }
  }

  /** Starts to deal with a file, and waits until there is room for another. */
  async function start(slot: Slot, file: ClaimedFile): Promise<void> {
    const job: Promise<void> = dealWith(slot, file)
      .catch((error: unknown) => log.log("error", "a slot could not be given back", { source, error: String(error) }))
      .finally(() => running.delete(job));
    running.add(job);
    while (running.size >= options.concurrency) await Promise.race(running);
  }

  async function round(): Promise<void> {
    // Each once: one that cannot be dealt with now waits for the next round.
    const tried = new Set<number>();
    for (let orphan = await slots.takeOrphan(tried); orphan !== undefined; orphan = await slots.takeOrphan(tried)) {
      const file = { path: orphan.file, ...readClaimName(orphan.file) };
      log.log("info", "a file that was left in process is taken up", { source, file: file.name });
      tried.add(orphan.slot.number);
      await start(orphan.slot, file);
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    for await (const { slot, file } of claims(await look())) {
      await start(slot, file);
      if (signal.aborted) return;
    }
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round();
        if (fault !== undefined) log.log("info", "the folder can be read again", { source });
        fault = undefined;
      } catch (error) {
        const { message, hint } = fileError("watching", directory, error);
        // Once, not at every look: the names in its text change.
        const kind = systemCode(error) ?? message;
        if (kind !== fault) log.log("error", message, { source, hint });
        fault = kind;
      }
      await wake.next();
    }
    await Promise.all(running);
  }

  const ended = startLoop(clock, loop);
  return {
    async close() {
      closing.abort();
      wake.close();
      await ended();
      slots.close();
    },
  };
}
