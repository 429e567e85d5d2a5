import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Clock } from "@portolan/core";
import { createMemoryStore, createSqliteStore } from "@portolan/stores";
import { findCases, readCase, runCase, caseLine } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createCaseHarness } from "./case-harness.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const folders = [path.join(root, "packages/testkit/cases"), path.resolve(root, "../shared/cases/eip")];

/** The cases' own clock; the store's looks at what other processes do would never end, and there are none. */
function withoutTicks(clock: Clock): Clock {
  return { now: () => clock.now(), after: () => ({ cancel: () => undefined }) };
}

const memoryHarness = createCaseHarness(root);
const harness: typeof memoryHarness = {
  ...memoryHarness,
  createStores() {
    // At once: the cases' clock does not know of files.
    const directory = mkdtempSync(path.join(tmpdir(), "portolan-case-"));
    return {
      open: (clock) => ({
        memory: createMemoryStore({ clock }),
        durable: createSqliteStore({ directory, clock: withoutTicks(clock) }),
      }),
      dispose: () => rmSync(directory, { recursive: true }),
    };
  },
};

describe("the SQLite store behaves like the one in memory", () => {
  for (const folder of folders) {
    if (!existsSync(folder)) {
      console.warn(`skipped: there is no ${folder}`);
      continue;
    }
    it(`in every case of ${path.basename(folder)}`, { timeout: 300_000 }, async () => {
      const lines: string[] = [];
      for (const file of await findCases(folder)) {
        const name = path.basename(file, ".case.yaml");
        const line = caseLine(name, await runCase(await readCase(file), harness));
        if (!line.startsWith("ok ")) lines.push(line);
      }
      expect(lines).toEqual([]);
    });
  }
});
