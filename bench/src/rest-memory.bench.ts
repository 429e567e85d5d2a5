import path from "node:path";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer } from "./http/server-process.ts";
import { row, skippedRow } from "./ratios.ts";
import { report } from "./report.ts";
import { ORDER } from "./rest/order.ts";
import { workFolder } from "./work-folder.ts";

/**
 * Runs for a minute or two: whether a door keeps something of each request shows only after very many of them. Within the first million V8 lets
 * the old generation grow by some 20 MB before it collects it for the first time; from then on it has to stay.
 */
const PART = 250_000;
const PARTS = 8;
const FLAT = { atMost: 1.1 };
const NAME = "resident after 2 M requests ÷ after 1 M";

if (canMeasureProcesses) await measure();
else report("rest-memory", [skippedRow(NAME, "needs the /proc of Linux", FLAT)]);

async function measure(): Promise<void> {
  buildPackages();
  const port = await freePort();
  const folder = workFolder();
  const server = await startServer({
    command: portolanStart(path.join(import.meta.dirname, "rest/api-app"), { port, store: folder.path }),
    ready: /"ready"/,
  });
  const megabytes: number[] = [];
  try {
    for (let part = 0; part < PARTS; part++) {
      // Each request another one, so that whatever is remembered by what was sent would grow.
      await exchange({
        port,
        method: "POST",
        path: `/orders?part=${part}`,
        body: JSON.stringify({ ...ORDER, id: `o-${part}` }),
        requests: PART,
        connections: 16,
      });
      megabytes.push(server.residentMegabytes());
      process.stdout.write(`${(part + 1) * PART} requests: ${server.residentMegabytes().toFixed(0)} MB\n`);
    }
  } finally {
    await server.stop();
    folder.remove();
  }
  const growth = (megabytes.at(-1) ?? Infinity) / (megabytes[PARTS / 2 - 1] ?? 0);
  report("rest-memory", [row(NAME, { median: growth, min: growth, max: growth }, FLAT)]);
}
