import { isDeepStrictEqual } from "node:util";
import { PortolanError, type AppDefinition, type Clock, type Logger, type Random, type Store } from "@portolan/core";
import { createEngine, type Engine } from "@portolan/engine";
import type { DoorHost, PolicyServices, RouteTable } from "@portolan/gateway";
import { storeDirectory } from "./config.ts";
import { engineParts } from "./engine-parts.ts";
import { openHttpHost, openProxies } from "./open-http-host.ts";
import type { LoadedApp } from "./load-app.ts";
import { invalidConfiguration } from "./load-config.ts";
import type { Platform } from "./platform.ts";
import { requestChecks } from "./request-checks.ts";
import { startRetention } from "./retention.ts";
import { watchStore, type WatchedStore } from "./store-health.ts";
import { createSystemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";

export interface NodeOptions {
  readonly app: LoadedApp;
  readonly platform: Platform;
  readonly log: Logger;
  /** The directory of the embedded store, or `memory`. Default: the configuration's. */
  readonly store?: string;
  /** `false`: no HTTP host and no sources; routes are reached by `engine.deliver` alone. Default: the configuration's address. */
  readonly http?: { readonly host?: string; readonly port?: number } | false;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Whether it runs for users, as `portolan start` does, and not for developers and tests. Default: false. */
  readonly isProduction?: boolean;
}

export interface RunningNode {
  readonly definition: AppDefinition;
  readonly engine: Engine;
  /** For looking into them. `durable` may be in memory, too (see `store`). */
  readonly stores: { readonly memory: Store; readonly durable: Store };
  /** Where the HTTP host listens, such as `http://127.0.0.1:8080`. */
  readonly url: string | undefined;
  /** Resolves if the store ends by itself: nothing can be processed any more, and the node should be stopped and started anew. */
  readonly storeEnded: Promise<PortolanError>;
  /**
   * Runs another version of the app in place of this one: messages in process are finished first, for as long as `drain` says, requests
   * that come meanwhile wait, and no connection is closed. If the new version cannot start, the one before runs again and the error is
   * thrown. Throws PORTOLAN_CONFIG_INVALID if the configuration is another: that takes effect with a start.
   */
  reload(app: LoadedApp): Promise<void>;
  /** Why the node should get no messages now; an empty list if it is ready. */
  reasonsNotReady(): readonly string[];
  /**
   * Takes no new message, finishes those in process for as long as the configuration's `drain`, then closes everything.
   * Calling it again answers the same. `drained` is false if messages were still in process at the deadline:
   * those of durable channels are delivered again at the next start. A store that does not close in ten seconds is left.
   */
  stop(): Promise<{ readonly drained: boolean }>;
}

/** A store that hangs, as on a disk that does not answer, must not keep the process. What it had acknowledged is in its files. */
const CLOSE_MS = 10_000;

/** Runs an app. What was opened is closed again if the start fails. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { app, log, clock = createSystemClock(), random = systemRandom } = options;
  const opened: Close[] = [];
  try {
    return await open({ ...options, clock, random }, opened);
  } catch (error) {
    for (const close of opened.reverse()) await closeQuietly(close, log);
    throw error instanceof PortolanError && error.findings !== undefined
      ? invalidConfiguration(app.directory, error.findings, error)
      : error;
  }
}

type Close = () => Promise<void> | void;
type Opening = NodeOptions & Required<Pick<NodeOptions, "clock" | "random">>;

/** The order is that of what fails most often and costs least: the port, the store, then the app's own sources and targets. */
async function open(options: Opening, opened: Close[]): Promise<RunningNode> {
  const { app, log, clock, random } = options;
  const { config } = app;
  let phase: "starting" | "running" | "stopping" = "starting";
  let watched: WatchedStore | undefined;
  const reasonsNotReady = () => {
    const store = watched?.failure === undefined ? [] : ["the store cannot write"];
    return phase === "running" ? store : [`the node is ${phase}`, ...store];
  };

  const policies: PolicyServices = {
    clock,
    get store() {
      return watched?.store;
    },
  };
  const http =
    options.http === false
      ? undefined
      : await openHttpHost({ ...config.http, ...options.http }, { directory: app.directory, log, reasonsNotReady, policies });
  if (http !== undefined) opened.push(() => http.close({ deadlineMs: 0 }));
  const stores = await openStores(options);
  opened.push(
    () => stores.durable.close(),
    () => stores.memory.close(),
  );
  const watch = (watched = watchStore(stores.durable, clock, log));
  opened.push(() => watch.stopWatching());

  const storeEnded = Promise.withResolvers<PortolanError>();
  stores.durable.onEnd?.((error) => {
    if (phase !== "stopping") storeEnded.resolve(error);
  });
  const startEngine = async (loaded: LoadedApp, doors: DoorHost | undefined): Promise<Engine> => {
    const started = createEngine({
      ...(await engineParts(loaded, options.platform, { http: doors, isProduction: options.isProduction === true })),
      stores: { memory: stores.memory, durable: watch.store },
      clock,
      random,
      log,
      journal: config.journal,
      sources: options.http !== false,
    });
    try {
      await started.start();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  };
  let running = { app, engine: await startEngine(app, http) };
  opened.push(() => running.engine.stop());
  // Behind policies that use the store, which is open now.
  const proxies =
    http &&
    (await openProxies(config.http.proxies, {
      host: http,
      clock,
      log,
      directory: app.directory,
      openCheck: requestChecks(app, options.platform),
    }));
  if (proxies !== undefined) opened.push(() => proxies.close());
  const { olderThan: olderThanMs, maxEntries } = config.retention;
  const retention = startRetention(stores.durable, { olderThanMs, maxEntries }, { clock, log });
  phase = "running";
  // Not before: a start that fails tells its error itself.
  void storeEnded.promise.then(({ code, message, cause }) =>
    log.log("error", "the store has ended; the node has to be started again", { code, error: message, cause }),
  );

  const closeStores = async () => {
    await retention.stop();
    await stores.memory.close();
    await stores.durable.close();
  };
  const stop = async () => {
    phase = "stopping";
    const httpClosed = http?.close({ deadlineMs: config.drain });
    // Without one, everything stops taking messages in this very turn.
    if (reloading !== undefined) await reloading;
    const drained = await within(clock, config.drain, running.engine.stop());
    await httpClosed;
    await proxies?.close();
    watch.stopWatching();
    const closed = await within(clock, CLOSE_MS, closeStores());
    if (!closed) log.log("error", "the store does not answer: the node stops without having closed it", { waitedMs: CLOSE_MS });
    return { drained };
  };
  const takeOver = async (next: LoadedApp): Promise<void> => {
    if (phase === "stopping") throw new PortolanError("PORTOLAN_STOPPING", "the node is stopping");
    if (!isDeepStrictEqual(next.config, config)) throw restartNeeded();
    const filled = Promise.withResolvers<RouteTable>();
    // Rejected with nobody waiting only if there is no HTTP host.
    filled.promise.catch(() => undefined);
    http?.replace(filled.promise);
    await within(clock, config.drain, running.engine.stop());
    const fill = async (loaded: LoadedApp) => {
      const table = http?.createTable();
      const engine = await startEngine(loaded, table);
      running = { app: loaded, engine };
      if (table === undefined) return;
      proxies?.mount(table);
      filled.resolve(table);
    };
    try {
      await fill(next).catch(async (error: unknown) => {
        await fill(running.app);
        throw error;
      });
    } catch (error) {
      filled.reject(error);
      throw error;
    }
  };
  /** The reload in process, and those that wait for it. */
  let reloading: Promise<void> | undefined;
  const reload = async (next: LoadedApp): Promise<void> => {
    const turn = (reloading ?? Promise.resolve()).then(() => takeOver(next));
    const settled = turn.catch(() => undefined);
    reloading = settled;
    try {
      await turn;
    } finally {
      if (reloading === settled) reloading = undefined;
    }
  };
  let stopped: ReturnType<typeof stop> | undefined;
  return {
    get definition() {
      return running.app.definition;
    },
    get engine() {
      return running.engine;
    },
    reload,
    stores,
    url: http?.address?.origin,
    storeEnded: storeEnded.promise,
    reasonsNotReady,
    stop: () => (stopped ??= stop()),
  };
}

async function openStores({ app, store, log, clock }: Opening): Promise<RunningNode["stores"]> {
  const { createMemoryStore, createSqliteStore } = await import("@portolan/stores");
  const memory = createMemoryStore({ clock });
  if (store === "memory") return { memory, durable: createMemoryStore({ clock }) };
  return { memory, durable: createSqliteStore({ directory: store ?? storeDirectory(app.directory, app.config), clock, log }) };
}

function restartNeeded(): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", "the configuration has changed, and is read at the start only", {
    hint: "Restart the node, or put the configuration back.",
  });
}

/** Whether the work ended in time. It goes on if it did not. */
function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(false));
    work.then(() => resolve(true), reject).finally(() => timer.cancel());
  });
}

/** The start's own error is the one to tell; one on the way back is logged beside it. */
async function closeQuietly(close: Close, log: Logger): Promise<void> {
  try {
    await close();
  } catch (error) {
    log.log("warn", "closing after a failed start failed too", { error });
  }
}
