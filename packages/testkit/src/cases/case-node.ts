import {
  PortolanError,
  silentLogger,
  type AppDefinition,
  type AppendEffect,
  type ConnectorDefinition,
  type ContractCompiler,
  type HeaderValue,
  type Logger,
  type Message,
  type Store,
} from "@portolan/core";
import type { Engine, PatternDefinition, PointObserver } from "@portolan/engine";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import { createLife, type Life } from "../life.ts";
import { createFixedRandom } from "../random.ts";
import { observeAppends } from "../store/observe-appends.ts";
import { trackStore } from "../store/track-store.ts";
import type { Control, MessageSend } from "./case-file.ts";
import type { CaseHarness } from "./case-harness.ts";

/** The node that a case runs on: an engine and its stores, which may be stopped, restarted and crashed. */
export interface CaseNode {
  start(): Promise<void>;
  control(control: Control): Promise<void>;
  /** Resolves with the route's result, or rejects as the sender is told: by the engine, or by the crash that cut it off. */
  send(send: MessageSend): Promise<Message | undefined>;
  /** Kills the engine, if it lives, and closes the stores. */
  dispose(): Promise<void>;
}

/** What an engine of one life runs. */
export interface LifeParts {
  readonly app: AppDefinition;
  readonly connectors: readonly ConnectorDefinition[];
  readonly contracts: ContractCompiler;
}

export interface CaseNodeOptions {
  readonly harness: CaseHarness;
  readonly parts: (life: Life) => LifeParts;
  /** Whether sources of connectors are opened; otherwise messages come by `send` only. */
  readonly sources: boolean;
  readonly log?: Logger | undefined;
  readonly observePoint?: PointObserver | undefined;
  readonly patterns: readonly PatternDefinition[];
  readonly clock: VirtualClock;
  readonly onRecord: (name: string, message: Message) => void;
  readonly onAppend: (append: AppendEffect) => void;
}

interface Running {
  readonly life: Life;
  readonly engine: Engine;
  readonly stores: readonly Store[];
  /** Rejects the sends that the engine has not answered yet. */
  readonly cutOff: PromiseWithResolvers<never>;
}

export function createCaseNode(options: CaseNodeOptions): CaseNode {
  const { harness, clock } = options;
  const stores = harness.createStores();
  let running: Running | undefined;

  async function start(): Promise<void> {
    const life = createLife(clock);
    const raw = await stores.open(life.clock);
    const seen = (store: Store) => life.store(trackStore(observeAppends(store, options.onAppend), clock));
    const engine = harness.createEngine({
      ...options.parts(life),
      stores: { memory: seen(raw.memory), durable: seen(raw.durable) },
      clock: life.clock,
      random: createFixedRandom(0.5),
      log: options.log ?? silentLogger,
      languages: harness.languages,
      services: harness.services,
      patterns: options.patterns,
      recorder: life.callback(options.onRecord),
      sources: options.sources,
      ...(options.observePoint === undefined ? {} : { observePoint: options.observePoint }),
    });
    const cutOff = Promise.withResolvers<never>();
    // Whether anybody waits for an answer when the node dies does not matter.
    cutOff.promise.catch(() => undefined);
    running = { life, engine, stores: [raw.memory, raw.durable], cutOff };
    await engine.start();
  }

  async function end(): Promise<void> {
    if (running === undefined) return;
    const { life, cutOff, stores: open } = running;
    running = undefined;
    life.end();
    cutOff.reject(new PortolanError("PORTOLAN_CONNECTION_FAILED", "the node crashed before it answered"));
    for (const store of open) await clock.track(store.close());
  }

  return {
    start,
    async control(control) {
      if (control !== "crash") await running?.engine.stop();
      if (control === "stop") return;
      await end();
      await start();
    },
    async send({ to, body, headers, mode }) {
      if (running === undefined) throw new PortolanError("PORTOLAN_STOPPING", "the node is not running");
      // Headers of a case are data; the engine drops what no header can hold.
      const incoming = { body, headers: headers as Readonly<Record<string, HeaderValue>> };
      const { engine, cutOff } = running;
      const answer =
        "channel" in to ? engine.send(to.channel, incoming).then(() => undefined) : engine.deliver(to.route, incoming, { mode });
      return Promise.race([answer, cutOff.promise]);
    },
    async dispose() {
      await end();
      await stores.dispose?.();
    },
  };
}
