import { assert, array, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { createRecentMap } from "./recent-map.ts";

test("its entries are those of a Map whose entries are set anew at its end", () => {
  const step = record({ what: constantFrom("set", "delete", "dropOldest"), key: integer({ min: 0, max: 8 }).map(String) });
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const recent = createRecentMap<number>();
      const model = new Map<string, number>();
      for (const [index, { what, key }] of steps.entries()) {
        const gone = what === "dropOldest" ? recent.oldest()?.key : key;
        if (what === "dropOldest") expect(gone).toBe([...model.keys()][0]);
        if (gone === undefined) continue;
        model.delete(gone);
        if (what === "set") {
          model.set(key, index);
          recent.set(key, index);
        } else recent.delete(gone);
        const entries = [];
        for (let entry = recent.oldest(); entry !== undefined; entry = entry.newer) entries.push([entry.key, entry.value]);
        expect(entries).toEqual([...model]);
        expect([recent.size, recent.get(key)]).toEqual([model.size, model.get(key)]);
      }
    }),
  );
});
