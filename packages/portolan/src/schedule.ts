export { type CronOptions, type EveryOptions, type ScheduleBody, schedule } from "@portolan/connectors/schedule";
