import type { ConnectorDefinition, ConnectorServices, Message, Store } from "@portolan/core";
import { createEngine, patterns, readApp, type Engine } from "@portolan/engine";
import { createMemoryStore } from "@portolan/stores";
import { createFixedRandom, createRecordingLogger, createVirtualClock, type VirtualClock } from "@portolan/testkit";

/** A running engine on stores in memory and on virtual time, with what its `record` targets got. */
export interface RunningEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly clock: VirtualClock;
  readonly durable: Store;
  readonly recorded: { readonly name: string; readonly body: unknown }[];
  /** Bodies that wait in a durable channel. */
  bodiesIn(channel: string): Promise<readonly unknown[]>;
}

export interface RunOptions {
  readonly connectors?: readonly ConnectorDefinition[];
  readonly services?: Partial<ConnectorServices>;
  /** Puts something between the engine and its durable store. */
  readonly around?: (store: Store) => Store;
}

export async function runEngine(tree: Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<RunningEngine> {
  const { connectors = [], services = {}, around = (store: Store) => store } = options;
  const app = readApp({ name: "test", flows: [], trees: [tree] }, { patterns, connectors, variables: () => undefined, records: true });
  const clock = createVirtualClock();
  const durable = around(createMemoryStore({ clock }));
  const recorded: { readonly name: string; readonly body: unknown }[] = [];
  const engine = createEngine({
    app,
    stores: { memory: createMemoryStore({ clock }), durable },
    clock,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    languages: [],
    contracts: { compile: () => ({ check: (body) => ({ body }) }) },
    services: { format: () => undefined, formatFor: () => undefined, directory: ".", ...services },
    recorder: (name, { body }: Message) => recorded.push({ name, body }),
  });
  await engine.start();
  return {
    engine,
    clock,
    durable,
    recorded,
    bodiesIn: async (channel) => (await durable.peek(channel, { limit: 10_000 })).map(({ message }) => message.body),
    async [Symbol.asyncDispose]() {
      await clock.runUntil(engine.stop());
    },
  };
}
