import { createEngine } from "@portolan/engine";
import { createContracts, createFormats } from "@portolan/formats";
import { jsonataLanguage } from "@portolan/mapping";
import { mustacheLanguage } from "@portolan/mapping/mustache";
import { createTableLanguage } from "@portolan/mapping/table";
import { spool } from "@portolan/host";
import { createMemoryStore, type StoreLog, type StoreLogRecord } from "@portolan/stores";
import type { CaseHarness } from "@portolan/testkit";
import { platform } from "./platform.ts";

/** What a case may need of the engine besides patterns. */
const SUPPORTED = ["retry", "onError", "deadLetter", "channel", "onComplete", "intercept", "templates", "durable", "crash"];

/** Runs cases on the engine, on stores in memory; the durable one keeps a log, from which it is made anew after a restart or a crash. */
export function createCaseHarness(directory: string): CaseHarness {
  const formats = createFormats([], { directory });
  return {
    supports: new Set(SUPPORTED),
    createEngine,
    createStores() {
      const log = createLog();
      return { open: (clock) => ({ memory: createMemoryStore({ clock }), durable: createMemoryStore({ clock, log }) }) };
    },
    connectors: platform.connectors,
    languages: [jsonataLanguage, mustacheLanguage, createTableLanguage({ directory })],
    contracts: createContracts({ directory }),
    services: { ...formats, directory, spool },
  };
}

function createLog(): StoreLog {
  const records: StoreLogRecord[] = [];
  return {
    append: (record: StoreLogRecord) => void records.push(record),
    sync: () => Promise.resolve(),
    read: () => [...records],
  };
}
