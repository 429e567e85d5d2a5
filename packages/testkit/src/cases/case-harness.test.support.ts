import { PortolanError } from "@portolan/core";
import { createEngine } from "@portolan/engine";
import { loadForeignRooms } from "../foreign-rooms.test.support.ts";
import type { CaseHarness } from "./case-harness.ts";

/** The engine on memory stores, of which the durable one is created anew from its log: what the kit's own tests run cases on. */
export async function createTestHarness(): Promise<CaseHarness> {
  const { createMemoryStore, jsonataLanguage } = await loadForeignRooms();
  return {
    supports: new Set(["retry", "onError", "deadLetter", "channel", "onComplete", "intercept", "templates", "durable", "crash"]),
    createEngine,
    createStores() {
      const records: unknown[] = [];
      const log = { append: (record: unknown) => void records.push(record), sync: () => Promise.resolve(), read: () => [...records] };
      return { open: (clock) => ({ memory: createMemoryStore({ clock }), durable: createMemoryStore({ clock, log }) }) };
    },
    connectors: [],
    languages: [jsonataLanguage],
    contracts: {
      compile() {
        throw new PortolanError("PORTOLAN_CONFIG_INVALID", "cases have no contracts");
      },
    },
    services: { format: () => undefined, formatFor: () => undefined, directory: "" },
  };
}
