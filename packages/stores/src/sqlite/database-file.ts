import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PortolanError } from "@portolan/core";
import { APPLICATION_ID, SCHEMA_VERSION, migrate, readVersion } from "./schema.ts";
import { asStoreError, corruptError } from "./sqlite-error.ts";

/** How long a connection waits for another process that is writing. */
const BUSY_TIMEOUT_MS = 5_000;
/** Up to this size the whole file is checked at start; of larger ones only what is small and read all the time. */
const CHECK_WHOLE_UP_TO = 64 * 1024 * 1024;
const ALWAYS_CHECKED = ["pending", "subscriptions", "channels", "positions"];

export function databaseFile(directory: string): string {
  return join(directory, "store.db");
}

export function spoolDirectory(directory: string): string {
  return join(directory, "spool");
}

/** Opens the database of the node that owns the directory; makes or migrates it if needed. */
export function openOwnDatabase(directory: string): DatabaseSync {
  const file = databaseFile(directory);
  return translated(file, () => {
    mkdirSync(spoolDirectory(directory), { recursive: true, mode: 0o700 });
    verify(file);
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // A row that changes alone takes its whole page into the log, as most rows of state do.
    database.exec(`
      PRAGMA page_size = 4096;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 16000;
      PRAGMA journal_size_limit = 134217728;
      PRAGMA cache_size = -32768;
    `);
    migrate(database, file);
    return database;
  });
}

/** Opens the database beside the node that may own it. */
export function openForeignDatabase(directory: string): DatabaseSync {
  const file = databaseFile(directory);
  if (!existsSync(file)) throw missingError(`there is no store in ${directory}`);
  return translated(file, () => {
    verify(file);
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    const version = readVersion(database, file);
    if (version === SCHEMA_VERSION) return database;
    database.close();
    if (version === 0) throw missingError(`the store in ${directory} is empty: no app has started on it`);
    throw new PortolanError(
      "PORTOLAN_STORE_VERSION",
      `${file} has schema version ${version}, this Portolan works on version ${SCHEMA_VERSION}`,
      {
        hint: "Start the app once with this Portolan version: that brings its store up to date.",
      },
    );
  });
}

function missingError(message: string): PortolanError {
  return new PortolanError("PORTOLAN_STORE_MISSING", message, {
    hint: "Name the directory of the app's store, usually `.portolan` beside the app. A store is made when its app first starts.",
  });
}

/** Looks at a file without ever writing to it, not even what a log beside it still holds. */
function verify(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const isNew =
      readVersion(database, file) === 0 && Number(database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"]) === 0;
    if (isNew) return;
    if (Number(database.prepare("PRAGMA application_id").get()?.["application_id"]) !== APPLICATION_ID) {
      throw corruptError(file, "it is a database of another application");
    }
    const tables = statSync(file).size <= CHECK_WHOLE_UP_TO ? [""] : ALWAYS_CHECKED.map((table) => `('${table}')`);
    for (const table of tables) {
      const found = String(database.prepare(`PRAGMA quick_check${table}`).get()?.["quick_check"]);
      if (found !== "ok") throw corruptError(file, `its content is damaged (${found})`);
    }
  } finally {
    database.close();
  }
}

function translated<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw asStoreError(error, file);
  }
}
