import { formatDuration, PortolanError } from "@portolan/core";
import type { RunningSource, SourceContext, SourceDefinition } from "@portolan/core";
import { messageId } from "../message-id.ts";
import { deliverPersistently, pause } from "../persistent-delivery.ts";
import { type ScheduleOptions, scheduleOptions } from "./options.ts";
import { createPlan, parseCron } from "./plan.ts";

/** What a schedule delivers: times as ISO 8601 texts in UTC. */
export interface ScheduleBody {
  readonly plannedAt: string;
  /** The planned time before, at which a run was made; null for the first. */
  readonly previousAt: string | null;
}

/** Waits are cut, so that a change of the system's clock is noticed, and no timer exceeds its range. */
const LONGEST_WAIT_MS = 300_000;
const CONFLICT_RETRY_MS = 1_000;

export const scheduleSource: SourceDefinition<typeof scheduleOptions> = {
  summary: "Starts a route at planned times. Nodes that share a store make one run for each planned time.",
  options: scheduleOptions,
  replies: false,
  describe: ({ every, cron, timeZone }) => (cron === undefined ? `every ${formatDuration(every ?? 0)}` : `cron ${cron} (${timeZone})`),
  check: checkOptions,
  open: openSchedule,
};

function checkOptions({ every, cron, timeZone, immediately, jitter }: ScheduleOptions): readonly string[] {
  if ((every === undefined) === (cron === undefined)) return ["a schedule has either `every` or `cron`"];
  if (every !== undefined) {
    if (every < 1) return ["`every` is at least 1ms"];
    return jitter < every ? [] : ["`jitter` is shorter than `every`"];
  }
  if (immediately) return ["`immediately` goes with `every` only"];
  return cron === undefined ? [] : checkCron(cron, timeZone);
}

function checkCron(pattern: string, timeZone: string): readonly string[] {
  if (!isTimeZone(timeZone)) return [`\`timeZone\` is the name of a time zone such as Europe/Berlin, found ${timeZone}`];
  try {
    const hasTime = parseCron(pattern, timeZone).nextRun(new Date(0)) !== null;
    return hasTime ? [] : [`the cron pattern ${pattern} names no time that exists`];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    return [`the cron pattern ${pattern} cannot be read: ${reason}`];
  }
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    // How Intl says that it does not know the name.
    return false;
  }
}

async function openSchedule(options: ScheduleOptions, context: SourceContext): Promise<RunningSource> {
  const closing = new AbortController();
  const runs = createRuns(options, { context, signal: closing.signal, last: readTime(await context.position(context.name)) });
  let ended: Promise<void> = Promise.resolve();
  const start = context.clock.after(0, () => {
    ended = runs();
  });
  return {
    close() {
      start.cancel();
      closing.abort();
      return ended;
    },
  };
}

interface RunsParts {
  readonly context: SourceContext;
  readonly signal: AbortSignal;
  /** The planned time of the last run. */
  readonly last: number | undefined;
}

/** Makes one run after another, until the signal is aborted. */
function createRuns(options: ScheduleOptions, { context, signal, last: committed }: RunsParts): () => Promise<void> {
  const { clock, log, name } = context;
  const plan = createPlan(options);
  /** The position that the next run expects. */
  let last = committed;
  /** Planned times up to this one are dealt with. */
  let cursor = committed ?? clock.now();

  function isOver(): boolean {
    return signal.aborted;
  }

  /** The planned times that are due by now, as `missed` wants them. */
  function due(): number[] {
    const all = options.missed === "all";
    const passed = plan.passed({ after: cursor, until: clock.now(), most: all ? options.maxMissed + 1 : 1 });
    return capped(passed);
  }

  function capped(times: number[]): number[] {
    if (times.length <= options.maxMissed) return times;
    log.log("warn", `more than ${options.maxMissed} planned times have passed: the oldest are left out`, { source: name });
    return times.slice(-options.maxMissed);
  }

  function dueAtStart(): number[] {
    if (committed === undefined && options.immediately) {
      const now = cursor;
      cursor -= 1;
      return [now];
    }
    const times = due();
    if (options.missed !== "skip") return times;
    cursor = times.at(-1) ?? cursor;
    return [];
  }

  /** Those that became due during the run that has just ended. */
  function dueAfterRun(): number[] {
    const most = options.maxMissed + 1;
    if (options.overlap === "queue") return capped(plan.passed({ after: cursor, until: clock.now(), most }));
    const skipped = plan.passed({ after: cursor, until: clock.now() - 1, most: 1 }).at(-1);
    if (skipped !== undefined) {
      log.log("info", "the run took longer than the schedule allows: planned times are skipped", { source: name, upTo: iso(skipped) });
      cursor = skipped;
    }
    return [];
  }

  async function waitUntil(time: number): Promise<void> {
    while (!isOver() && clock.now() < time) await pause(context, Math.min(time - clock.now(), LONGEST_WAIT_MS), signal);
  }

  /** Delivers until it is committed, or somebody else was faster; false if the node is stopping. */
  async function run(planned: number): Promise<boolean> {
    const id = messageId(name, iso(planned).replaceAll(/[-:]/g, ""));
    const body: ScheduleBody = { plannedAt: iso(planned), previousAt: last === undefined ? null : iso(last) };
    for (;;) {
      const position = { name, value: iso(planned), expected: last === undefined ? undefined : iso(last) };
      const outcome = await deliverPersistently(context, { body, id }, { position, signal });
      if (outcome === "committed") last = planned;
      // A conflict of something else in the unit of work: the position is as it was.
      if (outcome !== "conflict" || (await isDoneElsewhere(planned))) return outcome !== "stopped";
      await pause(context, CONFLICT_RETRY_MS, signal);
    }
  }

  /** Takes over the position that another node has committed, if it has committed one. */
  async function isDoneElsewhere(planned: number): Promise<boolean> {
    const current = readTime(await context.position(name));
    if (current === last) return false;
    log.log("debug", "another node made the run", { source: name, plannedAt: iso(planned) });
    last = current;
    // Nodes that started at different times go on with the planned times of the first.
    cursor = Math.max(cursor, current ?? cursor);
    return true;
  }

  return async () => {
    let times = dueAtStart();
    while (!isOver()) {
      if (times.length === 0) {
        const next = plan.next(cursor);
        if (next === undefined) return log.log("info", "the schedule has no further time", { source: name });
        await waitUntil(next + options.jitter * context.random.next());
        if (isOver()) return;
        times = due();
      }
      const planned = times.shift();
      if (planned === undefined || planned <= cursor) continue;
      cursor = planned;
      if (!(await run(planned))) return;
      if (times.length === 0) times = dueAfterRun();
    }
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function readTime(position: unknown): number | undefined {
  if (position === undefined || position === null) return undefined;
  const time = typeof position === "string" ? Date.parse(position) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new PortolanError("PORTOLAN_STORE_CORRUPT", `the position of a schedule is a time, found ${JSON.stringify(position)}`);
}
