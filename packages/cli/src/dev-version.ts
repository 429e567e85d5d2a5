import { resolve } from "node:path";
import { PortolanError } from "@portolan/core";
import { checkApp, contractPaths, createHumanLogger, createSystemClock, loadApp, startNode, type LoadedApp } from "@portolan/host";
import { renderApp } from "./app-view.ts";
import type { FromVersion, Order, ToVersion } from "./dev-protocol.ts";
import { renderError } from "./error-view.ts";
import { EXIT_CODES, exitOf, type ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import { platform } from "./platform.ts";
import { guardProcess } from "./process-guard.ts";
import { canBeReadAgain } from "./read-again.ts";
import { provideOwnPackage } from "./user-imports.ts";
import { version } from "./version.ts";

/**
 * A version of the app: a process of its own that loads and checks it, waits until the version before has ended, and runs it
 * until it is told to stop. It talks with the supervisor over the IPC channel (see dev-protocol.ts).
 */
async function runVersion(): Promise<ExitName> {
  const paint = paintFor(process.stdout);
  const clock = createSystemClock();
  const colour = paint("red", "x") !== "x";
  const write = (line: string) => void process.stdout.write(line);
  const guard = guardProcess(createHumanLogger({ clock, colour, write }));
  const orders = receiveOrders();
  let files: readonly string[] = [];
  const fail = (error: unknown) => {
    process.stderr.write(
      renderError(error, {
        paint: paintFor(process.stderr),
        directory: process.cwd(),
        verbose: process.argv.includes("--verbose"),
        version,
      }),
    );
    send({ kind: "failed", files: [...files, ...filesOfFindings(error)] });
  };
  try {
    const { path, settings } = await orders.load;
    provideOwnPackage();
    const startedAt = clock.now();
    const app = await loadApp({ path, platform, environment: process.env });
    files = filesOf(app);
    await checkApp(app, platform);
    send({ kind: "loaded", files, canBeReadAgain: canBeReadAgain(app) });
    const first = await Promise.race([orders.go, orders.stop, guard.stopRequested]);
    if (first !== "go") return "ok";
    const log = createHumanLogger({ clock, colour, level: app.config.log, write });
    const node = await startNode({ app, platform, log, clock, ...settings });
    process.stdout.write(
      `\n${paint(["bold", "green"], app.definition.name)} is ready at ${paint("bold", node.url ?? "")} (${clock.now() - startedAt} ms)\n${renderApp(app, paint)}\n`,
    );
    send({ kind: "running" });
    orders.onReload(async () => {
      const next = await loadApp({ path, platform, environment: process.env });
      files = filesOf(next);
      await checkApp(next, platform);
      await node.reload(next);
      process.stdout.write(`\n${paint(["bold", "green"], next.definition.name)} is reloaded\n${renderApp(next, paint)}\n`);
      send({ kind: "reloaded", files });
    }, fail);
    await Promise.race([orders.stop, guard.stopRequested]);
    await node.stop();
    return guard.failed ? "bug" : "ok";
  } catch (error) {
    fail(error);
    return exitOf(error);
  }
}

interface Orders {
  readonly load: Promise<Order>;
  readonly go: Promise<"go">;
  /** Has each order to reload carried out, one after the other. */
  onReload(reload: () => Promise<void>, onError: (error: unknown) => void): void;
  /** Also when the supervisor has ended: a version never outlives it. */
  readonly stop: Promise<"stop">;
}

function receiveOrders(): Orders {
  const load = Promise.withResolvers<Order>();
  const go = Promise.withResolvers<"go">();
  const stop = Promise.withResolvers<"stop">();
  let onReload = () => {};
  process.on("message", (message: ToVersion) => {
    if (message.kind === "load") load.resolve(message);
    else if (message.kind === "go") go.resolve("go");
    else if (message.kind === "reload") onReload();
    else stop.resolve("stop");
  });
  process.on("disconnect", () => stop.resolve("stop"));
  return {
    load: load.promise,
    go: go.promise,
    stop: stop.promise,
    onReload(reload, onError) {
      let turn = Promise.resolve();
      onReload = () => void (turn = turn.then(reload).catch(onError));
    },
  };
}

function send(message: FromVersion): void {
  if (process.connected) process.send?.(message);
}

function filesOf(app: LoadedApp): string[] {
  return [...app.files, ...contractPaths(app.definition)].map((file) => resolve(app.directory, file));
}

function filesOfFindings(error: unknown): string[] {
  const findings = error instanceof PortolanError ? (error.findings ?? []) : [];
  return findings.flatMap(({ place }) => (place === undefined ? [] : [place.file]));
}

const exit = await runVersion();
process.exitCode = EXIT_CODES[exit].code;
process.disconnect?.();
process.exit();
