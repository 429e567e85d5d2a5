import type { PortolanError, SourceContext } from "@portolan/core";
import { pause } from "./persistent-delivery.ts";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;

export interface SessionLoop {
  readonly context: SourceContext;
  readonly signal: AbortSignal;
  /** What is done, for the log: `reading orders`. */
  readonly doing: string;
  /** One connection from its beginning to its end; tells by `arrived` that it is a good one. It ends when the signal is aborted. */
  run(arrived: () => void): Promise<void>;
  translate(doing: string, thrown: unknown): PortolanError;
}

/**
 * Keeps a connection to another system until the signal is aborted: what breaks is told in the log and begun anew, after a wait that
 * doubles up to half a minute, with jitter, so that many nodes do not come back at once.
 */
export async function keepRunning({ context, signal, doing, run, translate }: SessionLoop): Promise<void> {
  let failures = 0;
  const arrived = () => {
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      await run(arrived);
    } catch (thrown) {
      if (signal.aborted) return;
      failures += 1;
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
      const delayMs = Math.ceil(longest * (0.5 + context.random.next() / 2));
      const { code, message, hint } = translate(doing, thrown);
      context.log.log("warn", "a source has lost its connection and tries again", {
        source: context.name,
        code,
        error: message,
        hint,
        delayMs,
      });
      await pause(context, delayMs, signal);
    }
  }
}
