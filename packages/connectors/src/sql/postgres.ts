import { asMissingPackage } from "@portolan/core";
import type { PoolClient } from "pg";
import type { Dialect, PoolOptions, SqlConnection, SqlDriver, SqlPool, SqlRow } from "./driver.ts";
import { CONNECT_MS, quotedName, STREAM_ROWS } from "./driver-settings.ts";

const dialect: Dialect = {
  parameter: (index) => `$${index + 1}`,
  identifier: (name) => quotedName(name, '"'),
  upsert(key, others) {
    const target = key.map(dialect.identifier).join(", ");
    const set = others.map((name) => `${dialect.identifier(name)} = excluded.${dialect.identifier(name)}`).join(", ");
    return `on conflict (${target}) ${set === "" ? "do nothing" : `do update set ${set}`}`;
  },
  hasBackslashes: false,
  value: (value) => value,
};

/** Object identifiers of types whose values the client would turn into what JSON has not, or cannot hold. */
const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMP_WITH_ZONE = 1184;

const READERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [INT8, (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)],
  [DATE, (text) => text],
  [TIMESTAMP, (text) => text.replace(" ", "T")],
  [TIMESTAMP_WITH_ZONE, instantOf],
]);

/** PostgreSQL, by the package `pg`. */
export const postgresDriver: SqlDriver = {
  dialect,
  openPool,
  stateOf(thrown) {
    if (!(thrown instanceof Error)) return undefined;
    // The client says so without a code.
    if (/client password must be a (?:non-empty )?string/.test(thrown.message)) return "28P01";
    return "severity" in thrown && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  },
};

async function openPool({ url, ca, tls, connections }: PoolOptions): Promise<SqlPool> {
  const { default: pg } = await import("pg").catch((error: unknown) => {
    throw asMissingPackage(error, "the connector sql", ["pg"]);
  });
  const pool = new pg.Pool({
    connectionString: url,
    ...(tls || ca !== undefined ? { ssl: ca === undefined ? true : { ca } } : {}),
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: (id: number, format?: "text" | "binary") => READERS.get(id) ?? pg.types.getTypeParser(id, format as "text") },
  });
  // A connection that breaks while nobody uses it is replaced by the next one.
  pool.on("error", () => undefined);
  return {
    take: async () => connectionOf(await pool.connect()),
    close: () => pool.end(),
  };
}

function connectionOf(client: PoolClient): SqlConnection {
  const ignore = () => undefined;
  client.on("error", ignore);
  const run = async (text: string, values: readonly unknown[]) => {
    const { rows, rowCount } = await client.query<SqlRow>(text, [...values]);
    return { rows, affected: rowCount ?? 0 };
  };
  return {
    run,
    async *stream(text, values) {
      await run("begin", []);
      await run(`declare portolan_rows no scroll cursor for ${text}`, values);
      for (;;) {
        const { rows } = await run(`fetch ${STREAM_ROWS} from portolan_rows`, []);
        yield* rows;
        if (rows.length < STREAM_ROWS) break;
      }
      await run("commit", []);
    },
    release(isBroken = false) {
      client.off("error", ignore);
      client.release(isBroken);
    },
  };
}

function instantOf(text: string): string {
  const date = new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  // `infinity`, and years that JavaScript has not.
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
