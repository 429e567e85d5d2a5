import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/** A node that runs this example in a process of its own, as `portolan start` does. */
export interface NodeProcess extends AsyncDisposable {
  readonly pid: number;
  /** The URL of its doors, once it takes messages; rejects if it ended before. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ending>;
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<Ending>;
  /** Lets it finish what is in process. */
  stop(): Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeSettings {
  /** The folder of everything that the example reads and writes. */
  readonly data: string;
  /** The address of the receiver. */
  readonly receiver: string;
}

const COMMAND = join(dirname(findPackageJSON("portolan", import.meta.url) ?? ""), "bin", "portolan.js");
const ARGUMENTS = ["--conditions=portolan-source", COMMAND];
const Ready = z.object({ message: z.literal("ready"), url: z.string() });

/** Its log goes to `node.log` in the folder. */
export function startNodeProcess({ data, receiver }: NodeSettings): NodeProcess {
  const child = spawn(process.execPath, [...ARGUMENTS, "start", import.meta.dirname, "--port", "0", "--store", storeOf(data)], {
    env: { ...process.env, QUAKES_DATA: data, QUAKES_RECEIVER: receiver },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(join(data, "node.log"), { flags: "a" });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log.write(text);
    complaint += text;
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    log.write(text);
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    const url = lines.map(readyUrl).find((found) => found !== undefined);
    if (url !== undefined) resolve(url);
  });
  // Whoever does not wait for it to be ready need not hear that it never was.
  ready.catch(() => undefined);
  const ended = once(child, "close").then(([code, signal]): Ending => {
    log.end();
    reject(new Error(`the node ended with code ${code}: ${complaint}`));
    return { code, signal };
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

/** Runs a `portolan` command on the example's store, and yields the JSON lines that it prints. */
export async function askStore(data: string, ...command: readonly string[]): Promise<unknown[]> {
  const argv = [...ARGUMENTS, ...command, "--json", "--store", storeOf(data)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 64 * 1024 ** 2 });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((text): unknown => JSON.parse(text));
}

function storeOf(data: string): string {
  return join(data, "store");
}

function readyUrl(line: string): string | undefined {
  return line.includes('"ready"') ? Ready.safeParse(JSON.parse(line)).data?.url : undefined;
}
