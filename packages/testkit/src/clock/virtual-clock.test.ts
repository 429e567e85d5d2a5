import { sleep } from "@portolan/core";
import { describe, expect, it } from "vitest";
import { createSeededRandom, createVirtualClock } from "@portolan/testkit";

describe("virtual clock", () => {
  it("jumps to the next timer and runs timers of one instant in the order they were scheduled", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late ${clock.now()}`));
    clock.after(10, () => seen.push(`first ${clock.now()}`));
    clock.after(10, () => seen.push(`second ${clock.now()}`));
    await clock.run();
    expect(seen).toEqual(["first 10", "second 10", "late 20"]);
  });

  it("lets everything that follows on a timer run before the next timer of the same instant", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    const work = async (name: string) => {
      await sleep(clock, 5);
      for (let wait = 0; wait < 1000; wait++) await Promise.resolve();
      seen.push(name, `${clock.now()}`);
    };
    void work("a");
    void work("b");
    await clock.run();
    expect(seen).toEqual(["a", "5", "b", "5"]);
  });

  it("runs a timer of no delay after what is under way, without moving the time", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    clock.after(0, () => seen.push("timer"));
    void Promise.resolve().then(() => seen.push("microtask"));
    await clock.advanceTo(0);
    expect(seen).toEqual(["microtask", "timer"]);
    expect(clock.now()).toBe(0);
  });

  it("does not run a cancelled timer, nor one beyond the time it advances to", async () => {
    const clock = createVirtualClock();
    const seen: number[] = [];
    clock.after(1, () => seen.push(1)).cancel();
    clock.after(2, () => seen.push(2));
    clock.after(3, () => seen.push(3));
    await clock.advanceTo(2.5);
    expect(seen).toEqual([2]);
    expect(clock.now()).toBe(2.5);
    expect(clock.nextDue()).toBe(3);
  });

  it("stands still while tracked work is under way, and while what follows on it runs", async () => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    clock.after(1, () => seen.push("timer"));
    const work = clock.track(
      new Promise<void>((resolve) => {
        setTimeout(resolve, 5);
      }),
    );
    void work.then(async () => {
      await clock.track(new Promise<void>((resolve) => setImmediate(resolve)));
      seen.push(`work ${clock.now()}`);
    });
    await clock.run();
    expect(seen).toEqual(["work 0", "timer"]);
  });

  it("without real input and output, too, lets all microtasks end before the next timer", async () => {
    const clock = createVirtualClock({ io: false });
    const seen: string[] = [];
    clock.after(1, async () => {
      for (let wait = 0; wait < 1000; wait++) await Promise.resolve();
      seen.push("chain of the first");
    });
    clock.after(1, () => seen.push("second"));
    await clock.run();
    expect(seen).toEqual(["chain of the first", "second"]);
  });

  it("takes one timer a step and says when none is left", async () => {
    const clock = createVirtualClock();
    clock.after(1, () => clock.after(1, () => undefined));
    expect(await clock.step()).toBe(true);
    expect(clock.now()).toBe(1);
    expect(await clock.step()).toBe(true);
    expect(await clock.step()).toBe(false);
  });

  it("runs until work has ended, and says so if no timer can end it", async () => {
    const clock = createVirtualClock();
    clock.after(1000, () => undefined);
    await clock.runUntil(sleep(clock, 10));
    expect(clock.now()).toBe(10);
    await expect(clock.runUntil(Promise.reject(new Error("of the work")))).rejects.toThrow("of the work");
    await expect(clock.runUntil(new Promise(() => undefined))).rejects.toMatchObject({ code: "PORTOLAN_TIMEOUT" });
  });

  it("refuses a delay that is no finite number", () => {
    expect(() => createVirtualClock().after(Number.NaN, () => undefined)).toThrow("finite number of milliseconds, found NaN");
  });

  it("keeps the order by time among many timers, cancelled ones left out", async () => {
    const clock = createVirtualClock();
    const random = createSeededRandom(7);
    const due: number[] = [];
    const seen: number[] = [];
    for (let index = 0; index < 2000; index++) {
      const delay = Math.floor(random.next() * 500);
      const timer = clock.after(delay, () => seen.push(delay));
      if (random.next() < 0.7) timer.cancel();
      else due.push(delay);
    }
    await clock.run();
    expect(seen).toEqual(due.toSorted((a, b) => a - b));
  });

  it("draws the order of one instant from a random source, the same for the same seed", async () => {
    const order = async (seed: number) => {
      const clock = createVirtualClock({ ties: createSeededRandom(seed) });
      const seen: number[] = [];
      for (let index = 0; index < 8; index++) clock.after(1, () => seen.push(index));
      await clock.run();
      return seen.join("");
    };
    const orders = await Promise.all([1, 2, 3, 4].map(order));
    expect(new Set(orders).size).toBe(4);
    expect(await order(3)).toBe(orders[2]);
  });
});
