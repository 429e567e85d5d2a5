import { fork } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "./command.ts";
import type { FromVersion, Order, ToVersion } from "./dev-protocol.ts";
import type { ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import { isSeenAgain } from "./read-again.ts";
import { watchAppFiles } from "./watch-files.ts";

export interface Supervision extends Order {
  readonly io: Io;
}

/** How long a version that was told to stop may take; then it is killed, and what it left undone is delivered again to the next. */
const STOP_MS = 2000;

/**
 * Runs versions of an app, one at a time, until the process is told to stop. A changed app is loaded and checked beside the
 * running version, which ends only when the new one is known to be sound. A version that consists of flow files alone reads those
 * again itself: its doors stay open.
 */
export async function superviseApp({ path, settings, io }: Supervision): Promise<ExitName> {
  const directory = directoryOf(path);
  const say = (text: string) => io.stdout.write(`${paintFor(io.stdout)("dim", text)}\n`);
  const also = new Set<string>();
  let running: Version | undefined;
  let next: Version | undefined;
  /** Whether the running version can read its files again. */
  let reloads = false;
  let stopping = false;

  const begin = () => {
    next?.kill();
    let readsAgain = false;
    const version = startVersion(
      { path, settings },
      {
        async loaded(files, canBeReadAgain) {
          for (const file of files) also.add(file);
          readsAgain = canBeReadAgain;
          const before = running;
          running = undefined;
          await before?.stop();
          if (next === version) version.send({ kind: "go" });
        },
        running() {
          if (next !== version) return;
          running = version;
          reloads = readsAgain;
          next = undefined;
          say(`watching ${relative(io.directory, directory) || "."} for changes (Ctrl-C ends it)`);
        },
        reloaded(files) {
          for (const file of files) also.add(file);
          say("watching for changes");
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
      if (running !== undefined && next === undefined && reloads && isSeenAgain(file)) running.send({ kind: "reload" });
      else begin();
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
  readonly loaded: (files: readonly string[], canBeReadAgain: boolean) => Promise<void>;
  readonly reloaded: (files: readonly string[]) => void;
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
    if (message.kind === "loaded") void events.loaded(message.files, message.canBeReadAgain);
    else if (message.kind === "reloaded") events.reloaded(message.files);
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
