import type { Clock } from "@portolan/core";
import type { BalancedTarget, TargetOutcome } from "./balanced-target.ts";
import { weightedUrls, type BalancerOptions } from "./balancer-options.ts";
import { createChooser } from "./choosers.ts";
import { createTargetState, type TargetState } from "./target-state.ts";

export interface TargetQuery {
  /** With `hash`: requests of the same key go to the same target. */
  readonly key?: string | undefined;
  /** Targets that were tried for this request already; one of them comes again only if there is no other. */
  readonly tried?: ReadonlySet<BalancedTarget> | undefined;
}

/**
 * Chooses a target for each request, for proxies and for clients of several addresses. Whoever takes a target tells how it answered
 * as soon as that is known, and releases it when the request is over: by the one it ejects targets that fail, by the other it
 * counts what is pending. A request whose caller left says nothing about the target; it is released only.
 */
export interface Balancer {
  readonly targets: readonly BalancedTarget[];
  /** Undefined if no target is well and `whenAllOut` is `refuse`, or if none has a weight. */
  take(query?: TargetQuery): BalancedTarget | undefined;
  /** At most once for each `take`. */
  tell(target: BalancedTarget, outcome: TargetOutcome): void;
  /** Once for each `take`. */
  release(target: BalancedTarget): void;
  /** What a health check found. */
  checked(target: BalancedTarget, isHealthy: boolean): void;
  /** Milliseconds until the first target that is out is tried again; undefined if that depends on health checks. */
  returnsInMs(): number | undefined;
}

export interface BalancerServices {
  readonly clock: Clock;
  /** A target has gone out, or is back. */
  readonly onChange?: ((target: BalancedTarget) => void) | undefined;
}

export function createBalancer(options: BalancerOptions, { clock, onChange }: BalancerServices): Balancer {
  const states: readonly TargetState[] = weightedUrls(options.targets).map((given) =>
    createTargetState(given, { ejection: options.ejection, health: options.health, onChange }),
  );
  const weighted = states.filter(({ weight }) => weight > 0);
  const choose = createChooser(options.balance);
  const stateOf = (target: BalancedTarget): TargetState => {
    const state = states.find((one) => one === target);
    if (state === undefined) throw new TypeError(`${target.url} is no target of this balancer`);
    return state;
  };

  const candidates = (now: number): readonly TargetState[] => {
    let hasOut = false;
    for (const state of weighted) if (!state.takes(now)) hasOut = true;
    if (!hasOut) return weighted;
    const able = weighted.filter((state) => state.takes(now));
    return able.length === 0 && options.whenAllOut === "try" ? weighted : able;
  };

  return {
    targets: states,
    take({ key = "", tried } = {}) {
      const able = candidates(clock.now());
      const fresh = tried === undefined || tried.size === 0 ? able : able.filter((state) => !tried.has(state));
      const chosen = choose(fresh.length === 0 ? able : fresh, key);
      chosen?.enter();
      return chosen;
    },
    tell: (target, outcome) => stateOf(target).tell(outcome, clock.now()),
    release: (target) => stateOf(target).leave(),
    checked: (target, isHealthy) => stateOf(target).checked(isHealthy),
    returnsInMs() {
      const times = weighted.flatMap((state) => (state.out === "ejected" ? [Math.max(0, state.ejectedUntil - clock.now())] : []));
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
