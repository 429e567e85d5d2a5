import { PortolanError, silentLogger, type AppDefinition, type Clock, type Random, type Store } from "@portolan/core";
import type { Engine, EngineOptions, PatternDefinition } from "@portolan/engine";
import { createLife, type Life } from "../life.ts";
import type { SimulatedDisk, SimulatedLog } from "./disk.ts";
import type { NodeClient } from "./scenario.ts";

/** The node under test: an engine with a store on a simulated disk, made anew for each of its lives. */
export interface SimulatedNode extends NodeClient {
  start(): Promise<void>;
  /** From now on the disk refuses to sync. */
  failDisk(): void;
  /** The process dies. What becomes of the disk's unsynced part is the caller's to say. */
  kill(): void;
  /** Stops in order: finishes what is in process. */
  stop(): Promise<void>;
  readonly isUp: boolean;
  /** The durable store of the running life. */
  readonly store: Store | undefined;
}

export interface SimulatedNodeParts {
  readonly app: AppDefinition;
  readonly patterns: readonly PatternDefinition[];
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: SimulatedDisk<unknown>;
  readonly createEngine: (options: EngineOptions) => Engine;
  readonly createStore: SimulatedStoreFactory;
}

/** Makes a store that waits through the clock and keeps what it must in the log; without a log, in memory only. */
export type SimulatedStoreFactory = (options: { readonly clock: Clock; readonly log?: SimulatedLog<unknown> }) => Store;

interface Running {
  readonly life: Life;
  readonly engine: Engine;
  readonly store: Store;
  readonly cutOff: PromiseWithResolvers<never>;
}

export function createSimulatedNode(parts: SimulatedNodeParts): SimulatedNode {
  const { clock, random, disk } = parts;
  let running: Running | undefined;
  let isUp = false;
  let isDiskFailing = false;

  /** The disk as one life sees it. A process that died appends nothing more, also where the machine lives on. */
  function mount(life: Life): SimulatedLog<unknown> {
    const log = disk.mount();
    return {
      append(record) {
        if (!life.hasEnded) log.append(record);
      },
      async sync() {
        await log.sync();
        if (isDiskFailing) throw new Error("EIO: i/o error, fsync");
      },
      read: log.read,
    };
  }

  async function start(): Promise<void> {
    isDiskFailing = false;
    const life = createLife(clock);
    const store = parts.createStore({ clock: life.clock, log: mount(life) });
    const durable = life.store(store);
    const engine = parts.createEngine({
      app: parts.app,
      stores: { memory: life.store(parts.createStore({ clock: life.clock })), durable },
      clock: life.clock,
      random,
      log: silentLogger,
      languages: [],
      contracts: { compile: () => ({ check: (body) => ({ body }) }) },
      services: { format: () => undefined, formatFor: () => undefined, directory: "" },
      patterns: parts.patterns,
    });
    const cutOff = Promise.withResolvers<never>();
    // A node may die while nobody waits for it.
    cutOff.promise.catch(() => undefined);
    running = { life, engine, store: durable, cutOff };
    await engine.start();
    isUp = true;
  }

  function kill(): void {
    if (running === undefined) return;
    running.life.end();
    running.cutOff.reject(unreachable());
    running = undefined;
    isUp = false;
  }

  return {
    start,
    kill,
    failDisk() {
      isDiskFailing = true;
    },
    async stop() {
      await running?.engine.stop();
      await running?.store.close();
      kill();
    },
    async deliver(route, incoming) {
      if (running === undefined || !isUp) throw unreachable();
      return Promise.race([running.engine.deliver(route, incoming), running.cutOff.promise]);
    },
    get isUp() {
      return isUp;
    },
    get store() {
      return running?.store;
    },
  };
}

function unreachable(): PortolanError {
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", "the node does not answer");
}
