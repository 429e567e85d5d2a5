import { createCoverage, createTestBench, type Coverage } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createTestHarness } from "../cases/case-harness.test.support.ts";

const harness = await createTestHarness();

/** Sends bodies to the route `start`, one after another, whatever becomes of them. */
async function sendAll(flow: string, bodies: readonly unknown[], coverage: Coverage): Promise<void> {
  const input = { name: "app", flows: [{ file: "a.flow.yaml", text: flow }] };
  await using bench = createTestBench(async () => ({ input, harness }), { coverage });
  for (const body of bodies)
    await bench
      .start({ route: "start" }, body)
      .end()
      .catch(() => undefined);
  await bench.settle();
}

/** Which branches of a flow of one route were taken by one body after another, and by which. */
async function branchesBy(steps: string, bodies: readonly unknown[], rest = ""): Promise<readonly (readonly string[])[]> {
  const coverage = createCoverage();
  const flow = `${rest}\nroutes: { start: { steps: ${steps} }, fail: { steps: [{ failIf: { when: true, kind: rejected } }] } }`;
  await sendAll(flow, [], coverage);
  const missed = () =>
    coverage.report().routes.flatMap(({ missed: points }) => points.flatMap(({ branch }) => (branch === undefined ? [] : [branch])));
  const taken: string[][] = [];
  for (const body of bodies) {
    const before = missed();
    await sendAll(flow, [body], coverage);
    const after = missed();
    taken.push(before.filter((branch) => !after.includes(branch)));
  }
  return [...taken, missed()];
}

const saga = `[{ saga: { actions: [
  { id: a, steps: [], compensate: [] },
  { id: b, steps: [{ failIf: { when: body, kind: rejected } }] }] } }]`;

describe("the ways of a step", () => {
  it.each([
    [
      "a choice",
      "[{ choice: { when: [{ when: body = 1, steps: [] }, { when: body = 2, steps: [] }], otherwise: [] } }]",
      [2, 3],
      [["when 2: body = 2"], ["otherwise"], ["when 1: body = 1"]],
    ],
    ["a choice without otherwise", "[{ choice: { when: [{ when: body = 1, steps: [] }] } }]", [2], [["no match"], ["when 1: body = 1"]]],
    ["a filter", "[{ filter: { when: body } }]", [false], [["not matched"], ["matched"]]],
    ["a filter with a block", "[{ filter: { when: body, steps: [] } }]", [true, true], [["matched"], [], ["not matched"]]],
    [
      "a try",
      "[{ try: { steps: [{ call: { route: fail } }], catch: [{ match: { kind: transient }, steps: [] }, { steps: [] }] } }]",
      [1],
      [["catch 2"], ["catch 1"]],
    ],
    [
      "a circuit breaker",
      "[{ circuitBreaker: { steps: [{ failIf: { when: body } }], fallback: [] } }]",
      [false, true],
      [[], ["fallback"], []],
    ],
    ["a load balancer", "[{ loadBalance: { strategy: sticky, key: body, targets: { a: [], b: [] } } }]", [1], [["target a"], ["target b"]]],
    ["an enrichment that may fail", "[{ enrich: { target: { route: fail }, onFailure: keep } }]", [1], [["kept"], []]],
    ["a validation", "[{ validate: { when: body } }]", [true, false], [[], ["refused"], []]],
    ["a saga", saga, [true, false], [["compensate a"], [], []]],
  ])("of %s are told apart", async (_what, steps, bodies, branches) => {
    expect(await branchesBy(steps, bodies)).toEqual(branches);
  });

  it.each([
    ["an idempotent step", "{ idempotent: { key: body } }"],
    ["a cache", "{ cache: { key: body, ttl: 1m, steps: [] } }"],
    ["a throttle that rejects", "{ throttle: { key: body, limit: 1, period: 1m, excess: reject } }"],
  ])("of %s are seen when the key comes again", async (_what, step) => {
    const coverage = createCoverage();
    const flow = `routes: { start: { steps: [${step}] } }`;
    await sendAll(flow, [1, 2], coverage);
    expect(coverage.report().branches).toEqual({ reached: 0, total: 1 });
    await sendAll(flow, [1, 1], coverage);
    expect(coverage.report().branches).toEqual({ reached: 1, total: 1 });
  });

  it("of a sample are seen when one is left out", async () => {
    const coverage = createCoverage();
    const flow = "routes: { start: { steps: [{ sample: { every: 2 } }] } }";
    await sendAll(flow, [1], coverage);
    expect(coverage.report().branches).toEqual({ reached: 0, total: 1 });
    await sendAll(flow, [1, 1], coverage);
    expect(coverage.report().branches).toEqual({ reached: 1, total: 1 });
  });

  it("of a throttle that lets everybody wait are one", async () => {
    const coverage = createCoverage();
    await sendAll("routes: { start: { steps: [{ throttle: { limit: 1 } }] } }", [1, 2], coverage);
    expect(coverage.report().branches).toEqual({ reached: 0, total: 0 });
  });
});

