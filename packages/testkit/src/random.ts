import type { Random } from "@portolan/core";

/** Always the same draw. */
export function createFixedRandom(value: number): Random {
  return { next: () => value };
}

/** A sequence of draws that depends on the seed alone (mulberry32). */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
