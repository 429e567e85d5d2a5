import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Ports, ServerDefinition } from "./definition.ts";
import { endProgram, runningPid, signalGroup, startPrograms } from "./process.ts";

export interface StartOptions {
  /** Its own folder: configuration, data, log and the ids of its processes. */
  readonly folder: string;
  /** Ports by name; free ones for those that are left out. */
  readonly ports?: Ports;
  /** Where downloads are kept. Default `~/.cache/portolan/servers`. */
  readonly cache?: string;
  readonly say?: (text: string) => void;
}

/** A server that runs. */
export interface RunningServer extends AsyncDisposable {
  readonly name: string;
  readonly ports: Ports;
  /** Where clients find it, such as `{ KAFKA_BROKERS: "127.0.0.1:9092" }`. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The names of its processes. The methods below are for one of them, or for all. */
  readonly programs: readonly string[];
  /** Ends it at once, as `kill -9` does. */
  kill(program?: string): Promise<void>;
  /** Ends it in order. */
  stop(program?: string): Promise<void>;
  /** Starts what has ended, on the same ports and data; resolves when it is ready. */
  start(program?: string): Promise<void>;
  /** Holds it (SIGSTOP) until `resume`. */
  pause(program?: string): void;
  resume(program?: string): void;
}

/** Starts a server and resolves when it is ready. Throws an Error with the end of its log if that does not come. */
export async function startServer(definition: ServerDefinition, options: StartOptions): Promise<RunningServer> {
  const { folder, cache = join(homedir(), ".cache", "portolan", "servers"), say = () => undefined } = options;
  const ports = await completePorts(definition, options.ports ?? {});
  await mkdir(folder, { recursive: true });
  await mkdir(cache, { recursive: true });
  const programs = await definition.prepare({ folder, cache, ports, say });
  const chosen = (name?: string) => programs.filter((program) => name === undefined || program.name === name);
  const end = async (name: string | undefined, how?: "SIGKILL") => {
    await Promise.all(chosen(name).map((program) => endProgram(folder, program.name, how)));
  };
  const signal = (name: string | undefined, what: NodeJS.Signals) => {
    for (const program of chosen(name)) {
      const pid = runningPid(folder, program.name);
      if (pid !== undefined) signalGroup(pid, what);
    }
  };
  const server: RunningServer = {
    name: definition.name,
    ports,
    addresses: definition.addresses(ports),
    programs: programs.map(({ name }) => name),
    kill: (name) => end(name, "SIGKILL"),
    stop: (name) => end(name),
    start: (name) => startPrograms(folder, chosen(name)),
    pause: (name) => signal(name, "SIGSTOP"),
    resume: (name) => signal(name, "SIGCONT"),
    [Symbol.asyncDispose]: () => server.stop(),
  };
  try {
    await server.start();
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

/** Every port of a server: those that are given, and for the others free ones. */
async function completePorts(definition: ServerDefinition, given: Ports): Promise<Ports> {
  const names = Object.keys(definition.ports).filter((name) => given[name] === undefined);
  const free = await freePorts(names.length);
  return { ...given, ...Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0])) };
}

/** So many different ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
