import type { Clock } from "@portolan/core";
import { createRecentMap } from "./recent-map.ts";

/**
 * What the first of several requests at once came to: a reply for all; one that others may not have; a failure, which is its own as
 * well; or a caller who left.
 */
export type Outcome = "stored" | "own" | "failed" | "gone";

export interface Making {
  readonly outcome: Promise<Outcome>;
  /** What is being made may be out of date: the address was changed meanwhile. */
  readonly isOutdated: boolean;
  /** Only the first call counts. */
  end(outcome: Outcome): void;
}

/** Requests that are being answered by the door, so that others for the same wait for them. */
export interface Collapse {
  /** A request without a key is nobody's to wait for. */
  begin(address: string, key: string | undefined): Making;
  find(key: string): Making | undefined;
  outdate(address: string): void;
}

/** For so long nobody waits where waiting was in vain; of so many requests at the most. */
const APART_MS = 10_000;
const MAX_APART = 10_000;

export function createCollapse(clock: Clock): Collapse {
  const open = new Set<{ readonly address: string; isOutdated: boolean }>();
  const byKey = new Map<string, Making>();
  // By key, when it ends; in the order in which they end.
  const apart = createRecentMap<number>();

  const setApart = (key: string) => {
    apart.set(key, clock.now() + APART_MS);
    const oldest = apart.oldest();
    if (oldest !== undefined && apart.size > MAX_APART) apart.delete(oldest.key);
  };

  return {
    begin(address, key) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const making = {
        address,
        outcome: promise,
        isOutdated: false,
        end(outcome: Outcome) {
          if (!open.delete(making)) return;
          resolve(outcome);
          if (key === undefined) return;
          if (byKey.get(key) === making) byKey.delete(key);
          if (outcome === "own") setApart(key);
          else if (outcome === "stored") apart.delete(key);
        },
      };
      open.add(making);
      if (key !== undefined && !byKey.has(key) && (apart.get(key) ?? 0) <= clock.now()) byKey.set(key, making);
      return making;
    },
    find: (key) => byKey.get(key),
    outdate(address) {
      for (const one of open) if (one.address === address) one.isOutdated = true;
    },
  };
}
