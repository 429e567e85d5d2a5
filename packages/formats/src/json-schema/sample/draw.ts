/** Draws lots that are the same again for the same seed. */
export interface Draw {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of a list that is not empty. */
  oneOf<T>(list: readonly T[]): T;
}

export function createDraw(seed: string): Draw {
  let state = 0;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x9e3779b1) + 0x7f4a7c15;
  // Mulberry32 (Tommy Ettinger, public domain).
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    between,
    // Within the list.
    oneOf: <T>(list: readonly T[]) => list[between(0, list.length - 1)] as T,
  };
}
