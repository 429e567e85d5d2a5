import { PortolanError, type Clock, type Random } from "@portolan/core";
import { createTimerQueue } from "./timer-queue.ts";

/**
 * Time that is driven by a test. It starts at 0 and moves only while one of its methods is awaited, and only when
 * nothing can run: then it jumps to the next timer. Timers due at the same instant run in the order they were scheduled,
 * each to its next wait. Flow-format section 13.
 *
 * @example
 * const clock = createVirtualClock();
 * const waiting = sleep(clock, 3_600_000);
 * await clock.run();
 * await waiting; // clock.now() is 3_600_000, a millisecond of real time later
 */
export interface VirtualClock extends Clock {
  /** Resolves when nothing can run without a timer: all microtasks, and the tracked input and output, have ended. */
  settle(): Promise<void>;
  /** Settles, runs the next timer and settles again; false if there is none. */
  step(): Promise<boolean>;
  /** Runs timers, up to those due at `until`, as long as the condition holds; it is asked when nothing can run. */
  runWhile(goesOn: () => boolean, until?: number): Promise<void>;
  /** Runs every timer that is due up to `time`, then sets the time to it. */
  advanceTo(time: number): Promise<void>;
  /** Runs until no timer is left. */
  run(): Promise<void>;
  /** Runs until `work` has ended and yields what it yields. Fails if no timer is left that could end it. */
  runUntil<T>(work: Promise<T>): Promise<T>;
  /** Real input and output, for which time stands still until it has ended. It must not depend on a timer of this clock. */
  track<T>(work: Promise<T>): Promise<T>;
  /** When the next timer is due. */
  nextDue(): number | undefined;
}

export interface VirtualClockOptions {
  /** Timers due at the same instant run in an order that is drawn from it. */
  readonly ties?: Random;
  /** false: nothing that it drives reads or writes for real, and nothing is tracked; each turn costs a tenth then. */
  readonly io?: boolean;
}

export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const turn = options.io === false ? turnOfMicrotasks : turnOfLoop;
  const timers = createTimerQueue();
  let now = 0;
  let pending = 0;
  let onPendingEnded: (() => void) | undefined;

  function ended(): void {
    pending -= 1;
    onPendingEnded?.();
  }

  async function settle(): Promise<void> {
    await turn();
    while (pending > 0) {
      await new Promise<void>((resolve) => {
        onPendingEnded = resolve;
      });
      onPendingEnded = undefined;
      await turn();
    }
  }

  async function runWhile(goesOn: () => boolean, until = Infinity): Promise<void> {
    await settle();
    while (goesOn()) {
      const next = timers.peek();
      if (next === undefined || next.due > until) return;
      timers.take();
      now = Math.max(now, next.due);
      next.callback();
      await settle();
    }
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      if (!Number.isFinite(delayMs)) {
        throw new PortolanError("PORTOLAN_CALLBACK_FAILED", `a timer needs a finite number of milliseconds, found ${delayMs}`);
      }
      return timers.add(now + Math.max(0, delayMs), options.ties?.next() ?? 0, callback);
    },
    settle,
    runWhile,
    async step() {
      let asked = 0;
      await runWhile(() => asked++ === 0);
      return asked === 2;
    },
    async advanceTo(time) {
      await runWhile(() => true, time);
      now = Math.max(now, time);
    },
    run: () => runWhile(() => true),
    async runUntil(work) {
      let isEnded = false;
      const note = () => {
        isEnded = true;
      };
      work.then(note, note);
      await runWhile(() => !isEnded);
      if (!isEnded) {
        throw new PortolanError("PORTOLAN_TIMEOUT", "the awaited work has not ended, and no timer is left that could end it", {
          kind: "defect",
        });
      }
      return work;
    },
    track(work) {
      pending += 1;
      work.then(ended, ended);
      return work;
    },
    nextDue: () => timers.peek()?.due,
  };
}

/** Begins when the microtask queue is empty, however many microtasks followed on each other, and after pending I/O was looked at. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Begins when the microtask queue is empty; the event loop stands still. */
function turnOfMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
