import { setTimeout as realDelay } from "node:timers/promises";
import { PortolanError } from "@portolan/core";
import type { VirtualClock } from "../clock/virtual-clock.ts";

/** Moves a virtual clock for a test; what is busy for ever fails instead of running for ever. */
export interface TimeDrive {
  /** Until the work has ended, and no further. */
  until<T>(work: Promise<T>): Promise<T>;
  advance(byMs: number): Promise<void>;
  /** Until no timer is left. */
  settle(): Promise<void>;
}

const MAX_TIMERS = 10_000;
/** Real input and output that nobody told the clock about, such as a stream that a route reads, gets so long to go on. */
const PATIENCE_MS = 500;

export function createTimeDrive(clock: VirtualClock): TimeDrive {
  async function run(goesOn: () => boolean, until = Infinity): Promise<void> {
    let timers = 0;
    let instant = clock.now();
    const isBounded = () => {
      // Up to a given time it may take as many timers as it likes, but not at one instant.
      if (until < Infinity && clock.now() > instant) {
        instant = clock.now();
        timers = 0;
      }
      return timers++ < MAX_TIMERS;
    };
    await clock.runWhile(() => goesOn() && isBounded(), until);
    if (timers > MAX_TIMERS) {
      throw new PortolanError("PORTOLAN_TIMEOUT", `no rest after ${MAX_TIMERS} timers, at ${clock.now()} ms`, {
        kind: "defect",
        hint: "Something is repeated for ever, such as a retry without end. `advance` moves the time by a given duration.",
      });
    }
  }

  return {
    async until(work) {
      let isEnded = false;
      const note = () => {
        isEnded = true;
      };
      work.then(note, note);
      for (let waited = 0; ; waited++) {
        await run(() => !isEnded);
        if (isEnded) return work;
        if (waited >= PATIENCE_MS) {
          throw new PortolanError(
            "PORTOLAN_TIMEOUT",
            `the message has not ended at ${clock.now()} ms, and nothing is left that could end it`,
            {
              kind: "defect",
              hint: "A function of the app, or the answer of a target, waits for something that does not come.",
            },
          );
        }
        await realDelay(1);
      }
    },
    async advance(byMs) {
      const time = clock.now() + byMs;
      await run(() => true, time);
      await clock.advanceTo(time);
    },
    settle: () => run(() => true),
  };
}
