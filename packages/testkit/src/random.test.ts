import { createFixedRandom, createSeededRandom } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

const draws = (random: { next(): number }, count: number) => Array.from({ length: count }, () => random.next());

describe("random sources", () => {
  it("a fixed one always draws the same", () => {
    expect(draws(createFixedRandom(0.5), 3)).toEqual([0.5, 0.5, 0.5]);
  });

  it("a seeded one draws the same sequence for the same seed, and others for others", () => {
    expect(draws(createSeededRandom(42), 20)).toEqual(draws(createSeededRandom(42), 20));
    expect(draws(createSeededRandom(42), 20)).not.toEqual(draws(createSeededRandom(43), 20));
  });

  it("a seeded one draws evenly from 0 up to, but not including, 1", () => {
    const drawn = draws(createSeededRandom(7), 20_000);
    const tenths = Array.from({ length: 10 }, (_, tenth) => drawn.filter((value) => Math.floor(value * 10) === tenth).length);
    expect(tenths.reduce((sum, count) => sum + count)).toBe(20_000);
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it("seeds that follow on each other draw unlike first values", () => {
    const first = Array.from({ length: 1000 }, (_, seed) => createSeededRandom(seed).next());
    expect(first.filter((value) => value < 0.5).length).toBeGreaterThan(400);
    expect(first.filter((value) => value < 0.5).length).toBeLessThan(600);
  });
});
