import { sleep, type Clock, type Store, type Timer } from "@portolan/core";
import { andThen } from "./step.ts";
import { claimName, type UnitOfWork } from "./unit-of-work.ts";

/** Idempotent keys as the steps of this node claim them: flow-format section 9. */
export interface Claims {
  /**
   * `granted`: the unit of work holds the key. `duplicate`: a unit of work with the key was committed, or this very one holds it.
   * `held`: another one holds it, and `wait` is false.
   */
  claim(unit: UnitOfWork, request: ClaimAsk): Claimed | Promise<Claimed>;
}

export interface ClaimAsk {
  readonly scope: string;
  readonly key: string;
  readonly leaseMs: number;
  readonly wait: boolean;
  readonly signal: AbortSignal | undefined;
}

export type Claimed =
  | { readonly state: "granted"; undo(): void }
  | { readonly state: "duplicate"; readonly result?: unknown }
  | { readonly state: "held" };

/** How often a key held by another node is asked for again. */
const POLL_MS = 250;

export function createClaims(store: Store, clock: Clock): Claims {
  /** Keys held by units of work of this node, with those that wait for each, longest first. */
  const queues = new Map<string, (() => void)[]>();
  const leases = new Map<string, { readonly leaseMs: number; count: number }>();
  let renewal: Timer | undefined;

  const renewAll = () => {
    for (const [owner, { leaseMs }] of leases) store.renew(owner, leaseMs);
    schedule();
  };
  const schedule = () => {
    renewal?.cancel();
    renewal = leases.size === 0 ? undefined : clock.after(Math.min(...[...leases.values()].map(({ leaseMs }) => leaseMs)) / 3, renewAll);
  };

  /** Takes the key; what it answers gives it back. */
  const hold = (unit: UnitOfWork, { scope, key, leaseMs }: ClaimAsk): (() => void) => {
    const name = claimName(scope, key);
    if (!queues.has(name)) queues.set(name, []);
    const lease = leases.get(unit.id) ?? { leaseMs, count: 0 };
    lease.count += 1;
    leases.set(unit.id, lease);
    if (renewal === undefined) schedule();
    let open = true;
    const close = (committed: boolean) => {
      if (!open) return;
      // A part that was cut off may still run when its unit of work is committed: without its keys.
      const kept = committed && unit.kept?.has(name) === true;
      open = false;
      unit.claims.delete(name);
      lease.count -= 1;
      if (lease.count === 0) leases.delete(unit.id);
      if (leases.size === 0) {
        renewal?.cancel();
        renewal = undefined;
      }
      if (kept) return wakeAll(name);
      store.unclaim(scope, key, unit.id);
      wakeNext(name);
    };
    unit.listen({ ended: close });
    return () => close(false);
  };

  const wakeAll = (name: string): void => {
    for (const wake of queues.get(name) ?? []) wake();
    queues.delete(name);
  };

  const wakeNext = (name: string): void => {
    const next = queues.get(name)?.shift();
    if (next === undefined) queues.delete(name);
    else next();
  };

  const waitTurn = (name: string, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(name) ?? [];
      const onAbort = () => {
        const index = queue.indexOf(wake);
        if (index >= 0) queue.splice(index, 1);
        else wakeNext(name);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      queue.push(wake);
      signal?.addEventListener("abort", onAbort, { once: true });
    });

  const ask = (unit: UnitOfWork, request: ClaimAsk): Claimed | Promise<Claimed> =>
    andThen(
      store.claim({ scope: request.scope, key: request.key, owner: unit.id, leaseMs: request.leaseMs }),
      (answer): Claimed | Promise<Claimed> => {
        if (answer.state === "granted") {
          return { state: "granted", undo: hold(unit, request) };
        }
        if (answer.state === "kept") {
          const name = claimName(request.scope, request.key);
          wakeAll(name);
          return { state: "duplicate", result: answer.result };
        }
        if (!request.wait) return { state: "held" };
        const name = claimName(request.scope, request.key);
        const turn = queues.has(name)
          ? waitTurn(name, request.signal)
          : sleep(clock, Math.max(1, Math.min(POLL_MS, answer.until - clock.now())), request.signal);
        return turn.then(() => ask(unit, request));
      },
    );

  const claimInTurn = (unit: UnitOfWork, name: string, request: ClaimAsk): Claimed | Promise<Claimed> => {
    const queue = queues.get(name);
    if (queue === undefined || (queue.length === 0 && !request.wait)) return ask(unit, request);
    // Held here, or promised to the one that waits longest.
    return request.wait ? waitTurn(name, request.signal).then(() => ask(unit, request)) : { state: "held" };
  };

  return {
    claim(unit, request) {
      const name = claimName(request.scope, request.key);
      if (unit.claims.has(name)) return { state: "duplicate" };
      // Said before the store has answered: parts that run side by side may ask for the same key.
      unit.claims.add(name);
      const claimed = claimInTurn(unit, name, request);
      return claimed instanceof Promise ? claimedLater(unit, name, claimed) : noted(unit, name, claimed);
    },
  };
}

function noted(unit: UnitOfWork, name: string, claimed: Claimed): Claimed {
  if (claimed.state !== "granted") unit.claims.delete(name);
  return claimed;
}

function claimedLater(unit: UnitOfWork, name: string, claimed: Promise<Claimed>): Promise<Claimed> {
  return claimed.then(
    (answer) => noted(unit, name, answer),
    (reason: unknown) => {
      unit.claims.delete(name);
      throw reason;
    },
  );
}
