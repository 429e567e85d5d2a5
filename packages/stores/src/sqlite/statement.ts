import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";

export type Row = readonly SQLOutputValue[];
type Parameters = readonly SQLInputValue[];

/** A prepared statement whose rows are lists, in the order of the columns. */
export interface Statement<R extends Row> {
  get(...parameters: Parameters): R | undefined;
  all(...parameters: Parameters): readonly R[];
  /** Answers how many rows were changed. */
  run(...parameters: Parameters): number;
}

/** `R` is the writer's promise about the columns of `sql`; conformance tests read every one of them. */
export function prepare<R extends Row = never>(database: DatabaseSync, sql: string): Statement<R> {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return {
    // With `setReturnArrays` rows are arrays, which the declared types do not know.
    get: (...parameters) => statement.get(...parameters) as unknown as R | undefined,
    all: (...parameters) => statement.all(...parameters) as unknown as readonly R[],
    run: (...parameters) => Number(statement.run(...parameters).changes),
  };
}

/** Runs `work` in one transaction that no other connection can write beside; undone if it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN IMMEDIATE", work);
}

/** Runs queries on one view of the database, which is also several times faster than each for itself. */
export function inReadTransaction<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN", work);
}

function within<T>(database: DatabaseSync, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
