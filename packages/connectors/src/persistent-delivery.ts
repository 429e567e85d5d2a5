import { asPortolanError, sleep } from "@portolan/core";
import type { DeliverOptions, Incoming, SourceContext } from "@portolan/core";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * - `committed`: the unit of work is in the store.
 * - `conflict`: the position is another one than expected; nothing happened.
 * - `stopped`: the node is stopping; nothing happened.
 */
export type DeliveryOutcome = "committed" | "conflict" | "stopped";

interface PersistentOptions extends Pick<DeliverOptions, "unreadable"> {
  readonly signal: AbortSignal;
  readonly position?: DeliverOptions["position"] | undefined;
}

/**
 * Delivers for a source that cannot be asked to send again: a failure of the route goes to the dead letter, and while the
 * store cannot write, the delivery is repeated, until `signal` is aborted.
 */
export async function deliverPersistently(
  context: SourceContext,
  incoming: Incoming,
  { signal, position, unreadable }: PersistentOptions,
): Promise<DeliveryOutcome> {
  const options: DeliverOptions = { failure: "deadLetter", unreadable, ...(position === undefined ? {} : { position }) };
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_RETRY_MS)) {
    try {
      await context.deliver(incoming, options);
      return "committed";
    } catch (thrown) {
      const error = asPortolanError(thrown);
      if (error.code === "PORTOLAN_CONFLICT") return "conflict";
      if (signal.aborted || error.code === "PORTOLAN_STOPPING") return "stopped";
      context.log.log("warn", "a delivery could not be committed and is repeated", {
        source: context.name,
        code: error.code,
        error: error.message,
        delayMs,
      });
      await pause(context, delayMs, signal);
      if (signal.aborted) return "stopped";
    }
  }
}

/** Waits; an abort ends it early, which is for the caller to see on the signal. */
export async function pause({ clock }: Pick<SourceContext, "clock">, delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(clock, delayMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
