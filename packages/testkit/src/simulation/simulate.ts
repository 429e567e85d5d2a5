import type { AppDefinition } from "@portolan/core";
import { readScenario, runSchedule, type ScheduleResult, type SimulationSubject } from "./schedule.ts";
import type { Scenario } from "./scenario.ts";

export interface SimulationOptions {
  readonly subject: SimulationSubject;
  readonly scenario: Scenario;
  /** The seeds from `first` on, `count` of them. */
  readonly seeds: { readonly first: number; readonly count: number };
  /** Stops after so many failing seeds. Default 1. */
  readonly maxFailures?: number;
  /** Told of every event of interest: for the replay of one seed. */
  readonly trace?: (line: string) => void;
}

export interface SimulationReport {
  readonly schedules: number;
  readonly deaths: number;
  readonly events: number;
  readonly failures: readonly ScheduleResult[];
}

/**
 * Runs a scenario once for each seed in virtual time, on a disk that loses what was not synced, and kills the node between any
 * two events. The same seed gives the same course, so a failing one can be replayed: `replayLine` says how.
 *
 * @example
 * const report = await simulate({ subject, scenario: relayScenario, seeds: { first: 1, count: 1000 } });
 * expect(report.failures.map(replayLine)).toEqual([]);
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { subject, scenario, seeds, maxFailures = 1, trace } = options;
  let read: AppDefinition | undefined;
  const app = () => (read ??= readScenario(scenario, []));
  const failures: ScheduleResult[] = [];
  let schedules = 0;
  let deaths = 0;
  let events = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count && failures.length < maxFailures; seed++) {
    const result = await runSchedule(seed, { subject, scenario, app, trace });
    // The clock of a schedule keeps the event loop waiting.
    await new Promise((resolve) => setImmediate(resolve));
    schedules += 1;
    deaths += result.deaths;
    events += result.events;
    if (result.violations.length > 0) failures.push(result);
  }
  return { schedules, deaths, events, failures };
}

/** One line that says what was violated and how to see it happen again. */
export function replayLine({ seed, violations }: ScheduleResult): string {
  return `seed ${seed}: ${violations.join("; ")}. Replay: simulate({ …, seeds: { first: ${seed}, count: 1 }, trace: console.log })`;
}
