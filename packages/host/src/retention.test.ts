import type { RetentionPolicy, Store } from "@portolan/core";
import { createMemoryStore } from "@portolan/stores";
import { createRecordingLogger, createVirtualClock } from "@portolan/testkit";
import { expect, it } from "vitest";
import { startRetention } from "./retention.ts";

function pruned(answers: (number | Error)[]) {
  const clock = createVirtualClock();
  const log = createRecordingLogger();
  const calls: (RetentionPolicy & { at: number })[] = [];
  const store: Store = {
    ...createMemoryStore({ clock }),
    async prune(policy) {
      calls.push({ ...policy, at: clock.now() });
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const retention = startRetention(store, { olderThanMs: 1000, maxEntries: 5, everyMs: 60_000, batch: 10, pauseMs: 50 }, { clock, log });
  return { clock, log, calls, retention };
}

it("removes batch after batch with pauses until nothing is left, then waits for its next time", async () => {
  const { clock, calls } = pruned([10, 10, 3]);
  await clock.advanceTo(125_000);
  expect(calls.map(({ at }) => at)).toEqual([60_000, 60_050, 60_100, 60_150, 120_150]);
  expect(calls[0]).toMatchObject({ olderThanMs: 1000, maxEntries: 5, batch: 10 });
});

it("tries again later when the store could not", async () => {
  const { clock, log, calls } = pruned([new Error("busy")]);
  await clock.advanceTo(120_000);
  expect(calls).toHaveLength(2);
  expect(log.entries).toMatchObject([{ level: "warn", message: "retention failed; tried again later" }]);
});

it("does nothing any more once stopped", async () => {
  const { clock, calls, retention } = pruned([]);
  await retention.stop();
  await clock.advanceTo(1_000_000);
  expect(calls).toEqual([]);
});
