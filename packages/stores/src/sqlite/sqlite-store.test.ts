import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Store } from "@portolan/core";
import { type StoreUnderTest, storeConformance } from "@portolan/testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createSqliteStore } from "./sqlite-store.ts";

describe("the SQLite store", () => {
  let root: string;
  let count = 0;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "portolan-stores-"));
  });
  afterAll(() => rm(root, { recursive: true }));

  function nextDirectory(): string {
    count += 1;
    return join(root, `store${count}`);
  }

  function storeIn(directory: string, clock: Clock): StoreUnderTest {
    const store: Store = createSqliteStore({ directory, clock });
    return {
      store,
      // A copy of the files of a running store is what a killed process leaves behind.
      async reopen() {
        const copy = nextDirectory();
        await cp(directory, copy, { recursive: true });
        await store.close();
        return storeIn(copy, clock);
      },
    };
  }

  storeConformance(async (clock) => storeIn(nextDirectory(), clock), { describe, it });
});
