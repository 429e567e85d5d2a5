import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** A `portolan` command that runs in a process of its own, for the tests. */
export interface CommandProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the match as soon as the output has it, from `after` on; rejects when the process ended without it. */
  shows(pattern: RegExp, options?: { readonly on?: "stdout" | "stderr"; readonly after?: number }): Promise<RegExpExecArray>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface CommandSettings {
  readonly directory: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const BIN = fileURLToPath(new URL("../bin/portolan.js", import.meta.url));

export function startCommand(argv: readonly string[], settings: CommandSettings): CommandProcess {
  const child = spawn(process.execPath, ["--conditions=portolan-source", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", BIN, ...argv], {
    cwd: settings.directory,
    env: { ...process.env, ...settings.environment },
    stdio: "pipe",
  });
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  let hasEnded = false;
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
      for (const look of waiting) look();
    });
  }
  child.stdin.on("error", () => undefined).end(settings.input ?? "");
  const ended = once(child, "close").then(([code, signal]) => {
    hasEnded = true;
    for (const look of waiting) look();
    return { code, signal };
  });
  return {
    child,
    ended,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    shows(pattern, { on = "stdout", after = 0 } = {}) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output[on].slice(after));
          if (match === null && !hasEnded) return;
          waiting.delete(look);
          if (match !== null) resolve(match);
          else reject(new Error(`ended without ${pattern}:\n${output.stdout}\n${output.stderr}`));
        };
        waiting.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a command to its end. */
export async function runCommand(argv: readonly string[], settings: CommandSettings) {
  await using command = startCommand(argv, settings);
  const { code } = await command.ended;
  return { code, stdout: command.stdout, stderr: command.stderr };
}

/** Starts a node and waits until it is ready. */
export async function startReady(argv: readonly string[], settings: CommandSettings): Promise<CommandProcess & { readonly url: string }> {
  const command = startCommand(["start", "--port", "0", ...argv], settings);
  const [, url = ""] = await command.shows(/"message":"ready".*"url":"([^"]+)"/);
  return Object.assign(command, { url });
}

/** A port that somebody else has. */
export async function takePort(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return { port: address.port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}
