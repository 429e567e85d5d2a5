import { PortolanError, type Store } from "@portolan/core";
import { createMemoryStore } from "@portolan/stores";
import { createRecordingLogger, createVirtualClock } from "@portolan/testkit";
import { expect, it } from "vitest";
import { watchStore } from "./store-health.ts";

function failingStore() {
  const clock = createVirtualClock();
  const log = createRecordingLogger();
  const real = createMemoryStore({ clock });
  let broken = true;
  let commits = 0;
  const disk: Store = {
    ...real,
    commit(effects, durability) {
      commits += 1;
      return broken ? Promise.reject(new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full")) : real.commit(effects, durability);
    },
  };
  const watched = watchStore(disk, clock, log);
  return { clock, log, watched, repair: () => void (broken = false), commits: () => commits };
}

it("reports the failure of a commit to its caller, and remembers it until a probe of its own succeeds", async () => {
  const { clock, log, watched, repair } = failingStore();
  expect(watched.failure).toBeUndefined();
  await expect(watched.store.commit([], "power-loss")).rejects.toThrow("the disk is full");
  await clock.advanceTo(5000);
  expect(watched.failure).toMatchObject({ code: "PORTOLAN_STORE_FAILED" });
  repair();
  await clock.advanceTo(6000);
  expect(watched.failure).toBeUndefined();
  expect(log.entries.map(({ level, message }) => [level, message])).toEqual([
    ["error", "the store cannot write; not ready until it can"],
    ["info", "the store can write again"],
  ]);
});

it("does not take a conflict for a failure of the store", async () => {
  const clock = createVirtualClock();
  const watched = watchStore(createMemoryStore({ clock }), clock, createRecordingLogger());
  await watched.store.open({ channels: [], subscriptions: [] });
  await watched.store.commit([{ kind: "setPosition", name: "p", value: 1 }], "none");
  await expect(watched.store.commit([{ kind: "setPosition", name: "p", value: 3, expected: 2 }], "none")).rejects.toMatchObject({
    code: "PORTOLAN_CONFLICT",
  });
  expect(watched.failure).toBeUndefined();
});

it("probes no more when it is told to stop", async () => {
  const { clock, watched, commits } = failingStore();
  await expect(watched.store.commit([], "power-loss")).rejects.toThrow("the disk is full");
  watched.stopWatching();
  await clock.advanceTo(10_000);
  expect(commits()).toBe(1);
});
