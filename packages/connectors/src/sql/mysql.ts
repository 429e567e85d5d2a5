import type { Readable } from "node:stream";
import { asMissingPackage, isRecord } from "@portolan/core";
import type { ExecuteValues, PoolConnection } from "mysql2/promise";
import type { Dialect, PoolOptions, SqlConnection, SqlDriver, SqlPool, SqlResult, SqlRow } from "./driver.ts";
import { CONNECT_MS, quotedName, STREAM_ROWS } from "./driver-settings.ts";

const dialect: Dialect = {
  parameter: () => "?",
  identifier: (name) => quotedName(name, "`"),
  upsert(key, others) {
    const changed = others.length === 0 ? key.slice(0, 1) : others;
    const set = changed.map(dialect.identifier).map((name) => `${name} = values(${name})`);
    return `on duplicate key update ${set.join(", ")}`;
  },
  hasBackslashes: true,
  value(value) {
    if (value instanceof Uint8Array) return Buffer.from(value);
    if (value instanceof Date) return value;
    return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  },
};

/** The SQLSTATE that says what an error is, where the server gives one that does not. By its number. */
const STATES: ReadonlyMap<number, string> = new Map([
  [1044, "42501"], // no right to the database
  [1142, "42501"], // no right to the table
  [1143, "42501"], // no right to the column
  [1370, "42501"], // no right to the procedure
  [1205, "55P03"], // waited too long for a lock
  [1020, "40001"], // a row was changed since it was read
  [1364, "23502"], // a column has no default
  [3819, "23514"], // a check of MySQL
  [4025, "23514"], // a check of MariaDB
  [1265, "22000"], // a value was cut off
  [1366, "22000"], // a value of the wrong type
  [1290, "25006"], // the server only reads
  [1836, "25006"],
]);

/** MariaDB and MySQL, by the package `mysql2`. */
export const mysqlDriver: SqlDriver = {
  dialect,
  openPool,
  stateOf(thrown) {
    if (!isRecord(thrown) || typeof thrown["sqlState"] !== "string" || thrown["sqlState"] === "") return undefined;
    return STATES.get(Number(thrown["errno"])) ?? thrown["sqlState"];
  },
};

async function openPool({ url, ca, tls, connections }: PoolOptions): Promise<SqlPool> {
  const { createPool } = await import("mysql2/promise").catch((error: unknown) => {
    throw asMissingPackage(error, "the connector sql", ["mysql2"]);
  });
  const pool = createPool({
    uri: url.replace(/^mariadb:/, "mysql:"),
    ...(tls || ca !== undefined ? { ssl: ca === undefined ? {} : { ca } } : {}),
    connectionLimit: connections,
    connectTimeout: CONNECT_MS,
    enableKeepAlive: true,
    dateStrings: true,
    supportBigNumbers: true,
    // Affected are those that were found, also if they had the values already: what other databases say.
    flags: ["FOUND_ROWS"],
  });
  return {
    take: async () => connectionOf(await pool.getConnection()),
    close: () => pool.end(),
  };
}

function connectionOf(connection: PoolConnection): SqlConnection {
  return {
    async run(text, values) {
      const [answer] = values.length === 0 ? await connection.query(text) : await connection.execute(text, [...values] as ExecuteValues);
      return resultOf(answer);
    },
    stream(text, values) {
      // Only the client that the promises are made of can stream.
      const { connection: plain } = connection as unknown as { readonly connection: PlainConnection };
      return plain.execute(text, values).stream({ highWaterMark: STREAM_ROWS }) as AsyncIterable<SqlRow>;
    },
    release(isBroken = false) {
      if (isBroken) connection.destroy();
      else connection.release();
    },
  };
}

interface PlainConnection {
  execute(text: string, values: readonly unknown[]): { stream(options: { readonly highWaterMark: number }): Readable };
}

/** Rows, or what was done; a procedure answers a list of these, of which the first rows count. */
function resultOf(answer: unknown): SqlResult {
  if (!Array.isArray(answer)) return { rows: [], affected: isRecord(answer) ? Number(answer["affectedRows"] ?? 0) : 0 };
  const rows: readonly unknown[] = answer.find(Array.isArray) ?? answer;
  // The client makes rows of objects, which it types as what can be anything.
  return { rows: rows.filter(isRow), affected: rows.length };
}

function isRow(value: unknown): value is SqlRow {
  return isRecord(value) && value.constructor?.name !== "ResultSetHeader";
}
