import { afterEach, describe, expect, it, vi } from "vitest";
import { createSystemClock } from "./system-clock.ts";

describe("the system clock", () => {
  afterEach(() => void vi.useRealTimers());

  it("waits longer than a timer of Node can", () => {
    vi.useFakeTimers();
    const ran = vi.fn<() => void>();
    createSystemClock().after(60 * 86_400_000, ran);
    vi.advanceTimersByTime(59 * 86_400_000);
    expect(ran).not.toHaveBeenCalled();
    vi.advanceTimersByTime(86_400_000);
    expect(ran).toHaveBeenCalledOnce();
  });

  it("cancels a timer, also after the first of its parts", () => {
    vi.useFakeTimers();
    const ran = vi.fn<() => void>();
    const timer = createSystemClock().after(60 * 86_400_000, ran);
    vi.advanceTimersByTime(40 * 86_400_000);
    timer.cancel();
    vi.runAllTimers();
    expect(ran).not.toHaveBeenCalled();
  });

  it("runs nothing before the call stack has ended", async () => {
    const order: string[] = [];
    const done = new Promise<void>((resolve) =>
      createSystemClock().after(0, () => {
        order.push("timer");
        resolve();
      }),
    );
    order.push("stack");
    await done;
    expect(order).toEqual(["stack", "timer"]);
  });
});
