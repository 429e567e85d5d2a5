import { assert, integer, array, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { allowanceAt, type Allowance } from "./caller-limit.ts";
import { createSlidingWindow } from "./sliding-window.ts";
import { windowCount } from "./window-count.ts";

/** A sliding window of 100 ms, by the way that it keeps what it counts. */
const WINDOWS: Readonly<Record<string, (limit: number) => (now: number) => Allowance>> = {
  "in memory"(limit) {
    const counter = createSlidingWindow(limit, 100);
    return (now) => counter.take("a", now);
  },
  "as data"(limit) {
    const count = windowCount(limit, 100);
    let stored = "null";
    return (now) => {
      const taken = count.take(count.read(JSON.parse(stored)), 1, now);
      stored = JSON.stringify(taken.known);
      return allowanceAt(0, taken);
    };
  },
};

test.each(Object.entries(WINDOWS))(
  "grants and remainders of a window kept %s are those of a plain count of the requests granted before, for any times",
  (_name, create) => {
    const limits = integer({ min: 1, max: 5 });
    assert(
      property(limits, array(integer({ min: 0, max: 40 }), { maxLength: 60 }), (limit, gaps) => {
        const take = create(limit);
        const granted: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const within = granted.filter((time) => time > now - 100);
          const answer = take(now);
          expect(answer.granted).toBe(within.length < limit);
          if (!answer.granted) continue;
          granted.push(now);
          expect(answer).toEqual({ granted: true, remaining: limit - within.length - 1, resetMs: (within[0] ?? now) + 100 - now });
        }
      }),
    );
  },
);

test("no span has more than its limit where a row tells fewer moments apart, and allowance is back a thousandth of the span later", () => {
  const perMs = 60_000;
  const asked = array(tuple(integer({ min: 0, max: 20_000 }), integer({ min: 1, max: 4 })), { maxLength: 40 });
  assert(
    property(integer({ min: 1, max: 8 }), asked, (limit, requests) => {
      const count = windowCount(limit, perMs);
      let known: ReturnType<typeof count.take>["known"] | undefined;
      const granted: number[] = [];
      let now = 0;
      for (const [gap, wanted] of requests) {
        now += gap;
        const within = granted.filter((time) => time > now - perMs).length;
        const surelyPast = granted.filter((time) => time > now - perMs - perMs / 1000).length;
        const taken = count.take(known, wanted, now);
        known = taken.known;
        expect(taken.granted).toBeLessThanOrEqual(limit - within);
        expect(taken.granted).toBeGreaterThanOrEqual(Math.min(wanted, limit - surelyPast));
        for (let index = 0; index < taken.granted; index += 1) granted.push(now);
      }
    }),
  );
});

test("a row stays small, whatever the limit", () => {
  const count = windowCount(100_000, 3_600_000);
  let known: ReturnType<typeof count.take>["known"] | undefined;
  for (let now = 0; now < 7_200_000; now += 500) known = count.take(known, 1, now).known;
  expect(known?.length).toBeLessThanOrEqual(1001);
});
