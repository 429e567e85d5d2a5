import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../clock/virtual-clock.ts";
import { createFixedRandom } from "../random.ts";
import { createSimulatedDisk } from "./disk.ts";

describe("a simulated disk", () => {
  it("keeps what was synced over a crash, and by chance some of the rest from the front", async () => {
    const disk = createSimulatedDisk<number>(createFixedRandom(0.5));
    const log = disk.mount();
    for (const record of [1, 2]) log.append(record);
    await log.sync();
    for (const record of [3, 4, 5, 6]) log.append(record);
    disk.crash();
    expect(disk.mount().read()).toEqual([1, 2, 3, 4]);
  });

  it("never keeps a record that was appended after the sync began only because of that sync", async () => {
    const clock = createVirtualClock();
    const disk = createSimulatedDisk<number>(createFixedRandom(0), clock);
    const log = disk.mount();
    log.append(1);
    const synced = log.sync();
    log.append(2);
    await clock.runUntil(synced);
    disk.crash();
    expect(disk.mount().read()).toEqual([1]);
  });

  it("answers nothing to a life that has crashed", async () => {
    const clock = createVirtualClock();
    const disk = createSimulatedDisk<number>(createFixedRandom(0), clock);
    const dead = disk.mount();
    dead.append(1);
    let isAnswered = false;
    void dead.sync().then(() => {
      isAnswered = true;
    });
    disk.crash();
    dead.append(2);
    await clock.run();
    expect(isAnswered).toBe(false);
    expect(disk.mount().read()).toEqual([]);
  });
});
