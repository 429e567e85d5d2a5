/** How a target answered: `failed` is no connection, no answer in time, or an answer that says it is not well (502, 503, 504). */
export type TargetOutcome = "well" | "failed";

/** One server that a balancer chooses among. */
export interface BalancedTarget {
  readonly url: string;
  readonly weight: number;
  /** Requests that were given to it and are not over. */
  readonly pending: number;
  /** Why it gets no requests now; undefined if it does. */
  readonly out: "unhealthy" | "ejected" | undefined;
}
