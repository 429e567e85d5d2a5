/** Chance. Everything in core, engine and stores that draws lots does it through a random source. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
}

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
  let prefix = "";
  return () => {
    const time = now();
    if (time !== millisecond) {
      millisecond = time;
      prefix = Math.floor(time).toString(36).padStart(9, "0") + process;
    }
    counter += 1;
    return prefix + counter.toString(36).padStart(6, "0");
  };
}
