import { createJsonLogger, createSystemClock, startNode, type LoadedApp } from "@portolan/host";
import type { Io } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import type { NodeSettings } from "./node-settings.ts";
import { platform } from "./platform.ts";
import { guardProcess } from "./process-guard.ts";
import { provideOwnPackage } from "./user-imports.ts";

export interface NodeProcess {
  readonly load: () => Promise<LoadedApp>;
  readonly settings: NodeSettings;
  readonly io: Io;
}

/** Runs an app until the process is told to stop. */
export async function runNode({ load, settings, io }: NodeProcess): Promise<ExitName> {
  const clock = createSystemClock();
  const write = (line: string) => void io.stdout.write(line);
  // The life of the process is logged at any level; the configuration's level is for what happens in it.
  const log = createJsonLogger({ clock, write });
  const guard = guardProcess(log);
  const startedAt = clock.now();
  provideOwnPackage();
  const app = await load();
  const node = await startNode({ app, platform, log: createJsonLogger({ clock, level: app.config.log, write }), clock, ...settings });
  log.log("info", "ready", { app: app.definition.name, url: node.url, pid: process.pid, ms: clock.now() - startedAt });
  let storeHasEnded = false;
  void node.storeEnded.then(() => (storeHasEnded = true));
  const reason = await Promise.race([guard.stopRequested, node.storeEnded.then(() => "the store has ended")]);
  const { drained } = await node.stop();
  log.log(drained ? "info" : "warn", drained ? "stopped" : "stopped with messages still in process", { reason });
  guard.release();
  if (storeHasEnded) return "store";
  if (guard.failed) return "bug";
  return drained ? "ok" : "notDrained";
}
