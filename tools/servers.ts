import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import {
  endProgram,
  freePorts,
  type Ports,
  runningPid,
  SERVERS,
  type ServerDefinition,
  startedPrograms,
  startServer,
  takesConnections,
} from "@portolan/testkit/servers";

const ROOT = join(import.meta.dirname, "..", ".servers");
const USAGE = `npm run servers -- up NAME…        starts real servers on loopback, each in .servers/NAME; prints where they are
npm run servers -- down [NAME…]    stops them (all); --purge removes their data as well
npm run servers -- ls              what there is, and what runs

${[...SERVERS.values()].map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join("\n")}`;

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { purge: { type: "boolean", default: false } } });
const [command = "", ...names] = positionals;
const wrong = names.filter((name) => !SERVERS.has(name));

if (wrong.length > 0 || !["up", "down", "ls"].includes(command) || (command === "up" && names.length === 0)) {
  tell(`${wrong.length > 0 ? `There is no server ${wrong.map((name) => `"${name}"`).join(", ")}.\n\n` : ""}${USAGE}`);
  process.exitCode = 2;
} else if (command === "up") await up(names.flatMap((name) => SERVERS.get(name) ?? []));
else if (command === "down") await down(names.length > 0 ? names : await folders());
else await list();

async function up(servers: readonly ServerDefinition[]): Promise<void> {
  for (const server of servers) {
    const folder = join(ROOT, server.name);
    const ports = await portsOf(server, folder);
    try {
      const { addresses } = await startServer(server, { folder, ports, say: (text) => tell(`${server.name}: ${text}`) });
      // To be read by a shell: export $(npm run --silent servers -- up kafka)
      for (const [name, address] of Object.entries(addresses)) process.stdout.write(`${name}=${address}\n`);
    } catch (error) {
      tell(`${server.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}

async function down(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const folder = join(ROOT, name);
    const programs = await startedPrograms(folder);
    await Promise.all(programs.map((program) => endProgram(folder, program)));
    if (options.purge) await rm(folder, { recursive: true, force: true });
    tell(programs.length === 0 ? `${name} did not run` : `${name} has stopped`);
  }
}

async function list(): Promise<void> {
  for (const { name, title } of SERVERS.values()) {
    const folder = join(ROOT, name);
    const programs = await startedPrograms(folder);
    const runs = programs.length > 0 && programs.every((program) => runningPid(folder, program) !== undefined);
    process.stdout.write(
      `${runs ? "runs" : "    "}  ${name.padEnd(14)} ${title}${runs ? `, in ${relative(process.cwd(), folder)}` : ""}\n`,
    );
  }
}

async function folders(): Promise<string[]> {
  return (await readdir(ROOT).catch((): string[] => [])).filter((name) => SERVERS.has(name));
}

/** The ports of the last time; at first the usual ones, and a free one for each that somebody else has. */
async function portsOf(server: ServerDefinition, folder: string): Promise<Ports> {
  const file = join(folder, "ports.json");
  // Written here alone.
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as Ports;
  const usual = Object.entries(server.ports);
  const [taken, free] = await Promise.all([Promise.all(usual.map(([, port]) => takesConnections(port))), freePorts(usual.length)]);
  const ports = Object.fromEntries(usual.map(([name, port], index) => [name, taken[index] === true ? (free[index] ?? 0) : port]));
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