describe("the ways of an error clause", () => {
  const clause = (options: string) => `[{ failIf: { when: body, kind: transient } }, { map: body }], onError: [{ ${options} }]`;

  it.each([
    ["a retry, and its end", clause("retry: { attempts: 2 }, outcome: handle"), [["retry", "handle"], []]],
    ["a retry alone, if it has no end", clause("match: { kind: rejected }, retry: { attempts: unlimited }"), [[], ["retry"]]],
    ["going on", clause("outcome: continue"), [["continue"], []]],
    ["the dead letter", clause("outcome: deadLetter"), [["deadLetter"], []]],
    ["a clause that does not match", clause("match: { kind: invalid }, outcome: handle"), [[], ["handle"]]],
  ])("are %s", async (_what, steps, branches) => {
    expect(await branchesBy(steps, [true])).toEqual(branches);
  });

  it("are those of the app once, whatever the number of routes", async () => {
    const coverage = createCoverage();
    const flow = `errors: { onError: [{ outcome: handle, steps: [{ map: '"sorry"' }] }] }
routes: { start: { steps: [{ failIf: { when: body } }] }, other: { steps: [{ map: body }] } }`;
    await sendAll(flow, [false], coverage);
    const missed = () =>
      coverage.report().routes.map(({ route, missed: points }) => [route, points.map(({ step, branch }) => branch ?? step)]);
    expect(missed()).toEqual([
      ["", ["handle", "errors.onError.0.0"]],
      ["start", []],
      ["other", ["0"]],
    ]);
    await sendAll(flow, [true], coverage);
    expect(missed()[0]).toEqual(["", []]);
  });
});

it("a step counts when it has begun, also in gates, parts and called routes, and disabled ones are not asked for", async () => {
  const coverage = createCoverage();
  const flow = `routes:
  start:
    steps:
      - idempotent: { key: body }
      - { map: body, disabled: true }
      - split: { by: "[1, 2]", steps: [{ call: { route: part } }] }
      - failIf: { when: true }
      - map: body
  part: { steps: [{ map: body + 1 }] }
  unused: { steps: [{ map: body }] }
`;
  await sendAll(flow, [1], coverage);
  const { routes, percent, steps } = coverage.report();
  expect(routes.map(({ route, steps: own }) => [route, own])).toEqual([
    ["start", { reached: 4, total: 5 }],
    ["part", { reached: 1, total: 1 }],
    ["unused", { reached: 0, total: 1 }],
  ]);
  expect(routes[0]?.missed).toMatchObject([
    { step: "0", branch: "duplicate" },
    { step: "4", pattern: "map", place: { file: "a.flow.yaml", line: 8 } },
  ]);
  expect([steps, percent]).toEqual([{ reached: 5, total: 7 }, 62.5]);
});

it("of an app without steps all is reached", () => {
  expect(createCoverage().report()).toEqual({
    routes: [],
    steps: { reached: 0, total: 0 },
    branches: { reached: 0, total: 0 },
    percent: 100,
  });
});
