import { app, route } from "@portolan/engine";
import { file } from "@portolan/connectors/file";
import { createFormats } from "@portolan/formats";
import { peakMegabytes } from "../peak-memory.ts";
import { startEngine } from "../portolan-engine.ts";

/** `node stream-node.ts DIRECTORY` splits the file in the folder, and writes the records and the greatest memory as JSON. */
const [directory = ""] = process.argv.slice(2);

let records = 0;
const ended = Promise.withResolvers<void>();
const load = route("load")
  .from(file.watch<unknown>({ directory, complete: "atOnce", onSuccess: "delete", stream: true }))
  .split(
    (m) => m.body,
    (r) =>
      r.map((m) => {
        records += 1;
        return m.body;
      }),
  )
  .map(() => ended.resolve());

const engine = await startEngine(app("bench", { routes: [load] }), { services: { ...createFormats(), directory } });
await ended.promise;
await engine.stop();
process.stdout.write(`${JSON.stringify({ records, megabytes: peakMegabytes() })}\n`);
