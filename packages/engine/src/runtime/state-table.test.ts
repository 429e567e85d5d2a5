import { createMessage, type Store } from "@portolan/core";
import { describe, expect, it } from "vitest";
import { Execution } from "./execution.ts";
import { createStateTables } from "./state-table.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** A store with one row. The table asks nothing of it but that, so the rest is not there. */
const storeWith = (version: number) => ({ state: () => ({ value: "stored", version, count: 0 }) }) as unknown as Store;

function begin(): Execution {
  const unit = new UnitOfWork(() => "unit", "power-loss");
  const received = createMessage("1", null);
  return new Execution(unit, { sharer: undefined, entry: true, signal: undefined, trace: undefined, received, saga: undefined });
}

describe("a table of rows of state", () => {
  it("builds a change on the version that was read, also when the commit that made it fails before the change", async () => {
    const rows = createStateTables(storeWith(1)).table("groups");
    const first = begin();
    await rows.withRow(first, "a", (row) => row.drop());
    first.unit.submitted();

    const second = begin();
    await rows.withRow(second, "a", async (row) => {
      expect(await row.get()).toBeUndefined();
      first.unit.ended(false);
      await row.put("new");
    });
    expect(second.list.effects()).toMatchObject([{ kind: "putState", value: "new", expected: 0 }]);
  });

  it("counts versions on within one unit of work", async () => {
    const rows = createStateTables(storeWith(4)).table("groups");
    const unit = begin();
    await rows.withRow(unit, "a", async (row) => {
      await row.put("one");
      await row.put("two");
      await row.drop();
    });
    await rows.withRow(unit, "a", (row) => row.put("three"));
    const effects = unit.list.effects();
    expect(effects.map((effect) => ("expected" in effect ? effect.expected : undefined))).toEqual([4, 5, 6, 0]);
  });

  it("gives a new row no version of the one before, whose drop may still fail", async () => {
    const rows = createStateTables(storeWith(1)).table("groups");
    const [dropping, opening, adding] = [begin(), begin(), begin()];
    await rows.withRow(dropping, "a", (row) => row.drop());
    dropping.unit.submitted();
    await rows.withRow(opening, "a", (row) => row.put("new"));
    opening.unit.submitted();
    await rows.withRow(adding, "a", (row) => row.put("newer"));
    expect(opening.list.effects()).toMatchObject([{ expected: 0, version: 2 }]);
    expect(adding.list.effects()).toMatchObject([{ expected: 2, version: 3 }]);
  });
});
