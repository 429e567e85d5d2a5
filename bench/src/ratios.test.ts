import { expect, test } from "vitest";
import { interleave, interleaveSessions } from "./interleave.ts";
import { costOver, row, skippedRow, speedOver, spread } from "./ratios.ts";

const samples = new Map([
  ["ours", [10, 20, 40]],
  ["peer", [20, 20, 120]],
]);

test("ratios are taken round by round, and the median of them counts", () => {
  expect(speedOver(samples, "ours", "peer")).toEqual({ median: 2, min: 1, max: 3 });
  expect(costOver(samples, "peer", "ours")).toEqual({ median: 2, min: 1, max: 3 });
});

test("of an even number of rounds the median lies between the middle two", () => {
  expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test("a contestant that did not take part is an error, not a ratio", () => {
  expect(() => speedOver(samples, "ours", "pear")).toThrow("nobody named pear took part, only ours, peer");
  expect(() => spread([])).toThrow("at least one value");
});

test.each([
  [{ atLeast: 3 }, 3, "≥ 3×", true],
  [{ atLeast: 3 }, 2.999, "≥ 3×", false],
  [{ atMost: 100, unit: " MB" }, 100, "≤ 100 MB", true],
  [{ atMost: 100, unit: " MB" }, 100.1, "≤ 100 MB", false],
])("the target %j of %d reads %s and holds: %s", (target, median, text, holds) => {
  expect(row("x", { median, min: 1, max: 200 }, target)).toMatchObject({ name: "x", target: text, holds });
});

test("what has no target neither holds nor fails, and a missing peer says why", () => {
  expect(row("x", { median: 1.23456, min: 1, max: 2 })).toEqual({ name: "x", ratio: 1.23, min: 1, max: 2, target: null, holds: null });
  expect(skippedRow("x", "no server", { atLeast: 1 })).toEqual({
    name: "x",
    ratio: null,
    min: null,
    max: null,
    target: "≥ 1×",
    holds: null,
    skipped: "no server",
  });
});

test("contestants take turns, each round in another order, and the first round does not count", async () => {
  const turns: string[] = [];
  const contestant = (name: string) => ({ name, round: () => turns.push(name) });
  const measured = await interleave([contestant("a"), contestant("b"), contestant("c")], 2);
  expect(turns.join("")).toBe("abcbcacab");
  expect(measured).toEqual(
    new Map([
      ["a", [6, 8]],
      ["b", [4, 9]],
      ["c", [5, 7]],
    ]),
  );
});

test("sessions follow one another, and their rounds are told apart by nothing", async () => {
  let session = 0;
  const measured = await interleaveSessions(2, async () => {
    session += 1;
    return new Map([
      ["a", [session, session]],
      ["b", [10 * session, 10 * session]],
    ]);
  });
  expect(measured.get("a")).toEqual([1, 1, 2, 2]);
  expect(speedOver(measured, "a", "b")).toEqual({ median: 10, min: 10, max: 10 });
});
