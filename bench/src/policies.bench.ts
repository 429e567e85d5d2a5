import { spawnSync } from "node:child_process";
import path from "node:path";
import { freePort } from "./http/free-port.ts";
import { exchange, type Load } from "./http/load.ts";
import { canMeasureProcesses, startServer, type ServerProcess } from "./http/server-process.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { limiters } from "./policies/limiters.ts";
import { keepAsking, percentile } from "./policies/keep-asking.ts";
import { costOver, row, skippedRow, speedOver, spread, type Row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const REQUESTS = 2000;
const CONNECTIONS = 16;
const ROUNDS = 9;

const rows: Row[] = [
  ...(await limiterRows()),
  ...(canMeasureProcesses ? await doorRows() : [skippedRow("doors", "needs the /proc of Linux")]),
];
report("policies", [...rows, ...floodRows()]);

/** The limiter alone, beside the one that most take. */
async function limiterRows(): Promise<readonly Row[]> {
  const samples = await limiters(ROUNDS);
  reportSamples(samples, "µs CPU a request");
  return [
    row("limiter's speed ÷ rate-limiter-flexible in memory", speedOver(samples, "rateLimit", "rate-limiter-flexible"), { atLeast: 1 }),
  ];
}

/** Doors on the wire, and how others fare while one caller is refused. */
async function doorRows(): Promise<readonly Row[]> {
  const folder = workFolder();
  const port = await freePort();
  const script = path.join(import.meta.dirname, "policies/door-server.ts");
  const server = await startServer({
    command: [process.execPath, "--conditions=portolan-source", script, String(port), folder.path],
    ready: /^ready/,
  });
  try {
    const samples = await interleave(contestants(server, port), ROUNDS);
    reportSamples(samples, "µs CPU a request");
    return [
      row("cost of a door with a rate limit ÷ without", costOver(samples, "rate limit", "bare"), { atMost: 1.25 }),
      row("cost of a door with six policies ÷ without", costOver(samples, "six policies", "bare")),
      row("cost of a door with a quota in SQLite ÷ without", costOver(samples, "quota in SQLite", "bare")),
      row("cost of a door with keys in SQLite ÷ without", costOver(samples, "idempotency in SQLite", "bare")),
      row("speed of a cached reply ÷ of one that is made", speedOver(samples, "cached", "made"), { atLeast: 2 }),
      await neighbourRow(port),
    ];
  } finally {
    await server.stop();
    folder.remove();
  }
}

function contestants(server: ServerProcess, port: number): readonly Contestant[] {
  let key = 0;
  const caller = { "X-Api-Key": "caller", "Content-Type": "application/json" };
  const contestant = (name: string, load: Pick<Load, "path" | "method"> & Partial<Load>): Contestant => ({
    name,
    async round() {
      const before = server.cpuMicroseconds();
      await exchange({ port, requests: REQUESTS, connections: CONNECTIONS, headers: caller, ...load });
      return (server.cpuMicroseconds() - before) / REQUESTS;
    },
  });
  const post = { method: "POST", body: "{}" } as const;
  return [
    contestant("bare", { path: "/bare", ...post }),
    contestant("rate limit", { path: "/limited", ...post }),
    contestant("six policies", { path: "/all", ...post }),
    contestant("quota in SQLite", { path: "/quota", ...post }),
    contestant("idempotency in SQLite", { path: "/keyed", ...post, headers: () => ({ ...caller, "Idempotency-Key": `k${(key += 1)}` }) }),
    contestant("made", { path: "/work", method: "GET" }),
    contestant("cached", { path: "/cached", method: "GET" }),
  ];
}

/** The p99 of one caller, while another asks eight times as often and is refused, to that while it is not. */
async function neighbourRow(port: number): Promise<Row> {
  const p99 = async (place: string, expected: string): Promise<number> => {
    const over = Promise.withResolvers<void>();
    setTimeout(over.resolve, 4000);
    const crowd = Array.from({ length: 8 }, () => keepAsking({ port, path: place, key: "crowd" }, { pauseMs: 3, until: over.promise }));
    const { took } = await keepAsking({ port, path: "/many", key: "other" }, { pauseMs: 3, until: over.promise });
    for (const { statuses } of await Promise.all(crowd)) if (!statuses.has(expected)) throw new Error(`nobody got ${expected} at ${place}`);
    return percentile(took, 0.99);
  };
  await p99("/few", "429");
  const ratios: number[] = [];
  for (let round = 0; round < 5; round += 1) ratios.push((await p99("/few", "429")) / (await p99("/many", "200")));
  return row("p99 of one caller while another is refused ÷ while it is not", spread(ratios), { atMost: 1.2 });
}

/** How many requests go through each policy, every one with another key. */
const FLOODS: Readonly<Record<string, number>> = {
  rateLimit: 1_000_000,
  "rateLimit, keys of 8 KB": 200_000,
  quota: 1_000_000,
  idempotency: 1_000_000,
  cache: 1_000_000,
  "cache, Accept of 8 KB": 100_000,
};

/** What they leave behind. */
function floodRows(): readonly Row[] {
  const script = path.join(import.meta.dirname, "policies/flood.ts");
  return Object.entries(FLOODS).map(([kind, requests]) => {
    const argv = ["--expose-gc", "--conditions=portolan-source", script, kind, String(requests), "5"];
    const run = spawnSync(process.execPath, argv, { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the flood ${kind} ended with ${run.status}:\n${run.stderr}`);
    const megabytes = run.stdout
      .trim()
      .split("\n")
      .map((line) => Number(JSON.parse(line).heapMegabytes));
    process.stdout.write(
      `${kind}: heap ${megabytes.map((one) => one.toFixed(0)).join(", ")} MB after each fifth of ${requests} requests\n`,
    );
    const growth = (megabytes.at(-1) ?? Infinity) / (megabytes[0] ?? 0);
    return row(
      `heap after ${requests / 1000} k keys ÷ after a fifth: ${kind}`,
      { median: growth, min: growth, max: growth },
      { atMost: 1.1 },
    );
  });
}
