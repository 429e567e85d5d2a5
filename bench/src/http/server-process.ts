import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

export interface ServerOptions {
  readonly command: readonly string[];
  /** The line on standard output by which it says that it is ready. */
  readonly ready: RegExp;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A server in a process of its own. */
export interface ServerProcess {
  /** CPU seconds from the start of the process until it was ready, and the memory that it had then. */
  readonly startSeconds: number;
  readonly startMegabytes: number;
  /** CPU microseconds that its threads have used so far. */
  cpuMicroseconds(): number;
  residentMegabytes(): number;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const TICKS_A_SECOND = 100;

/** Where the kernel says what a process uses; without it there is nothing to compare. */
export const canMeasureProcesses = process.platform === "linux";

export async function startServer({ command, ready, environment }: ServerOptions): Promise<ServerProcess> {
  const [file = "", ...args] = [...pinning(), ...command];
  const server = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  let said = "";
  server.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(server, "spawn");
  const { pid } = server;
  if (pid === undefined) throw new Error(`${command.join(" ")} has no process id`);
  const deadline = setTimeout(() => server.kill(), READY_WITHIN_MS);
  for await (const line of createInterface({ input: server.stdout })) {
    said += `${line}\n`;
    if (!ready.test(line)) continue;
    clearTimeout(deadline);
    const [startSeconds, startMegabytes] = [cpuTicks(pid) / TICKS_A_SECOND, resident(pid)];
    server.stdout.resume();
    return {
      startSeconds,
      startMegabytes,
      cpuMicroseconds: () => onCpu(pid),
      residentMegabytes: () => resident(pid),
      async stop() {
        if (server.exitCode !== null || server.signalCode !== null) return;
        server.kill();
        await once(server, "exit");
      },
    };
  }
  throw new Error(`${command.join(" ")} ended before it was ready:\n${said}`);
}

/** One core for all servers, so that none of them wanders; the load comes from the others. */
function pinning(): readonly string[] {
  return spawnSync("taskset", ["--version"]).status === 0 ? ["taskset", "-c", "0"] : [];
}

/** User and system time, threads that have ended included. */
function cpuTicks(pid: number): number {
  // The name, in parentheses, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function resident(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1000;
}

/** Nanoseconds on a core, of the threads that live: ticks would be too coarse for some thousand requests. */
function onCpu(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1000;
}
