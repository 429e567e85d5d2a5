import { defineConnector, type Message, type SourceContext } from "@portolan/core";
import { expect, it } from "vitest";
import { runEngine } from "./running-engine.test.support.ts";

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
  const routes = { start: { from: [{ door: {} }], steps }, double: { steps: [double] } };
  await using _running = await runEngine({ routes }, { connectors: [connector] });
  const answer = door?.answer?.({ body });
  return { waited: answer instanceof Promise, message: await answer };
}

const double = { map: (m: Message<number>) => m.body * 2 };

it.each<[string, unknown, number]>([
  ["a loop that counts", { loop: { times: () => 3, steps: [double] } }, 8],
  ["a loop with a predicate", { loop: { while: (m: Message<number>) => m.body < 50, steps: [double] } }, 64],
  ["a list of recipients", { recipientList: { addresses: () => ["route:double", "route:double"], combine: "last" } }, 2],
])("%s that never waits answered with a promise", async (_what, step, expected) => {
  expect(await answerOf([step], 1)).toMatchObject({ waited: false, message: { body: expected } });
});
