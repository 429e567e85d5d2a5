import { fork, type ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PortolanError } from "@portolan/core";
import type { Io } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import type { TestOrder } from "./test-order.ts";
import type { FromTests, ToTests } from "./test-protocol.ts";
import { watchAppFiles } from "./watch-files.ts";

/** Runs tests, and again whenever a file changes, until the process is told to stop. A change during a run ends that run. */
export async function superviseTests(order: TestOrder, io: Io): Promise<ExitName> {
  const directory = directoryOf(order.cases ?? order.path);
  const say = (text: string) => io.stdout.write(`${paintFor(io.stdout)("dim", text)}\n`);
  const also = new Set<string>();
  let spare: ChildProcess | undefined;
  let running: ChildProcess | undefined;
  let isWanted = false;
  let isStopping = false;

  const begin = () => {
    const child = spare?.connected === true ? spare : startProcess();
    spare = undefined;
    running = child;
    isWanted = false;
    child.on("message", ({ files }: FromTests) => {
      for (const file of files) also.add(file);
    });
    child.once("exit", () => {
      running = undefined;
      if (isStopping) return;
      if (isWanted) return begin();
      spare = startProcess();
      say(`watching ${relative(io.directory, directory) || "."} for changes (Ctrl-C ends it)`);
    });
    child.send({ kind: "run", order } satisfies ToTests);
  };

  const stopRequested = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
  const watcher = watchAppFiles({
    directory,
    cases: true,
    also: () => also,
    onChange(file) {
      say(`\n${file} changed`);
      isWanted = true;
      if (running === undefined) begin();
      else running.kill("SIGKILL");
    },
    onError: (error) => io.stderr.write(`changes can no longer be seen: ${error.message}\n`),
  });
  begin();
  await stopRequested;
  isStopping = true;
  watcher.close();
  spare?.kill("SIGKILL");
  running?.kill("SIGKILL");
  return "ok";
}

/** The sources are TypeScript here and JavaScript when published. */
function startProcess(): ChildProcess {
  return fork(fileURLToPath(new URL(`./test-process${extname(import.meta.url)}`, import.meta.url)), process.argv.slice(2));
}

function directoryOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new PortolanError("PORTOLAN_FILE_FAILED", `there is nothing to watch: ${path} does not exist`, {
      hint: "Name the directory of the app, or of the cases.",
    });
  }
  return found.isFile() ? dirname(path) : path;
}
