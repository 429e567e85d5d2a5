import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ServerProgram } from "./definition.ts";

const READY_MS = 120_000;
const STOP_MS = 20_000;
const LOOK_MS = 50;
const ANSWER_MS = 2000;
const LOG_END = 3000;
const PID_SUFFIX = ".pid";

/** Starts programs, one after another, with their logs beside their process ids; resolves when all are ready. Those that run are left. */
export async function startPrograms(folder: string, programs: readonly ServerProgram[]): Promise<void> {
  const ready: Promise<void>[] = [];
  for (const program of programs) {
    if (runningPid(folder, program.name) === undefined) ready.push(waitUntilReady(folder, program, await spawnProgram(folder, program)));
  }
  await Promise.all(ready);
}

async function spawnProgram(folder: string, program: ServerProgram): Promise<ChildProcess> {
  const { name, command, args, env, ready, stopSignal } = program;
  const log = openSync(logFile(folder, name), "a");
  // Of its own group: Ctrl-C in the terminal of a test is not for the server, which is ended in order.
  const child = spawn(command, args, { cwd: folder, detached: true, env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
  closeSync(log);
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  const { pid } = child;
  if (pid === undefined) throw await failed;
  child.unref();
  const started: Started = { pid, since: startOf(pid), ready, ...(stopSignal === undefined ? {} : { stopSignal }) };
  await writeFile(pidFile(folder, name), JSON.stringify(started));
  return child;
}

async function waitUntilReady(folder: string, program: ServerProgram, child: ChildProcess): Promise<void> {
  const limit = performance.now() + READY_MS;
  while (!(await isReady(program))) {
    if (child.exitCode !== null || child.signalCode !== null) throw await complaint(folder, program, "ended before it was ready");
    if (performance.now() > limit) throw await complaint(folder, program, `was not ready after ${READY_MS / 1000} s`);
    await setTimeout(LOOK_MS);
  }
}

/** Ends a program if it runs, and resolves when it has ended. One that does not end in order is killed. */
export async function endProgram(folder: string, name: string, signal?: "SIGKILL"): Promise<void> {
  const found = readPidFile(folder, name);
  if (found !== undefined && isAlive(found)) {
    const { pid, ready, stopSignal } = found;
    signalGroup(pid, signal ?? stopSignal ?? "SIGTERM");
    // Whoever is held does not hear of it.
    signalGroup(pid, "SIGCONT");
    const limit = performance.now() + STOP_MS;
    // The first thread of a process ends before the others, and a script before what it has started.
    while (isAlive(found) || (await takesConnections(ready))) {
      if (performance.now() > limit) signalGroup(pid, "SIGKILL");
      await setTimeout(LOOK_MS);
    }
  }
  await rm(pidFile(folder, name), { force: true });
}

/** Tells a program and what it has started; those that have ended hear nothing. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The process of a program, if it runs. */
export function runningPid(folder: string, name: string): number | undefined {
  const found = readPidFile(folder, name);
  return found !== undefined && isAlive(found) ? found.pid : undefined;
}

/** The names of the programs that were started in a folder and not ended in order. */
export async function startedPrograms(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((): string[] => []);
  return files.filter((file) => file.endsWith(PID_SUFFIX)).map((file) => file.slice(0, -PID_SUFFIX.length));
}

/** What has to be known of a process to end it. */
interface Started extends Pick<ServerProgram, "ready" | "stopSignal"> {
  readonly pid: number;
  /** Tells it from a later process that got the same number. */
  readonly since?: string | undefined;
}

function readPidFile(folder: string, name: string): Started | undefined {
  const file = pidFile(folder, name);
  // Written by `startProgram` alone.
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Started) : undefined;
}

function isAlive({ pid, since }: Started): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return startOf(pid) === since;
}

function isReady({ ready, isReady: look }: ServerProgram): Promise<boolean> {
  return takesConnections(ready).then((listens) => (listens && look !== undefined ? look().catch(() => false) : listens));
}

/** Whether a server that speaks first does so. */
export function greets(port: number): Promise<boolean> {
  return connects(port, "data");
}

export function takesConnections(port: number): Promise<boolean> {
  return connects(port, "connect");
}

function connects(port: number, event: "connect" | "data"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    const done = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(ANSWER_MS, () => done(false));
    socket.once(event, () => done(true)).once("close", () => done(false));
    socket.on("error", () => undefined);
  });
}

/** When the process started, as the system says it; undefined where it does not. A process that waits to be reaped has ended. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? "ended" : fields[19];
  } catch {
    return undefined;
  }
}

async function complaint(folder: string, { name }: ServerProgram, what: string): Promise<Error> {
  const log = await readFile(logFile(folder, name), "utf8").catch(() => "");
  return new Error(`${name} ${what}. Its log (${logFile(folder, name)}) ends with:\n${log.slice(-LOG_END)}`);
}

function pidFile(folder: string, name: string): string {
  return join(folder, `${name}${PID_SUFFIX}`);
}

function logFile(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}
