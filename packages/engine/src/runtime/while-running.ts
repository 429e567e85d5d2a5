import type { Execution } from "./execution.ts";
import { Abandoned } from "./failure.ts";

/**
 * Runs what waits on behalf of a line of execution, until the line is cancelled. A delivery of a durable channel does not hold up a node
 * that stops: it is given back, and its route starts over.
 */
export async function whileRunning<T>(
  execution: Execution,
  stopping: AbortSignal,
  wait: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const returns = execution.unit.delivery !== undefined && execution.unit.isStored;
  const signals = [execution.signal, returns ? stopping : undefined].filter((signal) => signal !== undefined);
  try {
    return await wait(signals.length > 1 ? AbortSignal.any(signals) : signals[0]);
  } catch (reason) {
    if (returns && stopping.aborted) throw new Abandoned();
    throw reason;
  }
}
