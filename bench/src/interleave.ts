/** One of those that do the same work. */
export interface Contestant {
  readonly name: string;
  /** Does one round of the work and answers what one message of it cost; the unit is the benchmark's. */
  round(): Promise<number> | number;
}

export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Runs the contestants in rounds, each round in another order, after one round that does not count. A machine that is
 * busy for a while then slows all of them, and the ratios of each round still compare like with like.
 */
export async function interleave(contestants: readonly Contestant[], rounds: number): Promise<Samples> {
  const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of rotated(contestants, round)) {
      const cost = await contestant.round();
      if (round > 0) samples.get(contestant.name)?.push(cost);
    }
  }
  return samples;
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/**
 * `interleave` again and again with contestants that are made anew: how a process was laid out in memory and compiled makes
 * it a few percent faster or slower for as long as it lives.
 */
export async function interleaveSessions(sessions: number, run: () => Promise<Samples>): Promise<Samples> {
  const all = new Map<string, number[]>();
  for (let session = 0; session < sessions; session++) {
    for (const [name, costs] of await run()) all.set(name, [...(all.get(name) ?? []), ...costs]);
  }
  return all;
}
