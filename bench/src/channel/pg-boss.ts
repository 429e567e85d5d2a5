import { setTimeout } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import { sendAll, type Queue } from "./contestant.ts";
import { payload } from "./payload.ts";

const DEFAULT_SERVER = "postgres://postgres@127.0.0.1:5432/test";
const SCHEMA = "portolan_bench";
/** pg-boss looks for jobs from time to time; asking again at once shows what it can do. */
const PAUSE_MS = 2;

/** pg-boss on the PostgreSQL server that BENCH_POSTGRES names, in a schema of its own. */
export async function pgBoss(): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: process.env["BENCH_POSTGRES"] ?? DEFAULT_SERVER,
    schema: SCHEMA,
    max: 20,
    supervise: false,
    schedule: false,
  });
  boss.on("error", (error) => process.stderr.write(`pg-boss: ${String(error)}\n`));
  await boss.start();
  await boss.createQueue("orders");

  const processAll = async (messages: number) => {
    for (let left = messages; left > 0;) {
      const jobs = await boss.fetch("orders", { batchSize: 200 });
      if (jobs.length === 0) {
        await setTimeout(PAUSE_MS);
        continue;
      }
      await boss.complete(
        "orders",
        jobs.map((job) => job.id),
      );
      left -= jobs.length;
    }
  };
  return {
    async run(messages) {
      await Promise.all([sendAll(messages, (number) => boss.send("orders", payload(number))), processAll(messages)]);
    },
    async close() {
      await boss.getDb().executeSql(`DROP SCHEMA ${SCHEMA} CASCADE`);
      await boss.stop({ graceful: false });
    },
  };
}
