import type {
  AppDefinition,
  Clock,
  ConnectorDefinition,
  ConnectorServices,
  ContractCompiler,
  DeliverOptions,
  Incoming,
  JournalEntry,
  Language,
  Logger,
  Message,
  Random,
  Store,
} from "@portolan/core";
import type { PatternDefinition } from "./pattern.ts";
import type { PointObserver } from "./runtime/points.ts";

export interface EngineOptions {
  readonly app: AppDefinition;
  /** `memory` serves channels in memory; `durable` serves all else. */
  readonly stores: { readonly memory: Store; readonly durable: Store };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly languages: readonly Language[];
  readonly contracts: ContractCompiler;
  readonly services: ConnectorServices;
  /** Serve computed addresses such as `https://…`; those that the app names are known from its definition. */
  readonly connectors?: readonly ConnectorDefinition[];
  /** The registry of patterns; `patterns` of this package unless a test adds its own. */
  readonly patterns?: readonly PatternDefinition[];
  /** Which messages leave a journal entry with the timeline of their steps. Default `failures`. */
  readonly journal?: "all" | "failures" | "none";
  /** Receives what `record` targets are sent (test kit); without it a `record` target is a configuration error. */
  readonly recorder?: (name: string, message: Message) => void;
  /** Sources of routes are opened unless this is false: then routes are reached by `deliver` and channels only. What steps poll is opened always. */
  readonly sources?: boolean;
  /** Learns which steps run and which ways messages take (coverage of tests). Without it nothing is noted, at no cost. */
  readonly observePoint?: PointObserver;
}

/** A compiled app on its stores. */
export interface Engine {
  /** Compiles the app without opening anything; throws PORTOLAN_CONFIG_INVALID with all findings. */
  compile(): void;
  /** Compiles (throws PORTOLAN_CONFIG_INVALID with all findings), opens the stores, consumers and sources. */
  start(): Promise<void>;
  /** Takes no new message, finishes those in process and in memory channels, closes sources and targets. The stores stay open: they are the caller's. */
  stop(): Promise<void>;
  /** Processes one message in a route as a door does. */
  deliver(route: string, incoming: Incoming, options?: DeliverOptions): Promise<Message | undefined>;
  /** Appends to a channel; resolves when stored (of a `direct` channel: when processed). */
  send(channel: string, incoming: Incoming): Promise<void>;
  /** Called after each entry that the journal policy keeps, for live views. */
  onJournal(listener: (entry: JournalEntry) => void): void;
  readonly status: "new" | "running" | "stopping" | "stopped";
}
