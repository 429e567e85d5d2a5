import { expect, it } from "vitest";
import { EffectList, UnitOfWork } from "./unit-of-work.ts";

it("a branch took fewer effects than a long split makes", () => {
  const unit = new UnitOfWork(() => "unit", "none");
  const [whole, branch] = [new EffectList(unit), new EffectList(unit)];
  const count = 300_000;
  for (let value = 0; value < count; value++) branch.add({ kind: "setPosition", name: "far", value });
  whole.absorb(branch);
  expect([whole.size, branch.size]).toEqual([count, 0]);
});
