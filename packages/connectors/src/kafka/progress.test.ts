import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

test("stands at the first message that has not ended, whatever ended behind it", () => {
  const progress = createProgress(10n);
  const [a, b, c] = [10n, 11n, 15n].map((offset) => progress.begin(offset));
  expect([progress.next, progress.open]).toEqual([10n, 3]);
  c?.();
  b?.();
  expect([progress.next, progress.open]).toEqual([10n, 3]);
  a?.();
  expect([progress.next, progress.open]).toEqual([16n, 0]);
});

test("passes over offsets that are nobody's, but not over a message that has not ended", () => {
  const progress = createProgress(0n);
  progress.skipTo(5n);
  expect(progress.next).toBe(5n);
  const end = progress.begin(7n);
  progress.skipTo(20n);
  expect(progress.next).toBe(7n);
  end();
  expect(progress.next).toBe(20n);
});

test("keeps no memory of what has ended", () => {
  const progress = createProgress(0n);
  for (let offset = 0n; offset < 100_000n; offset++) progress.begin(offset)();
  expect([progress.next, progress.open]).toEqual([100_000n, 0]);
});
