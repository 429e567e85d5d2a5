import { fork } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "./command.ts";
import type { FromVersion, Order, ToVersion } from "./dev-protocol.ts";
import type { ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import { watchAppFiles } from "./watch-files.ts";

export interface Supervision extends Order {
  readonly io: Io;
}

/** How long a version that was told to stop may take; then it is killed, and what it left undone is delivered again to the next. */
const STOP_MS = 2000;

/**
 * Runs versions of an app, one at a time, until the process is told to stop. A changed app is loaded and checked beside the
 * running version, which ends only when the new one is known to be sound.
 */
export async function superviseApp({ path, settings, io }: Supervision): Promise<ExitName> {
  const directory = directoryOf(path);
  const say = (text: string) => io.stdout.write(`${paintFor(io.stdout)("dim", text)}\n`);
  const also = new Set<string>();
  let running: Version | undefined;
  let next: Version | undefined;
  let stopping = false;

  const begin = () => {
    next?.kill();
    const version = startVersion(
      { path, settings },
      {
        async loaded(files) {
          for (const file of files) also.add(file);
          const before = running;
          running = undefined;
          await before?.stop();
          if (next === version) version.send({ kind: "go" });
        },
        running() {
          if (next !== version) return;
          running = version;
          next = undefined;
          say(`watching ${relative(io.directory, directory) || "."} for changes (Ctrl-C ends it)`);
        },
        failed(files) {
          for (const file of files) also.add(file);
          say(running === undefined ? "waiting for a change" : "waiting for a change; the version before keeps running");
        },
        ended(code) {
          if (next === version) next = undefined;
          if (running !== version) return;
          running = undefined;
          if (stopping) return;
          say(`the app ended with exit code ${code}; waiting for a change`);
        },
      },
    );
    next = version;
  };

  const stopRequested = signalled();
  const watcher = watchAppFiles({
    directory,
    also: () => also,
    onChange(file) {
      say(`\n${file} changed`);
      begin();
    },
    onError: (error) => io.stderr.write(`changes can no longer be seen: ${error.message}\n`),
  });
  begin();
  await stopRequested;
  stopping = true;
  watcher.close();
  next?.kill();
  await running?.stop();
  return "ok";
}

interface Version {
  send(message: ToVersion): void;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
  kill(): void;
}

interface VersionEvents {
  readonly loaded: (files: readonly string[]) => Promise<void>;
  readonly running: () => void;
  readonly failed: (files: readonly string[]) => void;
  readonly ended: (code: number | string) => void;
}

function startVersion(order: Order, events: VersionEvents): Version {
  // The sources are TypeScript here and JavaScript when published.
  const program = fileURLToPath(new URL(`./dev-version${extname(import.meta.url)}`, import.meta.url));
  const child = fork(program, process.argv.slice(2));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const send = (message: ToVersion) => {
    if (child.connected) child.send(message);
  };
  child.on("message", (message: FromVersion) => {
    if (message.kind === "loaded") void events.loaded(message.files);
    else if (message.kind === "failed") events.failed(message.files);
    else events.running();
  });
  child.once("exit", (code, signal) => events.ended(code ?? signal ?? "unknown"));
  send({ kind: "load", ...order });
  return {
    send,
    async stop() {
      send({ kind: "stop" });
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => resolve());
    }
  });
}

function directoryOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
}
