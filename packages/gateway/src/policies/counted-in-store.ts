import { PortolanError, type Clock } from "@portolan/core";
import { allowanceAt, type Allowance, type CallerLimit, type Count, type Taken } from "./caller-limit.ts";
import type { PolicyStore } from "./policy.ts";
import { createRecentMap } from "./recent-map.ts";

export interface CountPlace {
  readonly store: PolicyStore;
  readonly clock: Clock;
  readonly scope: string;
}

/** A row of the store as this node saw it last. */
interface SeenRow<Known> {
  readonly version: number;
  readonly known: Known | undefined;
}

interface Waiting {
  readonly resolve: (allowance: Allowance) => void;
  readonly reject: (error: unknown) => void;
}

/** Callers whose row is not read again as long as nobody else changes it. */
const MAX_SEEN = 10_000;

/**
 * Counts in a store, exactly, over all nodes that share it: a row of state for each caller, which is only written over the version
 * that the count was made from. Requests of a caller that come while its row is being written are counted together by the
 * next write, so that a caller never waits for more than two. Who is out of allowance costs no access: others can only have used more of it.
 */
export function countedInStore<Known>(count: Count<Known>, { store, clock, scope }: CountPlace): CallerLimit {
  // In the order of the last use.
  const seen = createRecentMap<SeenRow<Known>>();
  const waiting = new Map<string, Waiting[]>();

  const remember = (caller: string, row: SeenRow<Known>): SeenRow<Known> => {
    seen.set(caller, row);
    const oldest = seen.oldest();
    if (oldest !== undefined && seen.size > MAX_SEEN) seen.delete(oldest.key);
    return row;
  };

  const read = async (caller: string): Promise<SeenRow<Known>> => {
    const row = await store.state(scope, caller);
    return remember(caller, { version: row?.version ?? 0, known: row === undefined ? undefined : count.read(row.value) });
  };

  /** Counts as many requests at once. */
  const change = async (key: string, wanted: number): Promise<Taken<Known>> => {
    for (;;) {
      const { version, known } = seen.get(key) ?? (await read(key));
      const now = clock.now();
      const taken = count.take(known, wanted, now);
      if (taken.granted === 0) return taken;
      // A row whose time is over is none to the store.
      const expected = known === undefined || count.endOf(known) > now ? version : 0;
      const next = version + 1;
      try {
        await store.commit(
          [{ kind: "putState", scope, key, value: taken.known, until: count.endOf(taken.known), expected, version: next }],
          "process-crash",
        );
      } catch (error) {
        seen.delete(key);
        if (error instanceof PortolanError && error.code === "PORTOLAN_CONFLICT") continue;
        throw error;
      }
      remember(key, { version: next, known: taken.known });
      return taken;
    }
  };

  const serve = async (caller: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const together = queue.splice(0);
      try {
        const taken = await change(caller, together.length);
        for (const [index, { resolve }] of together.entries()) resolve(allowanceAt(index, taken));
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    waiting.delete(caller);
  };

  return {
    take(caller, now) {
      const row = seen.get(caller);
      if (row !== undefined) {
        const taken = count.take(row.known, 1, now);
        if (taken.granted === 0) return allowanceAt(0, taken);
      }
      return new Promise((resolve, reject) => {
        const queue = waiting.get(caller);
        if (queue !== undefined) return void queue.push({ resolve, reject });
        const begun = [{ resolve, reject }];
        waiting.set(caller, begun);
        void serve(caller, begun);
      });
    },
  };
}
