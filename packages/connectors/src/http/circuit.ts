import { PortolanError, type Clock } from "@portolan/core";
import type { ConnectionOptions } from "./connection-options.ts";
import { isOutage, type SendHttp } from "./outgoing.ts";

type BreakerOptions = NonNullable<ConnectionOptions["circuitBreaker"]>;

/** Makes no requests for a while after several failures in a row; then one request decides. */
export function withCircuitBreaker(send: SendHttp, { failures, openFor }: BreakerOptions, clock: Clock): SendHttp {
  let inRow = 0;
  let last = "";
  let openUntil = 0;
  let isTrying = false;

  const failed = (how: string): void => {
    inRow += 1;
    last = how;
    if (inRow >= failures) openUntil = clock.now() + openFor;
  };

  return async (request, signal) => {
    const { endpoint } = request;
    const isOpen = inRow >= failures;
    if (isOpen && (isTrying || clock.now() < openUntil)) {
      const retryAfterMs = Math.max(0, openUntil - clock.now());
      throw new PortolanError(
        "PORTOLAN_CIRCUIT_OPEN",
        `${endpoint}: the circuit breaker is open, since ${inRow} requests in a row failed; the last one: ${last}`,
        { endpoint, retryAfterMs },
      );
    }
    isTrying = isOpen;
    try {
      const answer = await send(request, signal);
      if (answer.status >= 500) failed(`status ${answer.status}`);
      else inRow = 0;
      return answer;
    } catch (error) {
      // A request that was given up says nothing about the system.
      if (isOutage(error)) failed(error.message);
      throw error;
    } finally {
      isTrying = false;
    }
  };
}
