import type { DatabaseSync } from "node:sqlite";
import { PortolanError } from "@portolan/core";
import { inTransaction } from "./statement.ts";

/** Marks a file as a Portolan store ("Port" in ASCII). */
export const APPLICATION_ID = 0x506f_7274;

/**
 * Each step leads from one version to the next; a version that was released never changes.
 *
 * `messages` is append-only, `pending` small: one row for each message that a subscription has not finished. A subscription
 * without a route keeps what is appended while no other is active. `key` and `priority` of a pending row are set only where
 * the channel is ordered or prioritized, `due` only while the row has to wait.
 *
 * A row of `staged` is an append of a unit of work that is not committed: its number is that of its stage and its place in it.
 *
 * A row of `state` is found by the hash of its scope and key; its id, which no other row ever had, gives the order. Its list
 * lies in `state_items`, the items of a row side by side and numbered from 0; `count` is the number of the next one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
  INSERT INTO meta VALUES ('removedUpTo', 0);

  CREATE TABLE channels (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, ordered INTEGER NOT NULL DEFAULT 0, prioritized INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, route TEXT, active INTEGER NOT NULL, UNIQUE (channel, route));

  CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY, channel INTEGER NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL, appended_at NUMERIC NOT NULL,
    expires_at NUMERIC, key TEXT, priority REAL, spool TEXT, headers TEXT, dead_letter TEXT, body);
  CREATE INDEX messages_spool ON messages (spool) WHERE spool IS NOT NULL;

  CREATE TABLE pending (
    subscription INTEGER NOT NULL, sequence INTEGER NOT NULL, due NUMERIC NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    parked TEXT, key TEXT, priority REAL, PRIMARY KEY (subscription, sequence)) WITHOUT ROWID;
  CREATE INDEX pending_due ON pending (subscription, due, sequence) WHERE due > 0;
  CREATE INDEX pending_due_key ON pending (subscription, key, sequence) WHERE due > 0 AND key IS NOT NULL;
  CREATE INDEX pending_priority ON pending (subscription, priority DESC, sequence) WHERE priority IS NOT NULL AND due = 0;

  CREATE TABLE keys (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, until NUMERIC NOT NULL, result TEXT);
  CREATE INDEX keys_hash ON keys (hash);
  CREATE INDEX keys_until ON keys (until);

  CREATE TABLE positions (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE journal (
    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, started_at NUMERIC NOT NULL, failed INTEGER NOT NULL, entry TEXT NOT NULL);
  CREATE INDEX journal_message ON journal (message_id);
  CREATE INDEX journal_failed ON journal (id) WHERE failed = 1;
  `,
  `
  ALTER TABLE messages ADD COLUMN attributes TEXT;

  INSERT INTO meta VALUES ('stateRemovedUpTo', 0);
  CREATE TABLE scopes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE state (
    id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hash INTEGER NOT NULL, version INTEGER NOT NULL, due NUMERIC, until NUMERIC,
    spool TEXT, kind INTEGER NOT NULL, key TEXT NOT NULL, value);
  CREATE INDEX state_hash ON state (hash);
  CREATE INDEX state_scope ON state (scope);
  CREATE INDEX state_due ON state (scope, due) WHERE due IS NOT NULL;
  CREATE INDEX state_until ON state (until) WHERE until IS NOT NULL;
  CREATE INDEX state_spool ON state (spool) WHERE spool IS NOT NULL;
  `,
  `
  CREATE TABLE state_with_list (
    id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hash INTEGER NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL, due NUMERIC,
    until NUMERIC, spool TEXT, kind INTEGER NOT NULL, key TEXT NOT NULL, value);
  INSERT INTO state_with_list SELECT id, scope, hash, version, 0, due, until, spool, kind, key, value FROM state;
  DROP TABLE state;
  ALTER TABLE state_with_list RENAME TO state;
  CREATE INDEX state_hash ON state (hash);
  CREATE INDEX state_scope ON state (scope);
  CREATE INDEX state_due ON state (scope, due) WHERE due IS NOT NULL;
  CREATE INDEX state_until ON state (until) WHERE until IS NOT NULL;
  CREATE INDEX state_spool ON state (spool) WHERE spool IS NOT NULL;
  CREATE TABLE state_items (
    state INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL, spool TEXT, value, PRIMARY KEY (state, number)) WITHOUT ROWID;
  CREATE INDEX state_items_spool ON state_items (spool) WHERE spool IS NOT NULL;
  `,
  `
  INSERT INTO meta VALUES ('lastStage', 0);
  CREATE TABLE staged (
    number INTEGER PRIMARY KEY, channel INTEGER NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL, spool TEXT, headers TEXT,
    dead_letter TEXT, attributes TEXT, key TEXT, priority REAL, delay NUMERIC NOT NULL, ttl NUMERIC, body);
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a database from its version to the newest, step by step. */
export function migrate(database: DatabaseSync, file: string): void {
  for (let version = readVersion(database, file); version < SCHEMA_VERSION; version += 1) {
    inTransaction(database, () => {
      database.exec(`${MIGRATIONS[version]}; PRAGMA user_version = ${version + 1}; PRAGMA application_id = ${APPLICATION_ID};`);
    });
  }
}

/** The schema version of a database; 0 for an empty one. A version that is not known yet is refused. */
export function readVersion(database: DatabaseSync, file: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION) {
    throw new PortolanError(
      "PORTOLAN_STORE_VERSION",
      `${file} has schema version ${version}; this Portolan reads versions up to ${SCHEMA_VERSION}`,
      {
        hint: "Run the Portolan version that wrote the store, or a newer one.",
      },
    );
  }
  return version;
}
