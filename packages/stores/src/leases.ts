import type { ClaimRequest } from "@portolan/core";

interface Lease {
  readonly owner: string;
  until: number;
}

/** Who works on which idempotent key in this process. A lease that ran out belongs to nobody. */
export interface Leases {
  /** Answers undefined if the owner has the lease now, and when the lease of another one ends otherwise. */
  acquire(request: ClaimRequest, now: number): number | undefined;
  renew(owner: string, until: number): void;
  release(key: ClaimKey, owner: string): void;
  /** Ends the lease of a key whoever has it: the key has become permanent. */
  end(key: ClaimKey): void;
}

export interface ClaimKey {
  readonly scope: string;
  readonly key: string;
}

const SWEEP_FROM = 1024;

export function createLeases(): Leases {
  const leases = new Map<string, Lease>();
  const owned = new Map<string, Set<string>>();
  let sweepAt = SWEEP_FROM;

  function drop(id: string, lease: Lease): void {
    leases.delete(id);
    const ids = owned.get(lease.owner);
    ids?.delete(id);
    if (ids?.size === 0) owned.delete(lease.owner);
  }

  /** Leases that were never given back are dropped when their number has doubled. */
  function sweep(now: number): void {
    for (const [id, lease] of leases) if (lease.until <= now) drop(id, lease);
    sweepAt = Math.max(SWEEP_FROM, leases.size * 2);
  }

  return {
    acquire(request, now) {
      const id = claimId(request);
      const lease = leases.get(id);
      if (lease !== undefined) {
        if (lease.owner !== request.owner && lease.until > now) return lease.until;
        drop(id, lease);
      }
      if (leases.size >= sweepAt) sweep(now);
      leases.set(id, { owner: request.owner, until: now + request.leaseMs });
      const ids = owned.get(request.owner);
      if (ids === undefined) owned.set(request.owner, new Set([id]));
      else ids.add(id);
      return undefined;
    },
    renew(owner, until) {
      for (const id of owned.get(owner) ?? []) {
        const lease = leases.get(id);
        if (lease !== undefined) lease.until = until;
      }
    },
    release(key, owner) {
      const id = claimId(key);
      const lease = leases.get(id);
      if (lease?.owner === owner) drop(id, lease);
    },
    end(key) {
      const id = claimId(key);
      const lease = leases.get(id);
      if (lease !== undefined) drop(id, lease);
    },
  };
}

/** A scope and a key as one text; no two different pairs give the same. */
export function claimId({ scope, key }: ClaimKey): string {
  return `${scope.length}:${scope}${key}`;
}
