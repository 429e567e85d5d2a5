import { assert, integer, array, property } from "fast-check";
import { expect, test } from "vitest";
import { createSlidingWindow } from "./sliding-window.ts";

test("grants and remainders are those of a plain count of the requests granted before, for any times", () => {
  const limits = integer({ min: 1, max: 5 });
  assert(
    property(limits, array(integer({ min: 0, max: 40 }), { maxLength: 60 }), (limit, gaps) => {
      const counter = createSlidingWindow(limit, 100);
      const granted: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        const within = granted.filter((time) => time > now - 100);
        const answer = counter.take("a", now);
        expect(answer.granted).toBe(within.length < limit);
        if (!answer.granted) continue;
        granted.push(now);
        expect(answer).toEqual({ granted: true, remaining: limit - within.length - 1, resetMs: (within[0] ?? now) + 100 - now });
      }
    }),
  );
});
