import type { SqlDriver } from "./driver.ts";
import { mysqlDriver } from "./mysql.ts";
import { postgresDriver } from "./postgres.ts";

const DRIVERS: ReadonlyMap<string, SqlDriver> = new Map([
  ["postgres", postgresDriver],
  ["postgresql", postgresDriver],
  ["mysql", mysqlDriver],
  ["mariadb", mysqlDriver],
]);

/** The driver of an address, or undefined if no database is reached by its scheme. */
export function driverOf(url: string): SqlDriver | undefined {
  return DRIVERS.get(/^(\w+):\/\//.exec(url)?.[1] ?? "");
}
