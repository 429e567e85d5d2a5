import { openOwnDatabase } from "../../../packages/stores/src/sqlite/database-file.ts";
import { payload } from "./payload.ts";

/** What our store's transaction.ts runs for a message that is appended to a channel with one reader, and settled. */
const APPEND = `INSERT INTO messages (sequence, channel, id, kind, body, spool, headers, dead_letter, key, priority, appended_at, expires_at, attributes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const PEND = "INSERT INTO pending (subscription, sequence, due, key, priority) VALUES (?, ?, ?, ?, ?)";
const SETTLE = "DELETE FROM pending WHERE subscription = ? AND sequence = ?";

/**
 * The writes of the store and nothing else: one thread, no queue, no reading, nobody who waits. In each transaction as many
 * messages are appended as were in the one before, and those are settled.
 */
export function bareLoop(directory: string) {
  const database = openOwnDatabase(directory);
  const [append, pend, settle] = [APPEND, PEND, SETTLE].map((sql) => database.prepare(sql)) as [Statement, Statement, Statement];
  type Statement = ReturnType<typeof database.prepare>;
  let sequence = 0;
  let settled = 0;
  return {
    run(messages: number, perTransaction: number): void {
      const end = sequence + messages;
      while (settled < end) {
        database.exec("BEGIN IMMEDIATE");
        const appended = sequence;
        for (const last = Math.min(end, sequence + perTransaction); sequence < last;) {
          sequence += 1;
          append.run(
            sequence,
            1,
            `m${sequence}`,
            0,
            JSON.stringify(payload(sequence)),
            null,
            null,
            null,
            null,
            null,
            Date.now(),
            null,
            null,
          );
          pend.run(1, sequence, 0, null, null);
        }
        while (settled < appended) settle.run(1, ++settled);
        database.exec("COMMIT");
      }
    },
    close: () => database.close(),
  };
}
