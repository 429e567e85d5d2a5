import { option, optional, withDefault, type OptionsOf } from "@portolan/core";

export const scheduleOptions = {
  every: optional(option.duration, "The time from one run to the next. The first run comes after one period."),
  cron: optional(option.name, "A cron pattern of five parts (minute, hour, day, month, weekday), or six with seconds first."),
  timeZone: withDefault(option.name, "UTC", "The time zone of the cron pattern, such as Europe/Berlin."),
  immediately: withDefault(option.boolean, false, "Whether the very first run of `every` comes at once instead of after one period."),
  jitter: withDefault(
    option.duration,
    0,
    "Each run starts up to so much later, by chance, so that schedules do not all start at the same instant.",
  ),
  missed: withDefault(
    option.oneOf("once", "skip", "all"),
    "once",
    "What becomes of planned times that passed while nothing ran: one run for all of them, none, or one for each.",
  ),
  maxMissed: withDefault(option.integer({ min: 1 }), 100, "How many planned times are made up for at the most; the oldest are left out."),
  overlap: withDefault(
    option.oneOf("skip", "queue"),
    "skip",
    "What becomes of a planned time at which the run before is still in process.",
  ),
};

export type ScheduleOptions = OptionsOf<typeof scheduleOptions>;
