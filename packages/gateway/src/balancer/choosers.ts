import type { BalancerOptions } from "./balancer-options.ts";
import type { TargetState } from "./target-state.ts";

/** One of the candidates; undefined if there is none. */
type Chooser = (candidates: readonly TargetState[], key: string) => TargetState | undefined;

export function createChooser(balance: BalancerOptions["balance"]): Chooser {
  switch (balance) {
    case "roundRobin":
      return createRoundRobin();
    case "leastPending":
      return createLeastPending();
    case "hash":
      return createHash();
    default:
      return balance satisfies never;
  }
}

/** Smooth weighted round robin: 5 to 1 gives a a a b a a and not a a a a a b. With equal weights it is plain turns. */
function createRoundRobin(): Chooser {
  const credits = new WeakMap<TargetState, number>();
  return (candidates) => {
    let best: TargetState | undefined;
    let most = -Infinity;
    let total = 0;
    for (const one of candidates) {
      const credit = (credits.get(one) ?? 0) + one.weight;
      credits.set(one, credit);
      total += one.weight;
      if (credit > most) [best, most] = [one, credit];
    }
    if (best !== undefined) credits.set(best, most - total);
    return best;
  };
}

/** The least by weight; among equals in turns, so that targets without load share it. */
function createLeastPending(): Chooser {
  const inTurn = createRoundRobin();
  return (candidates, key) => {
    let least = Infinity;
    for (const one of candidates) least = Math.min(least, one.pending / one.weight);
    return inTurn(
      candidates.filter((one) => one.pending / one.weight === least),
      key,
    );
  };
}

/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005): the key goes to the target
 * with the highest score. A target that goes out moves its own keys only, and gets the same ones when it is back.
 */
function createHash(): Chooser {
  const seeds = new WeakMap<TargetState, number>();
  return (candidates, key) => {
    const hashed = hashText(key);
    let best: TargetState | undefined;
    let most = -Infinity;
    for (const one of candidates) {
      let seed = seeds.get(one);
      if (seed === undefined) seeds.set(one, (seed = hashText(one.url)));
      const score = -one.weight / Math.log((mix(hashed ^ seed) + 0.5) / 2 ** 32);
      if (score > most) [best, most] = [one, score];
    }
    return best;
  };
}

/** FNV-1a of 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
