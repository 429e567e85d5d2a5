import { CONNECTOR, PortolanError } from "@portolan/core";
import { createVirtualClock, openSourceBench, sourceConformance, tryRawOptions, type VirtualClock } from "@portolan/testkit";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type CronOptions, type EveryOptions, schedule, scheduleConnector } from "./index.ts";
import type { ScheduleOptions } from "./options.ts";

const services = { format: () => undefined, formatFor: () => undefined, directory: "." };

interface Setup {
  readonly options: Readonly<Record<string, unknown>>;
  readonly clock?: VirtualClock;
  readonly positions?: Map<string, unknown>;
}

function open({ options, clock = createVirtualClock(), positions = new Map() }: Setup) {
  return openSourceBench({ definition: scheduleConnector, options, clock, services, positions });
}

function seconds(deliveries: readonly { readonly incoming: { readonly body: unknown } }[]): readonly number[] {
  return deliveries.map(({ incoming }) => Date.parse((incoming.body as { plannedAt: string }).plannedAt) / 1000);
}

describe("a schedule", () => {
  sourceConformance(
    async () => {
      const clock = createVirtualClock();
      return {
        bench: await open({ options: { every: "10s", overlap: "queue" }, clock }),
        concurrency: 1,
        offer: async (count) => clock.advanceTo(clock.now() + count * 10_000),
        settle: () => clock.advanceTo(clock.now() + 100),
        acknowledged: async () => undefined,
      };
    },
    { describe, it },
    { acknowledges: false },
  );
});

describe("every", () => {
  it("runs after one period, then in a period that slow runs do not shift", async () => {
    const clock = createVirtualClock();
    const bench = await open({ options: { every: "10s" }, clock });
    await clock.advanceTo(9_999);
    expect(bench.deliveries).toEqual([]);
    await clock.advanceTo(13_000);
    bench.deliveries[0]?.accept();
    await clock.advanceTo(25_000);
    expect(bench.deliveries.map(({ incoming }) => incoming)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}-19700101T000010.000Z$/),
        body: { plannedAt: "1970-01-01T00:00:10.000Z", previousAt: null },
      },
      {
        id: expect.stringMatching(/^[0-9a-f]{16}-19700101T000020.000Z$/),
        body: { plannedAt: "1970-01-01T00:00:20.000Z", previousAt: "1970-01-01T00:00:10.000Z" },
      },
    ]);
    bench.acceptAll();
    await bench.source.close();
    expect(clock.nextDue()).toBeUndefined();
  });

  it("runs at once the very first time if told so, and not again after a restart", async () => {
    const clock = createVirtualClock();
    const positions = new Map<string, unknown>();
    await clock.advanceTo(5_000);
    const first = await open({ options: { every: "10s", immediately: true }, clock, positions });
    first.acceptAll();
    await clock.advanceTo(6_000);
    expect(seconds(first.deliveries)).toEqual([5]);
    await first.source.close();
    const second = await open({ options: { every: "10s", immediately: true }, clock, positions });
    second.acceptAll();
    await clock.advanceTo(26_000);
    expect(seconds(second.deliveries)).toEqual([15, 25]);
    await second.source.close();
  });

  it("starts each run later by chance, at the planned time in its body", async () => {
    const clock = createVirtualClock();
    const bench = await open({ options: { every: "10s", jitter: "4s" }, clock });
    bench.acceptAll();
    await clock.advanceTo(11_999);
    expect(bench.deliveries).toEqual([]);
    await clock.advanceTo(12_000);
    expect(seconds(bench.deliveries)).toEqual([10]);
    await bench.source.close();
  });
});

describe("cron", () => {
  it("runs by the calendar of its time zone, over the change to summer time", async () => {
    const clock = createVirtualClock();
    await clock.advanceTo(Date.parse("2001-03-24T00:00:00Z"));
    const bench = await open({ options: { cron: "0 6 * * *", timeZone: "Europe/Berlin" }, clock });
    bench.acceptAll();
    await clock.advanceTo(Date.parse("2001-03-26T12:00:00Z"));
    expect(bench.deliveries.map(({ incoming }) => (incoming.body as { plannedAt: string }).plannedAt)).toEqual([
      "2001-03-24T05:00:00.000Z",
      "2001-03-25T04:00:00.000Z",
      "2001-03-26T04:00:00.000Z",
    ]);
    await bench.source.close();
  });

  it("takes a pattern of seconds", async () => {
    const clock = createVirtualClock();
    const bench = await open({ options: { cron: "*/20 * * * * *" }, clock });
    bench.acceptAll();
    await clock.advanceTo(60_000);
    expect(seconds(bench.deliveries)).toEqual([20, 40, 60]);
    await bench.source.close();
  });
});

