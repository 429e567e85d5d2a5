import { watch, type FSWatcher } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, matchesGlob } from "node:path";
import type { Awaitable, Clock, Timer } from "@portolan/core";
import { isMissing } from "./file-error.ts";
import type { FileSourceOptions } from "./options.ts";

export const READY_SUFFIX = ".ready";

/** The names of the files in a folder that the patterns take. */
export function takenNames(
  names: readonly string[],
  { include, exclude }: Pick<FileSourceOptions, "include" | "exclude">,
): readonly string[] {
  const matches = (patterns: readonly string[], name: string) => patterns.some((pattern) => matchesGlob(name, pattern));
  return names.filter((name) => !name.startsWith(".") && matches(include, name) && !matches(exclude, name));
}

/** The files in a folder; what is no file is left out. */
export async function fileNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

export interface FileState {
  readonly size: number;
  readonly modified: number;
}

/** Which files of a folder are no longer changed by whoever writes them. */
export type Unchanged = (states: ReadonlyMap<string, FileState>) => Awaitable<readonly string[]>;

/** Those that have not changed from one look to the next. It remembers how they were when it looked last. */
export function createUnchanged(intervalMs: number, clock: Clock): Unchanged {
  let seen = new Map<string, FileState & { readonly since: number }>();
  return (states) => {
    const now = clock.now();
    const next: typeof seen = new Map();
    for (const [name, state] of states) {
      const before = seen.get(name);
      const same = before !== undefined && before.size === state.size && before.modified === state.modified;
      next.set(name, same ? before : { ...state, since: now });
    }
    seen = next;
    return [...states.keys()].filter((name) => now - (next.get(name)?.since ?? now) >= intervalMs);
  };
}

/** Looks for complete files, in the order that the options want. */
export function createLook(directory: string, options: FileSourceOptions, unchanged: Unchanged): () => Promise<readonly string[]> {
  return async () => {
    const all = await fileNames(directory);
    const names = takenNames(all, options);
    const present = new Set(all);
    const candidates = options.complete === "readyFile" ? names.filter((name) => present.has(name + READY_SUFFIX)) : names;
    const sorted = candidates.toSorted();
    if (options.complete !== "unchanged" && options.order === "name") return sorted;
    const states = await statesOf(directory, sorted);
    const complete = options.complete === "unchanged" ? await unchanged(states) : [...states.keys()];
    if (options.order === "name") return complete;
    return complete.toSorted((a, b) => (states.get(a)?.modified ?? 0) - (states.get(b)?.modified ?? 0));
  };
}

async function statesOf(directory: string, names: readonly string[]): Promise<ReadonlyMap<string, FileState>> {
  const states = new Map<string, FileState>();
  for (const name of names) {
    try {
      const { size, mtimeMs } = await stat(join(directory, name));
      states.set(name, { size, modified: mtimeMs });
    } catch (error) {
      // Somebody took it since.
      if (!isMissing(error)) throw error;
    }
  }
  return states;
}

/** Many changes that are reported together are one reason to look. */
const LULL_MS = 50;

/** Wakes whoever waits for the next look: after an interval, or soon after the system reports a change. */
export interface Wake {
  /** Resolves at the next reason to look, or after that time; a reason that came before counts. */
  next(withinMs?: number): Promise<void>;
  /** Resolves `next` for good. */
  close(): void;
}

export function createWake(directory: string, intervalMs: number, clock: Clock): Wake {
  let isDue = false;
  let isClosed = false;
  let resume: (() => void) | undefined;
  let soon: Timer | undefined;
  const ring = () => {
    isDue = true;
    resume?.();
  };
  const watcher = watchFolder(directory, () => {
    soon ??= clock.after(Math.min(LULL_MS, intervalMs), () => {
      soon = undefined;
      ring();
    });
  });
  return {
    async next(withinMs = intervalMs) {
      const timer = clock.after(withinMs, ring);
      if (!isDue && !isClosed) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      }
      timer.cancel();
      isDue = false;
    },
    close() {
      isClosed = true;
      watcher?.close();
      soon?.cancel();
      resume?.();
    },
  };
}

/** Reports of the system only shorten the wait: where there are none (a network drive, too many watches) the interval does. */
function watchFolder(directory: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, onChange);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
