import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { caseLine, findCases, readCase, runCase } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createTestHarness } from "./case-harness.test.support.ts";

const harness = await createTestHarness();
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const directories = { own: join(root, "packages", "testkit", "cases"), shared: join(root, "..", "shared", "cases", "eip") };

for (const [name, directory] of Object.entries(directories)) {
  const files = existsSync(directory) ? await findCases(directory) : [];

  describe(`${name} case`, () => {
    it("files are there", ({ skip }) => {
      if (name === "shared") skip(!existsSync(directory), "the shared cases do not lie next to this checkout");
      expect(files.length).toBeGreaterThan(0);
    });

    it.for(files.map((file) => ({ file, name: basename(file) })))("$name passes, or says what it needs", async ({ file }, { skip }) => {
      const read = await readCase(file);
      const result = await runCase(read, harness);
      const line = caseLine(read.case, result);
      skip(result.outcome === "skipped", line);
      expect(line).toBe(`ok ${read.case}`);
    });
  });
}