describe.each([
  ["every", { every: "10s" }],
  ["cron", { cron: "*/10 * * * * *" }],
])("planned times of %s that passed while the node was down", (name, plan) => {
  const position = name === "every" ? "route/schedule/every 10s" : "route/schedule/cron */10 * * * * * (UTC)";

  async function runsAfter(options: Readonly<Record<string, unknown>>) {
    const clock = createVirtualClock();
    await clock.advanceTo(55_000);
    const bench = await open({ options: { ...plan, ...options }, clock, positions: new Map([[position, "1970-01-01T00:00:10.000Z"]]) });
    bench.acceptAll();
    await clock.advanceTo(60_000);
    await bench.source.close();
    return { times: seconds(bench.deliveries), bench };
  }

  it("are made up for by one run", async () => {
    const { times, bench } = await runsAfter({});
    expect(times).toEqual([50, 60]);
    expect(bench.deliveries[0]?.incoming.body).toMatchObject({ previousAt: "1970-01-01T00:00:10.000Z" });
  });

  it("are skipped with missed: skip", async () => {
    expect((await runsAfter({ missed: "skip" })).times).toEqual([60]);
  });

  it("each have their run with missed: all, up to maxMissed", async () => {
    expect((await runsAfter({ missed: "all" })).times).toEqual([20, 30, 40, 50, 60]);
    const { times, bench } = await runsAfter({ missed: "all", maxMissed: 2 });
    expect(times).toEqual([40, 50, 60]);
    expect(bench.log.entries).toContainEqual(
      expect.objectContaining({ level: "warn", message: expect.stringContaining("the oldest are left out") }),
    );
  });
});

describe("a run that is still in process when the next is due", () => {
  async function runs(overlap: string) {
    const clock = createVirtualClock();
    const bench = await open({ options: { every: "10s", overlap }, clock });
    const first = await clock.runUntil(bench.next());
    await clock.advanceTo(35_000);
    expect(bench.deliveries).toHaveLength(1);
    first.accept();
    bench.acceptAll();
    await clock.advanceTo(40_000);
    await bench.source.close();
    return { times: seconds(bench.deliveries), log: bench.log };
  }

  it("lets that one fall out", async () => {
    const { times, log } = await runs("skip");
    expect(times).toEqual([10, 40]);
    expect(log.entries).toContainEqual(expect.objectContaining({ message: expect.stringContaining("planned times are skipped") }));
  });

  it("lets it follow with overlap: queue", async () => {
    expect((await runs("queue")).times).toEqual([10, 20, 30, 40]);
  });
});

describe("several nodes", () => {
  it("make one run for each planned time, also when they started at different times", async () => {
    const clock = createVirtualClock();
    const positions = new Map<string, unknown>();
    const first = await open({ options: { every: "10s" }, clock, positions });
    await clock.advanceTo(3_000);
    const second = await open({ options: { every: "10s" }, clock, positions });
    first.acceptAll();
    second.acceptAll();
    await clock.advanceTo(100_000);
    await Promise.all([first.source.close(), second.source.close()]);
    expect(positions.get("route/schedule/every 10s")).toBe("1970-01-01T00:01:40.000Z");
    // A run of the node that comes second is refused by the store, and is no failure.
    const entries = [...first.log.entries, ...second.log.entries].filter(({ level }) => level !== "debug");
    expect(entries).toEqual([]);
  });
});

describe("failures", () => {
  it("go to the dead letter, and the schedule goes on", async () => {
    const clock = createVirtualClock();
    const bench = await open({ options: { every: "10s" }, clock });
    (await clock.runUntil(bench.next())).fail(new PortolanError("PORTOLAN_THROWN", "no"));
    bench.acceptAll();
    await clock.advanceTo(20_000);
    expect(seconds(bench.deliveries)).toEqual([10, 20]);
    await bench.source.close();
  });

  it("to commit are repeated with the same planned time until it can", async () => {
    const clock = createVirtualClock();
    const bench = await open({ options: { every: "1m" }, clock });
    const first = await clock.runUntil(bench.next());
    first.refuse(new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full"));
    await clock.advanceTo(60_999);
    expect(bench.deliveries).toHaveLength(1);
    await clock.advanceTo(61_000);
    bench.acceptAll();
    expect(seconds(bench.deliveries)).toEqual([60, 60]);
    expect(bench.deliveries[1]?.incoming.id).toBe(bench.deliveries[0]?.incoming.id);
    await bench.source.close();
  });
});

describe("options", () => {
  it.each([
    [{}, "a schedule has either `every` or `cron`"],
    [{ every: "1s", cron: "* * * * *" }, "a schedule has either `every` or `cron`"],
    [{ every: 0 }, "`every` is at least 1ms"],
    [{ every: "1s", jitter: "1s" }, "`jitter` is shorter than `every`"],
    [{ cron: "* * * * *", immediately: true }, "`immediately` goes with `every` only"],
    [{ cron: "60 * * * *" }, "the cron pattern 60 * * * * cannot be read: Invalid value for minute: 60"],
    [{ cron: "0 0 30 2 *" }, "the cron pattern 0 0 30 2 * names no time that exists"],
    [{ cron: "* * * * *", timeZone: "Mars/Base" }, "`timeZone` is the name of a time zone such as Europe/Berlin, found Mars/Base"],
  ])("%j is refused: %s", (raw, message) => {
    const { source } = scheduleConnector;
    const { options } = tryRawOptions(source?.options ?? {}, raw);
    expect(options && source?.check?.(options)).toEqual([message]);
  });

  it("have the same names in code as in flow files", () => {
    expectTypeOf<keyof EveryOptions | keyof CronOptions | "every" | "cron">().toEqualTypeOf<keyof ScheduleOptions>();
    expect(Object.keys(scheduleConnector.source?.options ?? {})).toContain("every");
  });

  it("are what the functions put under the connector's key", () => {
    expect(schedule.every("5s", { missed: "all" })).toMatchObject({
      schedule: { every: "5s", missed: "all" },
      [CONNECTOR]: scheduleConnector,
    });
    expect(schedule.cron("0 6 * * *", { timeZone: "Europe/Berlin" })).toMatchObject({
      schedule: { cron: "0 6 * * *", timeZone: "Europe/Berlin" },
    });
  });
});
