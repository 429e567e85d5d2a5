import type { Clock } from "@portolan/core";

/** The time of the machine, for tests against real servers, which know no other. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
