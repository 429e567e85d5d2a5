import { createFixedRandom, createSimulatedDisk, storeConformance } from "@portolan/testkit";
import { describe, it } from "vitest";
import type { StoreLogRecord } from "../store-log.ts";
import { createMemoryStore } from "./memory-store.ts";

describe("the memory store", () => {
  storeConformance(async (clock) => ({ store: createMemoryStore({ clock }) }), { describe, it }, { outlivesProcess: false });
});

describe("the memory store on a log", () => {
  storeConformance(
    async (clock) => {
      const disk = createSimulatedDisk<StoreLogRecord>(createFixedRandom(0));
      const mount = () => ({ store: createMemoryStore({ clock, log: disk.mount() }), reopen });
      async function reopen() {
        disk.crash();
        return mount();
      }
      return mount();
    },
    { describe, it },
  );
});
