import type { BalancedTarget, TargetOutcome } from "./balanced-target.ts";
import type { EjectionOptions, HealthOptions, WeightedUrl } from "./balancer-options.ts";

/** What a balancer knows of a target. */
export interface TargetState extends BalancedTarget {
  readonly ejectedUntil: number;
  /** Whether it may get a request. One that returns from an ejection gets a single one, which decides. */
  takes(now: number): boolean;
  enter(): void;
  tell(outcome: TargetOutcome, now: number): void;
  leave(): void;
  checked(isHealthy: boolean): void;
}

export interface StateRules {
  readonly ejection: EjectionOptions;
  readonly health: HealthOptions | undefined;
  readonly onChange: ((target: BalancedTarget) => void) | undefined;
}

export function createTargetState({ url, weight }: WeightedUrl, rules: StateRules): TargetState {
  return new State(url, weight, rules);
}

class State implements TargetState {
  readonly url: string;
  readonly weight: number;
  pending = 0;
  ejectedUntil = 0;
  readonly #rules: StateRules;
  #isEjected = false;
  /** Whether a request is under way that decides about its return. */
  #isOnTrial = false;
  /** Ejections in a row, without a success between them. */
  #ejections = 0;
  #failures = 0;
  #isHealthy = true;
  #isReportedOut = false;
  /** Health checks in a row that contradict `#isHealthy`. */
  #contradictions = 0;

  constructor(url: string, weight: number, rules: StateRules) {
    this.url = url;
    this.weight = weight;
    this.#rules = rules;
  }

  get out(): BalancedTarget["out"] {
    if (!this.#isHealthy) return "unhealthy";
    return this.#isEjected ? "ejected" : undefined;
  }

  takes(now: number): boolean {
    if (!this.#isHealthy) return false;
    return !this.#isEjected || (now >= this.ejectedUntil && !this.#isOnTrial);
  }

  enter(): void {
    this.pending += 1;
    this.#isOnTrial = this.#isEjected;
  }

  tell(outcome: TargetOutcome, now: number): void {
    if (outcome === "failed") this.#failed(now);
    else this.#succeeded();
  }

  leave(): void {
    this.pending -= 1;
    this.#isOnTrial = false;
  }

  checked(isHealthy: boolean): void {
    if (isHealthy === this.#isHealthy) {
      this.#contradictions = 0;
      return;
    }
    this.#contradictions += 1;
    const { failures = 1, successes = 1 } = this.#rules.health ?? {};
    if (this.#contradictions < (isHealthy ? successes : failures)) return;
    this.#contradictions = 0;
    this.#isHealthy = isHealthy;
    // What a check has seen to be well need not wait for the end of an ejection.
    if (isHealthy) this.#reset();
    this.#report();
  }

  #failed(now: number): void {
    this.#failures += 1;
    const { failures, time, maxTime } = this.#rules.ejection;
    // Requests that were under way when it was ejected say nothing new.
    if (this.#isEjected ? now < this.ejectedUntil : this.#failures < failures) return;
    this.ejectedUntil = now + Math.min(maxTime, time * 2 ** Math.min(this.#ejections, 30));
    this.#ejections += 1;
    if (this.#isEjected) return;
    this.#isEjected = true;
    this.#report();
  }

  #succeeded(): void {
    this.#reset();
    this.#report();
  }

  /** Tells that it went out or is back; not that it is out for a second reason. */
  #report(): void {
    const isOut = this.out !== undefined;
    if (isOut === this.#isReportedOut) return;
    this.#isReportedOut = isOut;
    this.#rules.onChange?.(this);
  }

  #reset(): void {
    this.#failures = 0;
    this.#ejections = 0;
    this.#isEjected = false;
    this.ejectedUntil = 0;
  }
}
