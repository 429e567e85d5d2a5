import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const MINUTE = 60_000;

/** Debian's packages, installed where they are not yet. Answers why they cannot be. */
export async function installed(packages: readonly string[], check: readonly [string, ...string[]]): Promise<string | undefined> {
  const [command, ...given] = check;
  const isThere = () =>
    run(command, given).then(
      () => true,
      () => false,
    );
  if (await isThere()) return undefined;
  const apt = (...words: readonly string[]) =>
    run("apt-get", ["-q", "-y", ...words], { timeout: 5 * MINUTE, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  try {
    await apt("update");
    await apt("install", "--no-install-recommends", ...packages);
  } catch (cause) {
    return `${packages.join(", ")} cannot be installed: ${wordsOf(cause)}`;
  }
  return (await isThere()) ? undefined : `${packages.join(", ")} are installed, and ${check.join(" ")} fails`;
}

/** The class path of Apache CXF, from Maven's repository. */
export async function cxfClassPath(): Promise<string> {
  const file = join(tmpdir(), `portolan-cxf-${process.pid}.txt`);
  await run("mvn", ["-q", "-B", "-f", join(HERE, "cxf", "pom.xml"), "dependency:build-classpath", `-Dmdep.outputFile=${file}`], {
    timeout: 10 * MINUTE,
  });
  return (await readFile(file, "utf8")).trim();
}

/** What a program prints as JSON. */
export async function jsonOf(command: string, given: readonly string[]): Promise<unknown> {
  const { stdout } = await run(command, given, { timeout: 2 * MINUTE });
  return JSON.parse(stdout) as unknown;
}

/** Java classes made of documents as CXF makes them, and the programs that use them, in `folder`. */
export async function compileJava(
  folder: string,
  {
    classPath,
    documents,
    programs,
  }: {
    readonly classPath: string;
    readonly documents: readonly (readonly [address: string, name: string])[];
    readonly programs: readonly string[];
  },
): Promise<string> {
  const sources = join(folder, "sources");
  const classes = join(folder, "classes");
  await mkdir(classes, { recursive: true });
  const given = documents.flatMap(([address, name]) => [address, name]);
  await run("java", ["-cp", classPath, join(HERE, "cxf", "Generate.java"), sources, ...given], { timeout: 2 * MINUTE });
  const made = (await run("find", [sources, "-name", "*.java"])).stdout.trim().split("\n");
  const own = programs.map((name) => join(HERE, "cxf", `${name}.java`));
  await run("javac", ["-nowarn", "-cp", classPath, "-d", classes, ...made, ...own], { timeout: 2 * MINUTE });
  return `${classPath}:${classes}`;
}

export interface RunningPeer extends AsyncDisposable {
  readonly port: number;
}

/** Starts a server at a free port, and waits until it takes connections. */
export async function startServer(
  command: string,
  given: (port: number) => readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningPeer> {
  const port = await freePort();
  const child = spawn(command, given(port), { env: { ...process.env, ...env }, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  await answering(port, child, () => said);
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said()}`);
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (response !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill();
  throw new Error(`the server did not answer: ${said()}`);
}

function wordsOf(cause: unknown): string {
  const words = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
  return words.trim().split("\n").at(-1) ?? "";
}

export const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
export const programOf = (name: string) => join(HERE, name);
