import { createHash } from "node:crypto";

/**
 * Messages of a partition go through so many lanes, each one message after another, those of one key through the same. It is no option:
 * how far each lane has come is in the store, and means nothing to another number of lanes.
 */
export const LANES = 64;

/** The lane of a message. Without a key there is no order to keep: such messages take turns. */
export function laneOf(key: Uint8Array | null, offset: bigint): number {
  if (key === null) return Number(offset % BigInt(LANES));
  let hash = 2_166_136_261;
  for (const byte of key) hash = Math.imul(hash ^ byte, 16_777_619);
  return (hash >>> 0) % LANES;
}

/** How many things of a kind are done at once. */
export interface Permits {
  /** Runs it now, or when another has given its permit back. */
  take(run: () => void): void;
  give(): void;
}

export function createPermits(count: number): Permits {
  let free = count;
  const waiting: (() => void)[] = [];
  let head = 0;
  return {
    take(run) {
      if (free === 0) {
        waiting.push(run);
        return;
      }
      free -= 1;
      run();
    },
    give() {
      const next = waiting[head];
      if (next === undefined) {
        free += 1;
        return;
      }
      head += 1;
      if (head === waiting.length) {
        waiting.length = 0;
        head = 0;
      }
      next();
    },
  };
}

/** A short name that is the same for the same text, for names of positions that must not grow. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}
