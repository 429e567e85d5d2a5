import type { Clock } from "@portolan/core";
import type { SqlConnection, SqlDriver, SqlPool, SqlRow } from "./driver.ts";
import { isUsable, sqlError } from "./sql-error.ts";

export interface SessionOptions {
  readonly driver: SqlDriver;
  readonly pool: SqlPool;
  /** For errors: `upsert orders`. */
  readonly doing: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Work on connections of a pool; all that it throws are PortolanErrors. */
export interface SqlSession {
  /** Ends with a transient error when the time is over, and with the signal's reason when it is aborted; the connection is closed then. */
  use<T>(signal: AbortSignal | undefined, work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  /** `use` with all of the work in one transaction. */
  transact<T>(signal: AbortSignal | undefined, work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  /** The rows of a query, which runs anew each time they are iterated. */
  stream(text: string, values: readonly unknown[]): AsyncIterable<SqlRow>;
}

export function createSession({ driver, pool, doing, timeoutMs, clock }: SessionOptions): SqlSession {
  const use: SqlSession["use"] = async (signal, work) => {
    signal?.throwIfAborted();
    let connection: SqlConnection | undefined;
    const { promise: late, reject } = Promise.withResolvers<never>();
    late.catch(() => undefined);
    const timer = clock.after(timeoutMs, () => reject(new Error(`not done within ${timeoutMs} ms`)));
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const taking = pool.take();
    try {
      connection = await Promise.race([taking, late]);
      const result = await Promise.race([work(connection), late]);
      connection.release();
      return result;
    } catch (error) {
      if (connection !== undefined) connection.release(!isUsable(driver, error));
      else
        taking.then(
          (unused) => unused.release(),
          () => undefined,
        );
      if (signal?.aborted === true) throw signal.reason;
      throw sqlError(driver, doing, error);
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", abort);
    }
  };
  return {
    use,
    transact: (signal, work) =>
      use(signal, async (connection) => {
        await connection.run("begin", []);
        try {
          const result = await work(connection);
          await connection.run("commit", []);
          return result;
        } catch (error) {
          // What cannot be rolled back ends with its connection.
          if (isUsable(driver, error)) await connection.run("rollback", []);
          throw error;
        }
      }),
    stream: (text, values) => ({
      async *[Symbol.asyncIterator]() {
        let isDone = false;
        let connection: SqlConnection | undefined;
        try {
          connection = await pool.take();
          yield* connection.stream(text, values);
          isDone = true;
        } catch (error) {
          throw sqlError(driver, doing, error);
        } finally {
          connection?.release(!isDone);
        }
      },
    }),
  };
}
