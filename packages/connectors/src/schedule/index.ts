import { attachConnector, type ConnectorDefinition, defineConnector, type Duration, type SourceRef } from "@portolan/core";
import { type ScheduleBody, scheduleSource } from "./source.ts";

export type { ScheduleBody };

/** Routes that start at planned times. */
export const scheduleConnector: ConnectorDefinition = defineConnector({
  name: "schedule",
  title: "Schedule",
  summary: "Starts routes at planned times: in a period, or by a cron pattern.",
  source: scheduleSource,
});

export interface EveryOptions extends RunOptions {
  /** Whether the very first run comes at once instead of after one period. */
  readonly immediately?: boolean;
}

export interface CronOptions extends RunOptions {
  /** Default UTC. */
  readonly timeZone?: string;
}

export interface RunOptions {
  readonly jitter?: Duration;
  readonly missed?: "once" | "skip" | "all";
  readonly maxMissed?: number;
  readonly overlap?: "skip" | "queue";
}

/**
 * Sources that start a route at planned times.
 *
 * @example
 * route("poll").from(schedule.every("30s"))
 * route("report").from(schedule.cron("0 6 * * 1-5", { timeZone: "Europe/Berlin" }))
 */
export const schedule = {
  every: (period: Duration, options: EveryOptions = {}): SourceRef<ScheduleBody> =>
    attachConnector(scheduleConnector, { every: period, ...options }),
  cron: (pattern: string, options: CronOptions = {}): SourceRef<ScheduleBody> =>
    attachConnector(scheduleConnector, { cron: pattern, ...options }),
};
