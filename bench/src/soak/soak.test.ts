import { expect, test } from "vitest";
import { soak } from "./soak-process.ts";

test("twenty mixed patterns leave nothing in memory, and no timer after the stop", async () => {
  const { checkpoints, timers } = await soak(20_000, 4);
  const [first, , , last] = checkpoints.map(({ heapMegabytes }) => heapMegabytes);
  // 1 MB is less than 70 bytes of each of the messages in between; one that stayed would be hundreds.
  expect((last ?? Infinity) - (first ?? 0)).toBeLessThan(1);
  expect(timers).toBe(0);
});
