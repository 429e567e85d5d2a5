import { mkdir, readdir, rename, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock, Timer } from "@portolan/core";
import { isMissing, systemCode } from "./file-error.ts";
import { isKnownDead } from "./owner.ts";

/**
 * A place for one file in process. Its folder is `.claimed/NUMBER/OWNER`: the name is changed by renaming, which only one of
 * several nodes can do, and which takes the file along. The number outlives owners, so that it can name a position in the store.
 */
export interface Slot {
  readonly number: number;
  readonly folder: string;
}

export interface Slots {
  /** A slot without a file. */
  acquire(): Promise<Slot>;
  /**
   * Takes over a slot that was left with a file in it, by a dead owner or on purpose; not one of these numbers, nor one with a
   * file of another name.
   */
  takeOrphan(
    but: ReadonlySet<number>,
    wants?: (name: string) => boolean,
  ): Promise<{ readonly slot: Slot; readonly file: string } | undefined>;
  /** Gives an empty slot back. */
  release(slot: Slot): Promise<void>;
  /** Gives a slot back with the file in it, for whoever is next. */
  orphan(slot: Slot): Promise<void>;
  close(): void;
}

export interface SlotsOptions {
  /** The folder `.claimed`. */
  readonly folder: string;
  readonly owner: string;
  readonly clock: Clock;
}

const FREE = "free";
const ORPHAN = "orphan";
/** An owner that has shown no life for so long is dead. */
const LEASE_MS = 30_000;

export function createSlots({ folder, owner, clock }: SlotsOptions): Slots {
  const held = new Map<string, Slot>();
  const signs = new Map<string, { readonly sign: number; readonly since: number }>();
  let counter = 0;
  let timer: Timer = clock.after(LEASE_MS / 3, beat);

  /** Shows that the owner lives: others look for changes of the folder's time, so that clocks need not agree. */
  function beat(): void {
    const now = new Date(clock.now());
    // A folder that vanished is found out by the work in it.
    for (const slot of held.values()) void utimes(slot.folder, now, now).catch(() => undefined);
    timer = clock.after(LEASE_MS / 3, beat);
  }

  async function take(number: number, from: string): Promise<Slot | undefined> {
    const slot = { number, folder: join(folder, String(number), `${owner}-${++counter}`) };
    try {
      await rename(join(folder, String(number), from), slot.folder);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    held.set(slot.folder, slot);
    return slot;
  }

  async function give(slot: Slot, state: string): Promise<void> {
    held.delete(slot.folder);
    try {
      await rename(slot.folder, join(folder, String(slot.number), state));
    } catch (error) {
      // Taken over by a node that had not seen this one live for too long.
      if (!isMissing(error)) throw error;
    }
  }

  async function numbers(): Promise<readonly number[]> {
    const names = await namesIn(folder);
    return names
      .map(Number)
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
  }

  async function stateOf(number: number): Promise<string | undefined> {
    return (await readdir(join(folder, String(number))))[0];
  }

  async function isDead(number: number, state: string): Promise<boolean> {
    if (state === ORPHAN || isKnownDead(state)) return true;
    if (state === FREE || state.startsWith(owner)) return false;
    const path = join(folder, String(number), state);
    const sign = await timeOf(path);
    if (sign === undefined) return false;
    const known = signs.get(path);
    if (known?.sign === sign) return clock.now() - known.since >= LEASE_MS;
    signs.set(path, { sign, since: clock.now() });
    return false;
  }

  async function createSlot(known: readonly number[]): Promise<Slot> {
    for (let number = 1; ; number++) {
      if (known.includes(number) || !(await made(join(folder, String(number))))) continue;
      const slot = { number, folder: join(folder, String(number), `${owner}-${++counter}`) };
      await mkdir(slot.folder);
      held.set(slot.folder, slot);
      return slot;
    }
  }

  return {
    async acquire() {
      const known = await numbers();
      for (const number of known) {
        const slot = (await stateOf(number)) === FREE ? await take(number, FREE) : undefined;
        if (slot) return slot;
      }
      return createSlot(known);
    },

    async takeOrphan(but, wants) {
      for (const number of await numbers()) {
        const state = but.has(number) ? undefined : await stateOf(number);
        if (state === undefined || !(await isDead(number, state))) continue;
        if (wants !== undefined && !(await holdsWanted(join(folder, String(number), state), wants))) continue;
        const slot = await take(number, state);
        if (slot === undefined) continue;
        signs.delete(join(folder, String(number), state));
        const [file] = await readdir(slot.folder);
        if (file !== undefined) return { slot, file: join(slot.folder, file) };
        await give(slot, FREE);
      }
      return undefined;
    },

    release: (slot) => give(slot, FREE),
    orphan: (slot) => give(slot, ORPHAN),
    close: () => timer.cancel(),
  };
}

/** Whether the file in a slot is wanted; so is a slot that has none, to be freed. */
async function holdsWanted(slot: string, wants: (name: string) => boolean): Promise<boolean> {
  try {
    const [file] = await readdir(slot);
    return file === undefined || wants(readClaimName(file).name);
  } catch (error) {
    // Taken since.
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Makes the folder again if somebody has removed it, but not the one that is watched. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await made(dirname(folder));
    await made(folder);
    return [];
  }
}

async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function timeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The name of a file in a slot: what was given to it when it was claimed, and its own name. */
export function claimName(claim: string, name: string): string {
  return `${claim}~${name}`;
}

export function readClaimName(path: string): { readonly claim: string; readonly name: string } {
  const whole = basename(path);
  const at = whole.indexOf("~");
  return { claim: whole.slice(0, at), name: whole.slice(at + 1) };
}
