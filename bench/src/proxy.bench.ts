import { once } from "node:events";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { openConnections } from "./http/open-connections.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer, type ServerOptions, type ServerProcess } from "./http/server-process.ts";
import { interleave, interleaveSessions, type Contestant, type Samples } from "./interleave.ts";
import { hasNginx, nginxProxy } from "./proxy/nginx.ts";
import { row, skippedRow, speedOver, spread } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const REQUESTS = 3000;
const CONNECTIONS = 50;
const WARM_UPS = 3;
const ROUNDS = 7;
const SESSIONS = 3;
const OPEN_CONNECTIONS = 10_000;
const BARE = "node:http + undici dispatch";
const REPLY_FROM = "Fastify + reply-from";
const TARGETS = { bare: { atLeast: 0.85 }, replyFrom: { atLeast: 1.5 }, open: { atLeast: 1 } };
const NAMES = {
  bare: `speed ÷ ${BARE}`,
  replyFrom: `speed ÷ ${REPLY_FROM}`,
  nginx: "speed ÷ nginx, one process",
  open: "10,000 open connections, answered ÷ opened",
};

if (canMeasureProcesses) await measure();
else
  report(
    "proxy",
    Object.values(NAMES).map((name) => skippedRow(name, "needs the /proc of Linux")),
  );

async function measure(): Promise<void> {
  buildPackages();
  const replies = new Set<string>();
  const answered: number[] = [];
  const samples = await interleaveSessions(SESSIONS, () => session(replies, answered));
  if (replies.size > 1) throw new Error(`expected the same reply from all, found ${[...replies].join(" and ")}`);
  reportSamples(samples, "µs CPU a request");
  report("proxy", [
    row(NAMES.bare, speedOver(samples, "portolan", BARE), TARGETS.bare),
    row(NAMES.replyFrom, speedOver(samples, "portolan", REPLY_FROM), TARGETS.replyFrom),
    hasNginx
      ? row(NAMES.nginx, speedOver(samples, "portolan", "nginx"))
      : skippedRow(NAMES.nginx, "nginx is not installed; Debian has it as nginx-light"),
    row(NAMES.open, spread(answered), TARGETS.open),
  ]);
}

/** Starts all proxies and the server behind them, puts the load on them in turns, and stops them. */
async function session(replies: Set<string>, answered: number[]): Promise<Samples> {
  const here = path.join(import.meta.dirname, "proxy");
  const folder = workFolder();
  const servers: ServerProcess[] = [];
  const start = async (options: ServerOptions) => {
    const server = await startServer(options);
    servers.push(server);
    return server;
  };
  const serve = async (name: string, options: (port: number) => ServerOptions): Promise<Contestant & { readonly port: number }> => {
    const port = await freePort();
    const server = await start(options(port));
    await reachable(port);
    return {
      name,
      port,
      async round() {
        const before = server.cpuMicroseconds();
        replies.add(await exchange({ port, path: "/items/1", method: "GET", requests: REQUESTS, connections: CONNECTIONS }));
        return (server.cpuMicroseconds() - before) / REQUESTS;
      },
    };
  };
  try {
    const upstreamPort = await freePort();
    const upstream = `http://127.0.0.1:${upstreamPort}`;
    await start({ command: [process.execPath, path.join(here, "upstream.ts"), String(upstreamPort)], ready: /^ready/ });
    const script = (file: string) => (port: number) => ({
      command: [process.execPath, path.join(here, file), String(port), upstream],
      ready: /^ready/,
    });
    const portolan = await serve("portolan", (port) => ({
      command: portolanStart(path.join(here, "app"), { port, store: folder.path }),
      ready: /"ready"/,
      environment: { UPSTREAM: upstream },
    }));
    const contestants: Contestant[] = [
      portolan,
      await serve(BARE, script("bare-proxy.ts")),
      await serve(REPLY_FROM, script("fastify-proxy.ts")),
    ];
    if (hasNginx)
      contestants.push(
        await serve("nginx", (port) => ({ command: nginxProxy({ folder: folder.path, port, upstreamPort }), ready: /^ready/ })),
      );
    for (const { round } of contestants) for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) await round();
    const samples = await interleave(contestants, ROUNDS);
    answered.push((await openConnections({ port: portolan.port, path: "/items/1", connections: OPEN_CONNECTIONS })) / OPEN_CONNECTIONS);
    return samples;
  } finally {
    for (const server of servers) await server.stop();
    folder.remove();
  }
}

async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const outcome = await once(socket, "connect").catch((error: unknown) => error);
    socket.destroy();
    if (!(outcome instanceof Error)) return;
    await sleep(20);
  }
}
