import path from "node:path";
import { caseLine, runCase } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { findCollections, readCollection } from "./case-collection.test.support.ts";
import { createCaseHarness } from "./case-harness.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const harness = createCaseHarness(root);

for (const file of await findCollections(path.join(root, "packages/testkit/cases/flow-format"))) {
  const cases = await readCollection(file);

  describe(`flow format, ${path.basename(file, ".cases.yaml")}`, () => {
    it("names each case once", () => {
      expect(new Set(cases.map((one) => one.case)).size).toBe(cases.length);
    });

    it.for(cases)("$case passes", async (one) => {
      expect(caseLine(one.case, await runCase(one, harness))).toBe(`ok ${one.case}`);
    });
  });
}
