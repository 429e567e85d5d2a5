import { expect, test } from "vitest";
import { route } from "../index.ts";

const taken = { key: () => 1, complete: { size: 2 } };

test("a step's id and note stand in the last argument, beside the pattern's own options", () => {
  const { steps } = route("r").split(
    () => [1],
    (part) => part,
    { id: "parts", note: "one by one", parallel: true },
  );
  expect(steps).toMatchObject([{ id: "parts", note: "one by one", split: { parallel: true } }]);
  expect(steps[0]?.["split"]).not.toHaveProperty("id");
});

test("the id of a step whose block comes last was taken for an option of the pattern", () => {
  const { steps } = route("r").aggregate({ ...taken, id: "pairs" }, (group) => group);
  expect(steps).toMatchObject([{ id: "pairs", aggregate: { ...taken, steps: [] } }]);
  expect(steps[0]?.["aggregate"]).not.toHaveProperty("id");
});
