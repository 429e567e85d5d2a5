import type { Exchange } from "../exchange.ts";
import type { ProxyOptions } from "./proxy-options.ts";

export interface Attempt {
  /** Counted from 1. */
  readonly attempts: number;
  /** Whether the request may be sent twice. */
  readonly isRepeatable: boolean;
}

export interface RetryPolicy {
  /** Whether another attempt follows on an answer with this status. */
  afterStatus(status: number, attempt: Attempt): boolean;
  /** Whether one follows on a failed connection. What was never sent may always be sent again. */
  afterFailure(attempt: Attempt & { readonly isSent: boolean }): boolean;
  waitMs(attempts: number): number;
}

export function createRetryPolicy(retry: ProxyOptions["retry"]): RetryPolicy {
  const { attempts: most, statuses, wait } = retry ?? { attempts: 2, statuses: [], wait: 0 };
  const retried = new Set(statuses);
  return {
    afterStatus: (status, { attempts, isRepeatable }) => attempts < most && isRepeatable && retried.has(status),
    afterFailure: ({ attempts, isRepeatable, isSent }) => attempts < most && (isRepeatable || !isSent),
    waitMs: (attempts) => wait * 2 ** (attempts - 1),
  };
}

/** RFC 9110, section 9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "PUT", "DELETE"]);

/** A body that streams is gone once it was sent. */
export function isRepeatable({ method, hasBody }: Pick<Exchange, "method" | "hasBody">): boolean {
  return IDEMPOTENT.has(method) && !hasBody;
}
