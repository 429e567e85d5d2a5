import path from "node:path";
import { app, channel, route } from "@portolan/engine";
import { file } from "@portolan/connectors/file";
import { createFormats } from "@portolan/formats";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { peakMegabytes } from "../peak-memory.ts";
import { startEngine } from "../portolan-engine.ts";

/**
 * `node stream-node.ts DIRECTORY [channel]` splits the file in the folder, and writes the records and the greatest memory as JSON.
 * With `channel` the records go to a durable channel in SQLite, all of them in one unit of work.
 */
const [directory = "", destination] = process.argv.slice(2);
const isSent = destination === "channel";

let records = 0;
const ended = Promise.withResolvers<void>();
const load = route("load")
  .from(file.watch<unknown>({ directory, complete: "atOnce", onSuccess: "delete", stream: true }))
  .split(
    (m) => m.body,
    (r) => {
      const counted = r.map((m) => {
        records += 1;
        return m.body;
      });
      return isSent ? counted.to(channel("records")) : counted;
    },
  )
  .map(() => ended.resolve());

const durable = isSent ? createSqliteStore({ directory: path.join(directory, "store"), clock: createSystemClock() }) : undefined;
const options = { services: { ...createFormats(), directory }, ...(durable === undefined ? {} : { durable }) };
const engine = await startEngine(app("bench", { routes: [load] }), options);
await ended.promise;
await engine.stop();
const stored = (await durable?.channels())?.find(({ name }) => name === "records")?.waiting ?? records;
if (stored !== records) throw new Error(`of ${records} records ${stored} came to the channel`);
await durable?.close();
process.stdout.write(`${JSON.stringify({ records, megabytes: peakMegabytes() })}\n`);
