import type { Clock } from "@portolan/core";

/** Starts a loop after the present call stack, when `open` has answered; yields a function that resolves when the loop has ended. */
export function startLoop(clock: Clock, loop: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const timer = clock.after(0, () => {
    ended = loop();
  });
  return () => {
    timer.cancel();
    return ended ?? Promise.resolve();
  };
}
