/** What a statement has yielded. */
export interface SqlResult {
  /** Bodies as JSON has them: times are texts, and numbers that JavaScript cannot hold exactly are texts. */
  readonly rows: readonly SqlRow[];
  /** How many rows were written, or read by a statement that only reads. */
  readonly affected: number;
}

export type SqlRow = Readonly<Record<string, unknown>>;

/** All that the connector needs of a client library: there is one implementation a database. */
export interface SqlDriver {
  readonly dialect: Dialect;
  /** Connects when the first connection is taken. */
  openPool(options: PoolOptions): Promise<SqlPool>;
  /** The SQLSTATE of an error of the server; undefined for all others, which are errors of the connection. */
  stateOf(thrown: unknown): string | undefined;
}

export interface PoolOptions {
  readonly url: string;
  /** Certificates in PEM that are trusted; without them those of Node are. */
  readonly ca?: string | undefined;
  readonly tls: boolean;
  readonly connections: number;
}

export interface SqlPool {
  /** A connection for one user at a time; waits while all are in use. */
  take(): Promise<SqlConnection>;
  /** Resolves when all connections are released and closed. */
  close(): Promise<void>;
}

export interface SqlConnection {
  /** Runs one statement in the dialect's own notation of parameters. */
  run(text: string, values: readonly unknown[]): Promise<SqlResult>;
  /** Reads the rows of a query a few at a time, inside a transaction of its own. */
  stream(text: string, values: readonly unknown[]): AsyncIterable<SqlRow>;
  /** Gives it back to the pool. What is broken, or in the middle of something, is closed. */
  release(isBroken?: boolean): void;
}

/** How a database writes SQL. */
export interface Dialect {
  /** The parameter of an index, from 0. */
  parameter(index: number): string;
  /** A name of a table or column that is taken as it is; points part schema and table. */
  identifier(name: string): string;
  /** What follows `insert into … values (…)`, so that a row that there is already is changed instead. */
  upsert(key: readonly string[], others: readonly string[]): string;
  /** Whether a backslash in a quoted text hides what follows it. */
  readonly hasBackslashes: boolean;
  /** A parameter's value as the client takes it. */
  value(value: unknown): unknown;
}
