import { PortolanError, silentLogger, type AppDefinition, type Awaitable, type Clock, type Random, type Store } from "@portolan/core";
import { patterns, type Engine, type EngineOptions } from "@portolan/engine";
import { createLife, type Life } from "../life.ts";
import { createOutside, type CallOutside } from "../patterns/outside.ts";
import { remoteStore } from "../store/remote-store.ts";
import type { SimulatedDisk, SimulatedLog } from "./disk.ts";
import { createMemoryWatch, type MemoryEnd } from "./memory-watch.ts";
import type { NodeClient } from "./scenario.ts";

/** The node under test: an engine with a store on a simulated disk, made anew for each of its lives. */
export interface SimulatedNode extends NodeClient {
  start(): Promise<void>;
  /** From now on, until the node dies, the disk fails to sync. */
  failDisk(): void;
  /** Whether the store refuses commits, of which nothing happens then, as it does while the disk is full. */
  setDiskFull(isFull: boolean): void;
  /** The process dies. What becomes of the disk's unsynced part is the caller's to say. */
  kill(): void;
  /** Stops in order, then dies. */
  stop(): Promise<void>;
  /** The durable store of the running life. */
  readonly store: Store | undefined;
  /** What became of what its memory channels held. */
  readonly memory: MemoryEnd;
}

export interface SimulatedNodeParts {
  readonly app: AppDefinition;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: SimulatedDisk<unknown>;
  readonly outside: CallOutside;
  readonly violated: (rule: string) => void;
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
  /** What has begun and not ended: an orderly stop leaves nothing. */
  readonly underWay: Record<"deliveries" | "outside calls" | "commits" | "timers", number>;
  isUp: boolean;
}

export function createSimulatedNode(parts: SimulatedNodeParts): SimulatedNode {
  const { clock, random, disk } = parts;
  const watch = createMemoryWatch(parts.app, parts.violated);
  let running: Running | undefined;
  let isDiskFailing = false;
  let isDiskFull = false;

  async function start(): Promise<void> {
    isDiskFailing = false;
    const life = createLife(clock);
    const underWay = { deliveries: 0, "outside calls": 0, commits: 0, timers: 0 };
    const made = parts.createStore({ clock: life.clock, log: mount(life) });
    const near = life.store(withFullDisk(made));
    const store = withCount(random.next() < 0.5 ? near : remoteStore(near, { clock: life.clock, random }), underWay);
    // A process that died calls nobody, also where an answer to it was still on its way.
    const callOutside: CallOutside = (system, message) =>
      life.hasEnded ? new Promise(() => undefined) : counted(underWay, "outside calls", () => parts.outside(system, message));
    const engine = parts.createEngine({
      app: parts.app,
      stores: { memory: life.store(watch.around(parts.createStore({ clock: life.clock }))), durable: store },
      clock: withTimerCount(life.clock, underWay),
      random,
      log: silentLogger,
      languages: [],
      contracts: { compile: () => ({ check: (body) => ({ body }) }) },
      services: { format: () => undefined, formatFor: () => undefined, directory: "" },
      patterns: [...patterns, createOutside(callOutside)],
    });
    const cutOff = Promise.withResolvers<never>();
    // A node may die while nobody waits for it.
    cutOff.promise.catch(() => undefined);
    const started: Running = { life, engine, store, cutOff, underWay, isUp: false };
    running = started;
    await engine.start();
    started.isUp = true;
  }

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

  function withFullDisk(store: Store): Store {
    return {
      ...store,
      async commit(effects, durability) {
        if (isDiskFull) throw new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full");
        await store.commit(effects, durability);
      },
      async stage(stage, appends) {
        if (isDiskFull) throw new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full");
        await store.stage(stage, appends);
      },
    };
  }

  function kill(): void {
    if (running === undefined) return;
    running.life.end();
    watch.died();
    running.cutOff.reject(unreachable());
    running = undefined;
  }

  async function stop(): Promise<void> {
    const stopping = running;
    if (stopping === undefined) return;
    const { engine, store, underWay } = stopping;
    await engine.stop();
    for (const [what, count] of Object.entries(underWay)) {
      if (count > 0) parts.violated(`the engine has stopped with ${count} ${what} under way`);
    }
    if (stopping.isUp) watch.stopped();
    await store.close();
    if (running === stopping) kill();
  }

  return {
    start,
    stop,
    kill,
    failDisk() {
      isDiskFailing = true;
    },
    setDiskFull(isFull) {
      isDiskFull = isFull;
    },
    async deliver(route, incoming) {
      if (running?.isUp !== true) throw unreachable();
      const { engine, cutOff, underWay } = running;
      return Promise.race([counted(underWay, "deliveries", () => engine.deliver(route, incoming)), cutOff.promise]);
    },
    async redrive(channel) {
      if (running?.isUp !== true) throw unreachable();
      const { store, cutOff } = running;
      return Promise.race([store.redrive(channel), cutOff.promise]);
    },
    memory: watch,
    get store() {
      return running?.store;
    },
  };
}

type UnderWay = Running["underWay"];

function withCount(store: Store, underWay: UnderWay): Store {
  return { ...store, commit: (effects, durability) => counted(underWay, "commits", () => store.commit(effects, durability)) };
}

function withTimerCount(clock: Clock, underWay: UnderWay): Clock {
  return {
    now: () => clock.now(),
    after(delayMs, callback) {
      underWay.timers += 1;
      let isOpen = true;
      const close = () => {
        if (isOpen) underWay.timers -= 1;
        isOpen = false;
      };
      const timer = clock.after(delayMs, () => {
        close();
        callback();
      });
      return {
        cancel() {
          close();
          timer.cancel();
        },
      };
    },
  };
}

async function counted<T>(underWay: UnderWay, what: keyof UnderWay, call: () => Awaitable<T>): Promise<T> {
  underWay[what] += 1;
  try {
    return await call();
  } finally {
    underWay[what] -= 1;
  }
}

function unreachable(): PortolanError {
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", "the node does not answer");
}
