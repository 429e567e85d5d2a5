import { formats } from "@portolan/formats";
import { expect, it } from "vitest";
import { fuzzFormat } from "./fuzz/format-fuzz.ts";
import { createChance } from "./fuzz/mutation.ts";

it.each(formats.map(({ name }) => name))(
  "%s: each of 300 broken documents is data that is written again, or a clear error",
  async (name) => {
    const { breaches, read, refused } = await fuzzFormat(name, { inputs: 300, seed: 1 });
    expect(breaches).toEqual([]);
    expect(read + refused).toBe(300);
  },
);

it("chance is repeated by its seed", () => {
  const draw = (seed: number) => {
    const chance = createChance(seed);
    return Array.from({ length: 5 }, () => chance.below(1000));
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});
