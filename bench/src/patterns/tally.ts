/** Counts what has gone through a block that works later. */
export interface Tally {
  add(count: number): void;
  /** Resolves when so many more have gone through than had when it was asked. */
  more(count: number): Promise<void>;
}

export function createTally(): Tally {
  let seen = 0;
  let wanted = Infinity;
  let reached: () => void = () => undefined;
  return {
    add(count) {
      seen += count;
      if (seen >= wanted) reached();
    },
    more(count) {
      wanted = seen + count;
      return new Promise((resolve) => (reached = resolve));
    },
  };
}
