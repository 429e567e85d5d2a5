import { createEngine, patterns, readApp } from "@portolan/engine";
import { jsonataLanguage } from "@portolan/mapping";
import { createMemoryStore } from "@portolan/stores";
import { createFixedRandom, createRecordingLogger, createTestPatterns, createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

/** Runs a flow on memory stores until nothing is left to do, re-drives what is dead, and runs on. */
async function runAndRedrive(text: string, body: unknown) {
  const clock = createVirtualClock();
  const durable = createMemoryStore({ clock });
  const recorded: { readonly name: string; readonly body: unknown }[] = [];
  const registry = [...patterns, ...createTestPatterns()];
  const app = readApp(
    { name: "test", flows: [{ file: "test.flow.yaml", text }] },
    { patterns: registry, connectors: [], variables: () => undefined, records: true },
  );
  const engine = createEngine({
    app,
    stores: { memory: createMemoryStore({ clock }), durable },
    clock,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    languages: [jsonataLanguage],
    contracts: { compile: () => ({ check: (checked) => ({ body: checked }) }) },
    services: { format: () => undefined, formatFor: () => undefined, directory: "." },
    patterns: registry,
    recorder: (name, message) => recorded.push({ name, body: message.body }),
  });
  await engine.start();
  await engine.deliver("start", { body }).catch(() => undefined);
  await clock.run();
  const dead = await durable.peek("dead", { limit: 10 });
  const moved = await durable.redrive("dead");
  await clock.run();
  await engine.stop();
  return { dead, moved, recorded };
}

describe("re-driving", () => {
  it("sends a message through its whole route again", async () => {
    const flow = `
routes:
  start:
    onError: [{ outcome: deadLetter }]
    steps: [{ to: { record: begun } }, { failTimes: { times: 1 } }, { to: { record: done } }]
`;
    const { moved, recorded } = await runAndRedrive(flow, "a");
    expect(moved).toBe(1);
    expect(recorded.map(({ name }) => name)).toEqual(["begun", "begun", "done"]);
  });

  it("sends a failed part through its block only", async () => {
    const flow = `
routes:
  start:
    steps:
      - to: { record: whole }
      - id: parts
        split:
          by: body
          onPartFailure: deadLetter
          steps: [{ to: { record: begun } }, { failTimes: { times: 1 } }, { to: { record: done } }]
`;
    const { dead, moved, recorded } = await runAndRedrive(flow, ["a", "b"]);
    expect(dead).toMatchObject([{ message: { body: "a", deadLetter: { route: "start", inbox: "route:start/parts" } } }]);
    expect(moved).toBe(1);
    expect(recorded).toEqual([
      { name: "whole", body: ["a", "b"] },
      { name: "begun", body: "a" },
      { name: "begun", body: "b" },
      { name: "done", body: "b" },
      { name: "begun", body: "a" },
      { name: "done", body: "a" },
    ]);
  });

  it("sends a failed tap to its target only", async () => {
    const flow = `
routes:
  tapped: { steps: [{ failTimes: { times: 1 } }, { to: { record: tapped } }] }
  start: { steps: [{ wireTap: { target: { address: '"route:tapped"' } } }, { to: { record: main } }] }
`;
    const { moved, recorded } = await runAndRedrive(flow, "a");
    expect(moved).toBe(1);
    expect(recorded.map(({ name }) => name).toSorted()).toEqual(["main", "tapped"]);
  });
});
