import type { Timer } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";

/** Ticks at multiples of an interval since it began; one is only waited for after `wake`. */
export interface Ticks {
  start(): void;
  /** Something may be there to be done at the next tick. */
  wake(): void;
  stop(): void;
}

export function createTicks(interval: number, { clock, log, route }: StepCompiler, act: () => Promise<void>): Ticks {
  let began: number | undefined;
  let pending: Timer | undefined;

  const wake = (): void => {
    if (began === undefined) return;
    const now = clock.now();
    const next = began + (Math.floor((now - began) / interval) + 1) * interval;
    pending ??= clock.after(next - now, () => {
      pending = undefined;
      act().catch((error: unknown) =>
        log.log("error", "groups could not be completed; the next tick tries again", { route, error: String(error) }),
      );
    });
  };

  return {
    start() {
      began = clock.now();
      wake();
    },
    wake,
    stop() {
      pending?.cancel();
      began = undefined;
    },
  };
}
