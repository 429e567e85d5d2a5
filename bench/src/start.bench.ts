import { cpSync } from "node:fs";
import path from "node:path";
import { freePort } from "./http/free-port.ts";
import { exchange } from "./http/load.ts";
import { buildPackages, portolanStart } from "./http/portolan-command.ts";
import { canMeasureProcesses, startServer, type ServerOptions, type ServerProcess } from "./http/server-process.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { costOver, row, skippedRow, spread, type Row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const REQUESTS = 3000;
const CONNECTIONS = 16;
const LOAD_ROUNDS = 21;
const START_ROUNDS = 5;
const BODY = JSON.stringify({ id: "o-1", total: 1500 });
const REPLY = JSON.stringify({ id: "o-1", approval: "manager" });
const TARGETS = {
  start: { atMost: 0.5, unit: " s" },
  memory: { atMost: 100, unit: " MB" },
  request: { atMost: 1.4 },
};

const READY = /"ready"/;

interface Competitor {
  readonly name: string;
  readonly options: (port: number) => ServerOptions;
}

function competitors(directory: string): readonly Competitor[] {
  const here = import.meta.dirname;
  const node = [process.execPath, "--conditions=portolan-source"];
  const red = path.resolve(here, "../node_modules/node-red/red.js");
  const portolan = (app: string, port: number) =>
    portolanStart(path.join(here, "start", app), { port, store: path.join(directory, `store-${app}`) });
  // Node-RED writes beside its settings.
  const redHome = path.join(directory, "node-red");
  cpSync(path.join(here, "start/node-red"), redHome, { recursive: true });
  return [
    { name: "portolan", options: (port) => ({ command: portolan("app", port), ready: READY }) },
    { name: "portolan, flow file", options: (port) => ({ command: portolan("flow", port), ready: READY }) },
    {
      name: "node:http",
      options: (port) => ({ command: [...node, path.join(here, "start/bare-server.ts"), String(port)], ready: /^ready/ }),
    },
    {
      name: "Node-RED",
      options: (port) => ({
        command: [process.execPath, red, "--userDir", redHome, "--settings", path.join(redHome, "settings.cjs"), "--port", String(port)],
        ready: /Started flows/,
      }),
    },
  ];
}

/** CPU seconds until ready, and the memory then, of processes that are started for it and stopped again. */
async function measureStarts(all: readonly Competitor[]) {
  const megabytes = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  const contestant = ({ name, options }: Competitor): Contestant => ({
    name,
    async round() {
      const server = await startServer(options(await freePort()));
      megabytes.get(name)?.push(server.startMegabytes);
      await server.stop();
      return server.startSeconds;
    },
  });
  return { seconds: await interleave(all.map(contestant), START_ROUNDS), megabytes };
}

/** CPU microseconds a request, and megabytes after all of them. */
async function measureLoad(all: readonly Competitor[]) {
  const servers: ServerProcess[] = [];
  const contestants: Contestant[] = [];
  try {
    for (const { name, options } of all) {
      const port = await freePort();
      const server = await startServer(options(port));
      servers.push(server);
      const round = async () => {
        const before = server.cpuMicroseconds();
        const reply = await exchange({ method: "POST", port, path: "/price", body: BODY, requests: REQUESTS, connections: CONNECTIONS });
        if (reply !== REPLY) throw new Error(`expected ${REPLY} from ${name}, found ${reply}`);
        return (server.cpuMicroseconds() - before) / REQUESTS;
      };
      contestants.push({ name, round });
    }
    const requests = await interleave(contestants, LOAD_ROUNDS);
    const memory = new Map(all.map(({ name }, index) => [name, [servers[index]?.residentMegabytes() ?? 0]]));
    return { requests, memory };
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function measure(): Promise<readonly Row[]> {
  buildPackages();
  const folder = workFolder();
  try {
    const all = competitors(folder.path);
    const { seconds, megabytes } = await measureStarts(all);
    const { requests, memory } = await measureLoad(all);
    reportSamples(seconds, "s CPU to be ready");
    reportSamples(megabytes, "MB resident when ready");
    reportSamples(memory, "MB resident after the load");
    reportSamples(requests, "µs CPU a request");
    return [
      row("CPU seconds to be ready", spread(seconds.get("portolan") ?? []), TARGETS.start),
      row("megabytes resident when ready", spread(megabytes.get("portolan") ?? []), TARGETS.memory),
      row("CPU a request ÷ node:http", costOver(requests, "portolan", "node:http"), TARGETS.request),
      row("CPU a request of the flow file ÷ node:http", costOver(requests, "portolan, flow file", "node:http")),
      row("CPU to be ready ÷ Node-RED", costOver(seconds, "portolan", "Node-RED")),
      row("megabytes resident when ready ÷ Node-RED", costOver(megabytes, "portolan", "Node-RED")),
      row("CPU a request ÷ Node-RED", costOver(requests, "portolan", "Node-RED")),
    ];
  } finally {
    folder.remove();
  }
}

const reason = "needs the /proc of Linux";
report("start", canMeasureProcesses ? await measure() : Object.entries(TARGETS).map(([name, target]) => skippedRow(name, reason, target)));
