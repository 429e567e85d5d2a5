import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Quake } from "./contracts.ts";

/** What `GET /quakes` is answered from: the quakes by id, on disk, so that a restart forgets none. */
export interface QuakeIndex {
  /** A quake that is put again replaces itself, so that it does not matter how often one comes. */
  put(quake: Quake): void;
  find(id: string): Quake | undefined;
  /** The quakes of at least this magnitude, the latest first. */
  list(minMagnitude: number): Quake[];
}

export function openQuakeIndex(directory: string): QuakeIndex {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, "index.db"));
  // What a power cut takes from it is in the channel still, or in the archive.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE IF NOT EXISTS quake (id TEXT PRIMARY KEY, magnitude REAL, time TEXT, body TEXT) WITHOUT ROWID");
  const insert = database.prepare("INSERT OR REPLACE INTO quake VALUES (?, ?, ?, ?)");
  const byId = database.prepare("SELECT body FROM quake WHERE id = ?");
  const byMagnitude = database.prepare("SELECT body FROM quake WHERE magnitude >= ? ORDER BY time DESC");
  return {
    put(quake) {
      insert.run(quake.id, quake.magnitude, quake.time, JSON.stringify(quake));
    },
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : readRow(row);
    },
    list: (minMagnitude) => byMagnitude.all(minMagnitude).map(readRow),
  };
}

function readRow(row: Readonly<Record<string, unknown>>): Quake {
  return Quake.parse(JSON.parse(String(row["body"])));
}
