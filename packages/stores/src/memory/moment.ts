import type { Clock } from "@portolan/core";

/** The time of a change, the same whenever it is asked for. */
export type Moment = Pick<Clock, "now">;

/** One moment after the other. The clock is asked when the time matters: most changes of rows cost less than its answer. */
export interface Moments {
  begin(): Moment;
}

export function createMoments(clock: Moment): Moments {
  let at: number | undefined;
  const moment: Moment = { now: () => (at ??= clock.now()) };
  return {
    begin() {
      at = undefined;
      return moment;
    },
  };
}
