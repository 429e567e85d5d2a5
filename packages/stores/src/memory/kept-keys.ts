import type { KeepKeyEffect } from "@portolan/core";
import { type ClaimKey, claimId } from "../leases.ts";

interface KeptKey {
  readonly until: number;
  readonly result: unknown;
}

/** Idempotent keys that committed units of work have used. */
export interface KeptKeys {
  keep(effect: KeepKeyEffect): void;
  find(key: ClaimKey, now: number): KeptKey | undefined;
  prune(limit: number, now: number): number;
}

export function createKeptKeys(): KeptKeys {
  const keys = new Map<string, KeptKey>();
  return {
    keep(effect) {
      keys.set(claimId(effect), { until: effect.until, result: effect.result });
    },
    find(key, now) {
      const kept = keys.get(claimId(key));
      return kept !== undefined && kept.until > now ? kept : undefined;
    },
    prune(limit, now) {
      let removed = 0;
      for (const [id, kept] of keys) {
        if (removed >= limit) break;
        if (kept.until > now) continue;
        keys.delete(id);
        removed += 1;
      }
      return removed;
    },
  };
}
