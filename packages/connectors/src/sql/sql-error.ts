import { PortolanError, type ErrorKind } from "@portolan/core";
import type { SqlDriver } from "./driver.ts";

type Meaning = readonly [code: string, kind: ErrorKind, hint?: string];

const PASSES: Meaning = ["PORTOLAN_CONNECTION_FAILED", "transient"];
const COLLIDES: Meaning = ["PORTOLAN_SQL_CONFLICT", "transient"];
const DENIED: Meaning = ["PORTOLAN_SQL_DENIED", "rejected", "look at user and password in the url, and at the rights of the user (GRANT)"];
const UNKNOWN: Meaning = ["PORTOLAN_SQL_STATEMENT", "defect", "look at the statement, and whether all migrations of the database have run"];

/** What an SQLSTATE means, by the longest beginning of it (appendix A of PostgreSQL's manual, appendix B of MySQL's). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "08": PASSES,
  "25006": PASSES, // the server only reads: a failover has not ended
  "53": PASSES, // no room, no memory, too many connections
  "55P03": COLLIDES,
  "57": PASSES, // the server ends, or has ended the statement
  "58": PASSES,
  "70100": PASSES,
  XX: PASSES,
  "40": COLLIDES,
  "22": ["PORTOLAN_SQL_VALUE", "invalid", "a value does not fit its column"],
  "23": ["PORTOLAN_SQL_CONSTRAINT", "rejected"],
  "28": DENIED,
  "42501": DENIED,
  "3D": ["PORTOLAN_SQL_STATEMENT", "defect", "make the database, or mend its name in the url"],
  "42": UNKNOWN,
  "3F": UNKNOWN,
  "0A": UNKNOWN,
  "26": UNKNOWN,
};

/** What the server refuses for reasons of its own, such as a trigger or a procedure that says so. */
const REFUSED: Meaning = ["PORTOLAN_SQL_REFUSED", "rejected"];

/** An error of the client as one that says what it means and whether the same may work later. */
export function sqlError(driver: SqlDriver, doing: string, thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const text = first instanceof Error ? first.message : String(first);
  const state = driver.stateOf(thrown);
  const [code, kind, hint] = state === undefined ? PASSES : meaningOf(state);
  const told = state === undefined ? text : `${text} (SQLSTATE ${state})`;
  return new PortolanError(code, `${doing}: ${told}`, { kind, cause: thrown, ...(hint === undefined ? {} : { hint }) });
}

/** Whether the connection is as good as before the error. */
export function isUsable(driver: SqlDriver, thrown: unknown): boolean {
  // Such errors are of the message, not of the database.
  if (thrown instanceof PortolanError) return true;
  const state = driver.stateOf(thrown);
  return state !== undefined && meaningOf(state) !== PASSES;
}

function meaningOf(state: string): Meaning {
  return MEANINGS[state] ?? MEANINGS[state.slice(0, 2)] ?? REFUSED;
}
