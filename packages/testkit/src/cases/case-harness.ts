import type { Awaitable, Clock, ConnectorDefinition, ConnectorServices, ContractCompiler, Language, Store } from "@portolan/core";
import type { AppInput, Engine, EngineOptions, PointObserver } from "@portolan/engine";

/** What runs cases: the engine and all that it needs, put together by the caller. */
export interface CaseHarness {
  /** Engine features and capabilities, such as `retry` or `crash`, that a case may need besides patterns. */
  readonly supports: ReadonlySet<string>;
  readonly createEngine: (options: EngineOptions) => Engine;
  /** Called once a case. */
  readonly createStores: () => CaseStores;
  readonly connectors: readonly ConnectorDefinition[];
  readonly languages: readonly Language[];
  readonly contracts: ContractCompiler;
  readonly services: ConnectorServices;
  /** The app that cases without a flow are about; its connector targets are recorders then, named after their addresses. */
  readonly app?: AppInput;
  /** Learns which parts of the app cases reach. */
  readonly observePoint?: PointObserver;
}

/** The stores of one case, empty at first. */
export interface CaseStores {
  /**
   * Opens the stores for one life of the node: the memory store new, the durable one with all that has been committed
   * before. Stores of an earlier life have been closed. They wait only through the clock.
   */
  open(clock: Clock): Awaitable<{ readonly memory: Store; readonly durable: Store }>;
  /** Called once, after the case; the stores have been closed. */
  dispose?(): Awaitable<void>;
}
