import { defineConnector, type Message, type SourceContext } from "@portolan/core";
import { createEngine, patterns, readApp } from "@portolan/engine";
import { createMemoryStore } from "@portolan/stores";
import { createFixedRandom, createVirtualClock, createRecordingLogger } from "@portolan/testkit";
import { expect, it } from "vitest";

/** What a door gets from a route of these steps, and whether it had to wait for that. */
async function answerOf(steps: readonly unknown[], body: unknown) {
  let door: SourceContext | undefined;
  const connector = defineConnector({
    name: "door",
    title: "Door",
    summary: "A door that tests open.",
    source: {
      summary: "Opens the door.",
      options: {},
      describe: () => "door",
      replies: true,
      async open(_options, context) {
        door = context;
        return { async close() {} };
      },
    },
  });
  const tree = {
    routes: { start: { from: [{ door: {} }], steps }, double: { steps: [{ map: (m: Message<number>) => m.body * 2 }] } },
  };
  const app = readApp({ name: "door", flows: [], trees: [tree] }, { patterns, connectors: [connector], variables: () => undefined });
  const clock = createVirtualClock();
  const store = () => createMemoryStore({ clock });
  const engine = createEngine({
    app,
    stores: { memory: store(), durable: store() },
    clock,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    languages: [],
    contracts: { compile: () => ({ check: (found) => ({ body: found }) }) },
    services: { format: () => undefined, formatFor: () => undefined, directory: "." },
  });
  await engine.start();
  try {
    const answer = door?.answer?.({ body });
    return { waited: answer instanceof Promise, message: await answer };
  } finally {
    await engine.stop();
  }
}

const double = { map: (m: Message<number>) => m.body * 2 };

it.each<[string, unknown, number]>([
  ["a loop that counts", { loop: { times: () => 3, steps: [double] } }, 8],
  ["a loop with a predicate", { loop: { while: (m: Message<number>) => m.body < 50, steps: [double] } }, 64],
  ["a list of recipients", { recipientList: { addresses: () => ["route:double", "route:double"], combine: "last" } }, 2],
])("%s that never waits answered with a promise", async (_what, step, expected) => {
  expect(await answerOf([step], 1)).toMatchObject({ waited: false, message: { body: expected } });
});
