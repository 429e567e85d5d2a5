/** Looks for deadlines that have passed, again and again, often enough that none is passed by more than a tenth of its limit. */
export interface Sweep {
  /** When a limit that begins now has passed, on the clock of the sweep. */
  deadline(limitMs: number): number;
  stop(): void;
}

const MIN_PERIOD_MS = 5;
const PERIODS = 20;

/** The clock of the sweep moves with it: reading the time for each request would cost more than finding its door. */
export function createSweep(run: (now: number) => void): Sweep {
  let shortestMs = Infinity;
  let periodMs = 0;
  let now = 0;
  let timer: NodeJS.Timeout | undefined;

  const sweep = () => {
    now = performance.now();
    run(now);
  };
  const start = (limitMs: number) => {
    clearInterval(timer);
    shortestMs = limitMs;
    periodMs = Math.max(MIN_PERIOD_MS, limitMs / PERIODS);
    now = performance.now();
    timer = setInterval(sweep, periodMs).unref();
  };
  return {
    deadline(limitMs) {
      if (limitMs < shortestMs) start(limitMs);
      // The clock may be one period behind, and no limit may end early.
      return now + limitMs + periodMs;
    },
    stop() {
      clearInterval(timer);
      shortestMs = 0;
    },
  };
}
