import { Cron } from "croner";
import type { ScheduleOptions } from "./options.ts";

/** The planned times of a schedule, in ms. */
export interface Plan {
  /** The first planned time after a planned time or a start; undefined if there is none. */
  next(after: number): number | undefined;
  /** The planned times after `after`, up to and with `until`: the newest `most` of them, oldest first. */
  passed(range: { readonly after: number; readonly until: number; readonly most: number }): number[];
}

export function createPlan({ every, cron, timeZone }: ScheduleOptions): Plan {
  // `check` has made sure that exactly one is there.
  return cron === undefined ? periodicPlan(every ?? 0) : cronPlan(parseCron(cron, timeZone));
}

/** Throws an Error whose message says what is wrong with the pattern. Only croner's calendar is used: it sets no timer without a function. */
export function parseCron(pattern: string, timeZone: string): Cron {
  return new Cron(pattern, { timezone: timeZone, paused: true });
}

/** Periods are counted from planned times, not from runs, so that a slow run does not shift those after it. */
function periodicPlan(every: number): Plan {
  return {
    next: (after) => after + every,
    passed({ after, until, most }) {
      const count = Math.floor((until - after) / every);
      const kept = Math.max(0, Math.min(count, most));
      return Array.from({ length: kept }, (_, index) => after + (count - kept + 1 + index) * every);
    },
  };
}

function cronPlan(cron: Cron): Plan {
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
    passed({ after, until, most }) {
      // The reference itself is left out.
      const newest = cron.previousRuns(most, new Date(until + 1)).map((run) => run.getTime());
      return newest.filter((time) => time > after && time <= until).sort((a, b) => a - b);
    },
  };
}
