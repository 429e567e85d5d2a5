import path from "node:path";
import { QUERY } from "./graphql/order.ts";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer, type ServerOptions, type ServerProcess } from "./http/server-process.ts";
import { interleave, interleaveSessions, type Contestant, type Samples } from "./interleave.ts";
import { row, skippedRow, speedOver } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const REQUESTS = 2000;
const CONNECTIONS = 16;
const WARM_UPS = 3;
const ROUNDS = 7;
const SESSIONS = 3;
const AGAINST_YOGA = { atLeast: 0.9 };
const YOGA = "bare Yoga";

if (canMeasureProcesses) await measure();
else report("graphql", [skippedRow(`speed ÷ ${YOGA}`, "needs the /proc of Linux", AGAINST_YOGA)]);

async function measure(): Promise<void> {
  buildPackages();
  const replies = new Set<string>();
  const samples = await interleaveSessions(SESSIONS, () => session(replies));
  if (replies.size > 1) throw new Error(`expected the same reply from both, found ${[...replies].join(" and ")}`);
  reportSamples(samples, "µs CPU a request");
  report("graphql", [row(`speed ÷ ${YOGA}`, speedOver(samples, "portolan", YOGA), AGAINST_YOGA)]);
}

/** Starts both servers, puts the load on them in turns, and stops them. */
async function session(replies: Set<string>): Promise<Samples> {
  const here = import.meta.dirname;
  const folder = workFolder();
  const servers: ServerProcess[] = [];
  const body = JSON.stringify({ query: QUERY, variables: { id: "o-1" } });

  const serve = async (name: string, options: (port: number) => ServerOptions): Promise<Contestant> => {
    const port = await freePort();
    const server = await startServer(options(port));
    servers.push(server);
    return {
      name,
      async round() {
        const before = server.cpuMicroseconds();
        replies.add(await exchange({ method: "POST", port, path: "/graphql", body, requests: REQUESTS, connections: CONNECTIONS }));
        return (server.cpuMicroseconds() - before) / REQUESTS;
      },
    };
  };

  try {
    const contestants = [
      await serve("portolan", (port) => ({
        command: portolanStart(path.join(here, "graphql/app"), { port, store: folder.path }),
        ready: /"ready"/,
      })),
      await serve(YOGA, (port) => ({
        command: [process.execPath, path.join(here, "graphql/yoga-server.ts"), String(port)],
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
