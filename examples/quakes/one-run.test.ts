import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { takeFolder } from "./one-run.ts";

it("refuses a second run in a folder until the first has ended", () => {
  const parent = mkdtempSync(join(tmpdir(), "quakes-one-run-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, "data");
  {
    using _first = takeFolder(folder);
    expect(() => takeFolder(folder)).toThrow(`Another run of this example is using ${folder}.`);
  }
  using again = takeFolder(folder);
  expect(again).toBeDefined();
});
