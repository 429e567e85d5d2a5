import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failOnce, failTimes, testApp } from "portolan/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { latestOf, readFeed } from "./feed.ts";

const feed = readFeed();
const observatory = { system: "observatory" };
const data = mkdtempSync(join(tmpdir(), "quakes-"));
let app: typeof import("./app.ts").default;

beforeAll(async () => {
  vi.stubEnv("QUAKES_DATA", data);
  app = (await import("./app.ts")).default;
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true });
});

it("takes up the whole feed, once however often it comes, and only its earthquakes go on", async () => {
  await using quakes = testApp(app);
  await quakes.send({ route: "collect" }, JSON.parse(feed.text));
  await quakes.send({ route: "collect" }, JSON.parse(feed.text));
  await quakes.settle();
  expect(quakes.committed("quakes.reported")).toHaveLength(1707);
  expect(quakes.committed("quakes")).toHaveLength(1679);
  expect(quakes.committed("quakes.delivered")).toHaveLength(1679);
  expect(quakes.deadLetters().map(({ deadLetter }) => deadLetter.route)).toEqual(Array(28).fill("classify"));
  expect(await quakes.request({ route: "list" }, { minMagnitude: 6 })).toHaveLength(5);
});

it("sends a quake with the same key until it is taken, also after a crash", async () => {
  await using quakes = testApp(app);
  quakes.replaceTarget(observatory, failTimes(3));
  await quakes.send({ route: "collect" }, JSON.parse(latestOf(feed, 1).text));
  await quakes.crash();
  await quakes.settle();
  const attempts = quakes.records(observatory);
  expect(attempts.length).toBeGreaterThanOrEqual(4);
  expect(new Set(attempts.map(({ key }) => key)).size).toBe(1);
  expect(quakes.committed("quakes.delivered")).toHaveLength(1);
});

it("puts a quake that is refused aside, and delivers those behind it", async () => {
  await using quakes = testApp(app);
  quakes.replaceTarget(observatory, failOnce({ kind: "rejected", message: "no use for it" }));
  await quakes.send({ route: "collect" }, JSON.parse(latestOf(feed, 20).text));
  await quakes.settle();
  expect(quakes.deadLetters()).toMatchObject([{ deadLetter: { route: "deliver", error: { message: "no use for it" }, attempts: 1 } }]);
  expect(quakes.committed("quakes.delivered")).toHaveLength(19);
});
