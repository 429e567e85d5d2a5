import { attachConnector, type ConnectorDefinition, defineConnector, type Duration, type Message, type TargetRef } from "@portolan/core";
import { sqlTarget } from "./target.ts";

/** PostgreSQL, MariaDB and MySQL. */
export const sqlConnector: ConnectorDefinition = defineConnector({
  name: "sql",
  title: "SQL databases",
  summary: "Runs statements of PostgreSQL, MariaDB and MySQL, with values of messages as their parameters.",
  target: sqlTarget,
});

interface DatabaseInput {
  readonly url: string;
  readonly tls?: boolean;
  readonly ca?: string;
}

/** A value from the message: a function, or an expression as flow files have it (a text is JSONata). */
type Value<Body> = string | ((message: Message<Body>) => unknown);

/** The options of a target as people write them; their meaning is in the reference. */
export interface StatementInput<Body> extends DatabaseInput {
  readonly parameters?: Readonly<Record<string, Value<ElementOf<Body>>>>;
  readonly connections?: number;
  readonly timeout?: Duration;
  /** The system that the database belongs to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

/** The elements of a batch, else the body itself. */
type ElementOf<Body> = Body extends readonly (infer Element)[] | AsyncIterable<infer Element> ? Element : Body;

export interface InsertInput<Body> extends StatementInput<Body> {
  readonly columns: readonly string[];
}

export interface UpsertInput<Body> extends InsertInput<Body> {
  readonly key: readonly string[];
}

/** How many rows were written. */
export interface Affected {
  readonly affected: number;
}

export interface SqlFunctions {
  /** Runs a statement: `.to(sql.execute("update orders set state = :state where id = :id", { url: "${DATABASE_URL}" }))`. */
  readonly execute: <Body = unknown>(statement: string, options: StatementInput<Body>) => TargetRef<Body, Affected>;
  /** Reads all rows: `.call(sql.query<Order>("select * from orders where customer = :customer", { url }))`. */
  readonly query: <Row = unknown, Body = unknown>(statement: string, options: StatementInput<Body>) => TargetRef<Body, readonly Row[]>;
  /** Reads the first row, or null: `.call(sql.queryFirst<Order>("select * from orders where id = :id", { url }))`. */
  readonly queryFirst: <Row = unknown, Body = unknown>(statement: string, options: StatementInput<Body>) => TargetRef<Body, Row | null>;
  /** Reads rows as they are wanted, however many there are: `.call(sql.stream<Order>("select * from orders", { url }))`, then `split`. */
  readonly stream: <Row = unknown, Body = unknown>(statement: string, options: StatementInput<Body>) => TargetRef<Body, AsyncIterable<Row>>;
  /** Inserts rows: `.to(sql.insert("orders", { url, columns: ["id", "total"] }))`. */
  readonly insert: <Body = unknown>(table: string, options: InsertInput<Body>) => TargetRef<Body, Affected>;
  /** Inserts rows, or changes those of the same key: `.to(sql.upsert("orders", { url, columns: ["id", "total"], key: ["id"] }))`. */
  readonly upsert: <Body = unknown>(table: string, options: UpsertInput<Body>) => TargetRef<Body, Affected>;
}

/** Statements and tables as targets. */
export const sql: SqlFunctions = {
  execute: (statement, options) => target({ statement, returns: "count", ...options }),
  query: (statement, options) => target({ statement, returns: "rows", ...options }),
  queryFirst: (statement, options) => target({ statement, returns: "first", ...options }),
  stream: (statement, options) => target({ statement, returns: "stream", ...options }),
  insert: (table, options) => target({ table, returns: "count", ...options }),
  upsert: (table, options) => target({ table, returns: "count", ...options }),
};

interface TargetInput extends StatementInput<never> {
  readonly statement?: string;
  readonly table?: string;
  readonly columns?: readonly string[];
  readonly key?: readonly string[];
  readonly returns: "rows" | "first" | "count" | "stream";
}

function target({ system, ...options }: TargetInput) {
  const reference = attachConnector(sqlConnector, options);
  return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
}
