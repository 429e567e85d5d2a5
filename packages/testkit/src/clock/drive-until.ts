import { setTimeout as realDelay } from "node:timers/promises";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * Lets real input and output go on, and a virtual clock with it, until something is so; the test's own timeout ends it
 * otherwise. For code that does both, where the clock cannot know what it has to wait for.
 */
export async function driveUntil(clock: VirtualClock, isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await drive(clock);
}

/** Gives real input and output a millisecond, and runs the next timer. */
export async function drive(clock: VirtualClock): Promise<void> {
  await realDelay(1);
  await clock.step();
}
