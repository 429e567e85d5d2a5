import type { Awaitable, Effect, Store } from "@portolan/core";
import { createEngine } from "@portolan/engine";
import {
  aggregationScenario,
  custodyScenario,
  feedScenario,
  journeysScenario,
  memoryScenario,
  orderingScenario,
  relayScenario,
  replayLine,
  simulate,
  type SimulatedStoreFactory,
  type SimulationSubject,
} from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { loadForeignRooms } from "../foreign-rooms.test.support.ts";

const { createMemoryStore } = await loadForeignRooms();
const subject: SimulationSubject = { createEngine, createStore: createMemoryStore };

/** More for a night: SIMULATION_SEEDS=100000. */
const COUNT = Number(process.env["SIMULATION_SEEDS"] ?? 1000);

type Fault = (store: Store) => Store["commit"];

const isSettlement = ({ kind }: Effect) => kind === "settle" || kind === "postpone";

/** Commits these effects first, and the rest in a commit of its own. */
const apart =
  (isFirst: (effect: Effect) => boolean): Fault =>
  (store) =>
  async (effects, durability) => {
    await store.commit(effects.filter(isFirst), durability);
    await store.commit(
      effects.filter((effect) => !isFirst(effect)),
      durability,
    );
  };

async function swallowed(committed: Awaitable<void>): Promise<void> {
  await Promise.resolve(committed).catch(() => undefined);
}

/** Faults of a store, each of which breaks a promise that the engine builds on. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "acknowledges before the commit is on disk": (store) => (effects, durability) => {
    void swallowed(store.commit(effects, durability));
  },
  "does not sync": (store) => (effects) => store.commit(effects, "process-crash"),
  "settles after the effects, in a commit of its own": apart((effect) => !isSettlement(effect)),
  "settles before the effects, in a commit of its own": apart(isSettlement),
  "keeps idempotent keys in a commit of their own": apart(({ kind }) => kind !== "keepKey"),
  "forgets the keys of ordered messages": (store) => (effects, durability) =>
    store.commit(
      effects.map((effect) => (effect.kind === "append" ? { ...effect, key: undefined } : effect)),
      durability,
    ),
  "swallows that it could not write": (store) => (effects, durability) => swallowed(store.commit(effects, durability)),
  "settles what is to be delivered again": (store) => (effects, durability) =>
    store.commit(
      effects.map((effect) => (effect.kind === "postpone" ? { kind: "settle", ref: effect.ref } : effect)),
      durability,
    ),
};

const withFault =
  (fault: Fault): SimulatedStoreFactory =>
  (options) => {
    const store = createMemoryStore(options);
    return { ...store, commit: fault(store) };
  };

/** Those that take longest get a share of the seeds. */
const SCENARIOS = [
  { ...relayScenario, count: COUNT },
  { ...feedScenario, count: COUNT },
  { ...aggregationScenario, count: COUNT },
  { ...journeysScenario, count: Math.ceil(COUNT / 2) },
  { ...orderingScenario, count: Math.ceil(COUNT / 4) },
  { ...custodyScenario, count: Math.ceil(COUNT / 4) },
  { ...memoryScenario, count: Math.ceil(COUNT / 4) },
];

describe("the engine on a store with a log", () => {
  it.each(SCENARIOS)(
    "keeps its promises in $count schedules of crashes: $name",
    { timeout: 60_000 + COUNT * 60 },
    async ({ count, ...scenario }) => {
      const report = await simulate({ subject, scenario, seeds: { first: 1, count } });
      expect(report.failures.map(replayLine)).toEqual([]);
      expect(report.schedules).toBe(count);
      expect(report.deaths).toBeGreaterThan(count);
    },
  );
});

