import { type ContractCompiler, PortolanError, type Random, type Store, silentLogger } from "@portolan/core";
import { type App, createEngine, type Engine, type EngineOptions, patterns, readApp } from "@portolan/engine";
import { createFormats } from "@portolan/formats";
import { createMemoryStore } from "@portolan/stores";
import { createSystemClock } from "../../packages/host/src/system-clock.ts";

const { format, formatFor } = createFormats();
const random: Random = { next: Math.random };
const noContracts: ContractCompiler = {
  compile() {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", "the apps of this benchmark have no contracts");
  },
};

export interface PortolanOptions {
  readonly durable?: Store;
  readonly journal?: EngineOptions["journal"];
  readonly services?: EngineOptions["services"];
}

/** A started engine with the parts that a node has, but no HTTP host. */
export async function startEngine({ name, flow }: App, options: PortolanOptions = {}): Promise<Engine> {
  const clock = createSystemClock();
  const definition = readApp({ name, flows: [], trees: [flow] }, { patterns, connectors: [], variables: () => undefined });
  const engine = createEngine({
    app: definition,
    stores: { memory: createMemoryStore({ clock }), durable: options.durable ?? createMemoryStore({ clock }) },
    clock,
    random,
    log: silentLogger,
    languages: [],
    contracts: noContracts,
    services: options.services ?? { format, formatFor, directory: import.meta.dirname },
    ...(options.journal === undefined ? {} : { journal: options.journal }),
  });
  await engine.start();
  return engine;
}
