import path from "node:path";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer, type ServerOptions, type ServerProcess } from "./http/server-process.ts";
import { interleave, interleaveSessions, type Contestant, type Samples } from "./interleave.ts";
import { row, skippedRow, speedOver } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { ORDER } from "./rest/order.ts";
import { workFolder } from "./work-folder.ts";

const REQUESTS = 3000;
const CONNECTIONS = 16;
const WARM_UPS = 3;
const ROUNDS = 9;
const SESSIONS = 5;
const AGAINST_BARE = { atLeast: 0.85 };
const AGAINST_FASTIFY = { atLeast: 1 };

if (canMeasureProcesses) await measure();
else {
  const reason = "needs the /proc of Linux";
  report("rest", [skippedRow("speed ÷ node:http + ajv", reason, AGAINST_BARE), skippedRow("speed ÷ Fastify", reason, AGAINST_FASTIFY)]);
}

async function measure(): Promise<void> {
  buildPackages();
  const replies = new Set<string>();
  const samples = await interleaveSessions(SESSIONS, () => session(replies));
  if (replies.size > 1) throw new Error(`expected the same reply from all, found ${[...replies].join(" and ")}`);
  reportSamples(samples, "µs CPU a request");
  report("rest", [
    row("speed ÷ node:http + ajv", speedOver(samples, "portolan", "node:http + ajv"), AGAINST_BARE),
    row("speed of rest.api ÷ node:http + ajv", speedOver(samples, "portolan, rest.api", "node:http + ajv"), AGAINST_BARE),
    row("speed ÷ Fastify", speedOver(samples, "portolan", "Fastify"), AGAINST_FASTIFY),
  ]);
}

/** Starts all servers, puts the load on them in turns, and stops them. */
async function session(replies: Set<string>): Promise<Samples> {
  const here = import.meta.dirname;
  const folder = workFolder();
  const servers: ServerProcess[] = [];

  const serve = async (name: string, options: (port: number) => ServerOptions): Promise<Contestant> => {
    const port = await freePort();
    const server = await startServer(options(port));
    servers.push(server);
    return {
      name,
      async round() {
        const before = server.cpuMicroseconds();
        replies.add(
          await exchange({
            method: "POST",
            port,
            path: "/orders",
            body: JSON.stringify(ORDER),
            requests: REQUESTS,
            connections: CONNECTIONS,
          }),
        );
        return (server.cpuMicroseconds() - before) / REQUESTS;
      },
    };
  };
  const script = (file: string) => (port: number) => ({
    command: [process.execPath, path.join(here, "rest", file), String(port)],
    ready: /^ready/,
  });

  try {
    const contestants = [
      await serve("portolan", (port) => ({
        command: portolanStart(path.join(here, "rest/app"), { port, store: folder.path }),
        ready: /"ready"/,
      })),
      await serve("portolan, rest.api", (port) => ({
        command: portolanStart(path.join(here, "rest/api-app"), { port, store: folder.path + "-api" }),
        ready: /"ready"/,
      })),
      await serve("node:http + ajv", script("bare-server.ts")),
      await serve("Fastify", script("fastify-server.ts")),
    ];
    // Compiled by the load before it is measured.
    for (const { round } of contestants) for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) await round();
    return await interleave(contestants, ROUNDS);
  } finally {
    for (const server of servers) await server.stop();
    folder.remove();
  }
}