describe("the simulation", () => {
  it.each(Object.entries(FAULTS))("finds a store that %s", { timeout: 60_000 }, async (_name, fault) => {
    const planted = { createEngine, createStore: withFault(fault) };
    const report = await simulate({ subject: planted, scenario: relayScenario, seeds: { first: 1, count: 200 } });
    expect(report.failures).toHaveLength(1);
  });

  it("finds a store that moves positions in a commit of its own", { timeout: 60_000 }, async () => {
    const split = withFault(apart(({ kind }) => kind !== "setPosition"));
    const report = await simulate({
      subject: { createEngine, createStore: split },
      scenario: feedScenario,
      seeds: { first: 1, count: 200 },
    });
    expect(report.failures).toHaveLength(1);
  });

  it("finds a store that ends messages out of turn", { timeout: 60_000 }, async () => {
    const outOfTurn = withFault(
      (store) => (effects, durability) =>
        store.commit(
          effects.map((effect) => (effect.kind === "settle" ? { kind: "settle", ref: effect.ref } : effect)),
          durability,
        ),
    );
    const report = await simulate({
      subject: { createEngine, createStore: outOfTurn },
      scenario: orderingScenario,
      seeds: { first: 1, count: 400 },
    });
    expect(report.failures).toHaveLength(1);
  });

  it.each([
    ["before", true],
    ["after", false],
  ] as const)(
    "finds a store that changes rows of state in a commit of their own, %s the rest",
    { timeout: 60_000 },
    async (_when, first) => {
      const isRow = ({ kind }: Effect) => kind === "putState" || kind === "dropState";
      const split = withFault(apart((effect) => isRow(effect) === first));
      const report = await simulate({
        subject: { createEngine, createStore: split },
        scenario: aggregationScenario,
        seeds: { first: 1, count: 200 },
      });
      expect(report.failures).toHaveLength(1);
    },
  );

  it("finds a store that forgets what lists grow by", { timeout: 60_000 }, async () => {
    const forgetful = withFault(
      (store) => (effects, durability) =>
        store.commit(
          effects.map((effect) => (effect.kind === "putState" ? { ...effect, items: undefined } : effect)),
          durability,
        ),
    );
    const report = await simulate({
      subject: { createEngine, createStore: forgetful },
      scenario: aggregationScenario,
      seeds: { first: 1, count: 200 },
    });
    expect(report.failures).toHaveLength(1);
  });

  it("takes the same course for the same seed, and another one for another", async () => {
    const courseOf = async (seed: number) => {
      const course: string[] = [];
      await simulate({ subject, scenario: relayScenario, seeds: { first: seed, count: 1 }, trace: (line) => course.push(line) });
      return course;
    };
    for (const seed of [3, 77, 4711]) {
      const course = await courseOf(seed);
      expect(course.length).toBeGreaterThan(10);
      expect(await courseOf(seed)).toEqual(course);
      expect(await courseOf(seed + 1)).not.toEqual(course);
    }
  });

  it("says in one line what was violated and how to replay it", async () => {
    const planted = { createEngine, createStore: withFault(FAULTS["does not sync"] as (store: Store) => Store["commit"]) };
    const { failures } = await simulate({ subject: planted, scenario: relayScenario, seeds: { first: 1, count: 200 } });
    const [failure] = failures;
    const line = replayLine(failure as NonNullable<typeof failure>);
    expect(line).toMatch(
      /^seed (\d+): .+ \(at \d+\.\d\d ms\).*\. Replay: simulate\({ …, seeds: { first: \1, count: 1 }, trace: console\.log }\)$/,
    );
    expect(line).not.toContain("\n");
    const replayed = await simulate({ subject: planted, scenario: relayScenario, seeds: { first: failure?.seed ?? 0, count: 1 } });
    expect(replayed.failures).toEqual(failures);
  });

  it("stops at the number of failures that was asked for", async () => {
    const planted = {
      createEngine,
      createStore: withFault(FAULTS["forgets the keys of ordered messages"] as (store: Store) => Store["commit"]),
    };
    const report = await simulate({ subject: planted, scenario: relayScenario, seeds: { first: 1, count: 200 }, maxFailures: 3 });
    expect(report.failures).toHaveLength(3);
    expect(report.schedules).toBeLessThan(200);
  });
});
