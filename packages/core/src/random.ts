/** Chance. Everything in core, engine and stores that draws lots does it through a random source. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
}

/** The last two digits of the counter in base 36; made once, since formatting a number costs as much as all else. */
const PAIRS: readonly string[] = Array.from({ length: 36 ** 2 }, (_, pair) => pair.toString(36).padStart(2, "0"));

/**
 * A source of identifiers that are unique in this process and sort by the time they were made:
 * 9 characters of time, 5 of chance (one draw a process), and a counter, all in base 36.
 */
export function createIds(now: () => number, random: Random): () => string {
  const process = Math.floor(random.next() * 36 ** 5)
    .toString(36)
    .padStart(5, "0");
  let counter = 0;
  let millisecond = -1;
  let stem = "";
  return () => {
    const time = now();
    counter += 1;
    const pair = counter % PAIRS.length;
    if (time !== millisecond || pair === 0) {
      millisecond = time;
      const upper = Math.floor(counter / PAIRS.length);
      stem = Math.floor(time).toString(36).padStart(9, "0") + process + upper.toString(36).padStart(4, "0");
    }
    return stem + PAIRS[pair];
  };
}
