import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCrashes } from "./crashes.ts";
import { readFeed } from "./feed.ts";

const KILLS = 100;
const SEED = 20180207;

it(`loses nothing and doubles nothing between durable channels when it is killed ${KILLS} times`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "quakes-crash-"));
  const lines: string[] = [];
  const report = await runCrashes({ kills: KILLS, seed: SEED, directory, feed: readFeed(), print: (line) => lines.push(line) });
  console.log([`seed ${SEED}`, ...lines].join("\n"));
  expect(report.faults, `seed ${SEED}, files in ${directory}`).toEqual([]);
  expect(report.kills).toBe(KILLS);
  // Some kills must have come between an answer of the receiver and the commit of it.
  expect(report.again).toBeGreaterThan(0);
  rmSync(directory, { recursive: true });
}, 600_000);
