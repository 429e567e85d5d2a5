import path from "node:path";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer, type ServerOptions, type ServerProcess } from "./http/server-process.ts";
import { interleave, interleaveSessions, type Contestant, type Samples } from "./interleave.ts";
import { row, skippedRow, speedOver } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { requestOf } from "./soap/order.ts";
import { workFolder } from "./work-folder.ts";

/** How often an order has three lines. */
const SIZES = [1, 20];
const REQUESTS = 1000;
const CONNECTIONS = 16;
const WARM_UPS = 3;
const ROUNDS = 7;
const SESSIONS = 3;
const AGAINST_NPM = { atLeast: 3 };
const NPM = "npm soap";

if (canMeasureProcesses) await measure();
else report("soap", [skippedRow(`speed ÷ ${NPM}`, "needs the /proc of Linux", AGAINST_NPM)]);

async function measure(): Promise<void> {
  buildPackages();
  const rows = [];
  for (const times of SIZES) {
    const samples = await interleaveSessions(SESSIONS, () => session(times));
    reportSamples(samples, `µs CPU a request of ${times * 3} lines`);
    rows.push(row(`${times * 3} lines: speed ÷ ${NPM}`, speedOver(samples, "portolan", NPM), AGAINST_NPM));
  }
  report("soap", rows);
}

/** Starts both servers, puts the load on them in turns, and stops them. */
async function session(times: number): Promise<Samples> {
  const here = import.meta.dirname;
  const folder = workFolder();
  const servers: ServerProcess[] = [];

  const serve = async (name: string, options: (port: number) => ServerOptions): Promise<Contestant> => {
    const port = await freePort();
    const server = await startServer(options(port));
    servers.push(server);
    const load = { port, path: "/orders", body: requestOf(times), requests: REQUESTS, connections: CONNECTIONS };
    return {
      name,
      async round() {
        const before = server.cpuMicroseconds();
        const reply = await exchange({
          ...load,
          method: "POST",
          headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '"urn:orders#place"' },
        });
        // The texts differ in prefixes.
        if (!/<(?:\w+:)?total>\d/.test(reply)) throw new Error(`expected the receipt of ${name}, found ${reply}`);
        return (server.cpuMicroseconds() - before) / REQUESTS;
      },
    };
  };

  try {
    const contestants = [
      await serve("portolan", (port) => ({
        command: portolanStart(path.join(here, "soap/app"), { port, store: folder.path }),
        ready: /"ready"/,
      })),
      await serve(NPM, (port) => ({
        command: [process.execPath, path.join(here, "soap/npm-soap-server.ts"), String(port)],
        ready: /^ready/,
      })),
    ];
    // Compiled by the load before it is measured.
    for (const { round } of contestants) for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) await round();
    return await interleave(contestants, ROUNDS);
  } finally {
    for (const server of servers) await server.stop();
    folder.remove();
  }
}
