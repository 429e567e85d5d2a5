import type { Clock } from "@portolan/core";

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_DELAY = 2_147_483_647;

/** The machine's time and timers. */
export function createSystemClock(): Clock {
  return {
    now: Date.now,
    after(delayMs, callback) {
      let timer: NodeJS.Timeout;
      const wait = (remaining: number) => {
        const delay = Math.min(remaining, LONGEST_DELAY);
        timer = setTimeout(() => (remaining > delay ? wait(remaining - delay) : callback()), delay);
      };
      wait(delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
