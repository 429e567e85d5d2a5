import { asPortolanError, type Logger } from "@portolan/core";
import { checkApp, createJsonLogger, createSystemClock, startNode, type LoadedApp, type RunningNode } from "@portolan/host";
import type { Io } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import type { NodeSettings } from "./node-settings.ts";
import { platform } from "./platform.ts";
import { guardProcess } from "./process-guard.ts";
import { canBeReadAgain } from "./read-again.ts";
import { provideOwnPackage } from "./user-imports.ts";

export interface NodeProcess {
  readonly load: () => Promise<LoadedApp>;
  readonly settings: NodeSettings;
  readonly io: Io;
}

/** Runs an app until the process is told to stop, and reads it again on SIGHUP. */
export async function runNode({ load, settings, io }: NodeProcess): Promise<ExitName> {
  const clock = createSystemClock();
  const write = (line: string) => void io.stdout.write(line);
  // The life of the process is logged at any level; the configuration's level is for what happens in it.
  const log = createJsonLogger({ clock, write });
  const guard = guardProcess(log);
  const startedAt = clock.now();
  provideOwnPackage();
  const app = await load();
  const node = await startNode({
    app,
    platform,
    log: createJsonLogger({ clock, level: app.config.log, write }),
    clock,
    isProduction: true,
    ...settings,
  });
  log.log("info", "ready", { app: app.definition.name, url: node.url, pid: process.pid, ms: clock.now() - startedAt });
  const onHangUp = () => void reload(node, load, log);
  process.on("SIGHUP", onHangUp);
  let storeHasEnded = false;
  void node.storeEnded.then(() => (storeHasEnded = true));
  const reason = await Promise.race([guard.stopRequested, node.storeEnded.then(() => "the store has ended")]);
  const { drained } = await node.stop();
  log.log(drained ? "info" : "warn", drained ? "stopped" : "stopped with messages still in process", { reason });
  guard.release();
  process.off("SIGHUP", onHangUp);
  if (storeHasEnded) return "store";
  if (guard.failed) return "bug";
  return drained ? "ok" : "notDrained";
}

/** An app that is broken, or cannot be read again, changes nothing. Never rejects. */
async function reload(node: RunningNode, load: () => Promise<LoadedApp>, log: Logger): Promise<void> {
  try {
    const next = await load();
    if (!canBeReadAgain(next)) return log.log("warn", "not reloaded: the app has code, which a process reads once; restart it", {});
    await checkApp(next, platform);
    await node.reload(next);
    log.log("info", "reloaded", { app: next.definition.name, routes: next.definition.routes.length });
  } catch (thrown) {
    const { code, message, hint, findings } = asPortolanError(thrown);
    log.log("error", "not reloaded: the version before keeps running", { code, error: message, hint, findings });
  }
}
