import type { Contract } from "./contract.ts";
import type { ConnectorDefinition } from "./connector.ts";
import type { Duration } from "./duration.ts";
import type { ErrorKind } from "./error-codes.ts";
import type { Expression } from "./expression.ts";
import type { Place } from "./portolan-error.ts";
import type { Durability } from "./store.ts";

/** The tree that YAML files and the builder both produce, read and checked; the engine, docs and model read nothing else. */
export interface AppDefinition {
  readonly name: string;
  readonly routes: readonly RouteDefinition[];
  readonly channels: readonly ChannelDefinition[];
  readonly systems: readonly SystemDefinition[];
  readonly errors: AppErrors;
  /** Interceptions of all routes, after each route's own. */
  readonly intercept: readonly InterceptionDefinition[];
  readonly valueMaps: readonly ValueMapDefinition[];
}

/** A code list: what stands for each value of another system. Its rows come from one of `values`, `file` and `route`. */
export interface ValueMapDefinition {
  readonly name: string;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  /** A file of the app whose format has rows or one map: CSV, JSON, YAML, … */
  readonly file?: string | undefined;
  /** A route that answers with the rows. */
  readonly route?: string | undefined;
  /** The column of the values that are looked up. Default: the first. */
  readonly key?: string | undefined;
  /** The column of what they stand for. Default: the second. */
  readonly value?: string | undefined;
  /** After so many milliseconds the rows are read again. */
  readonly refresh?: number | undefined;
  /** Stands for values that the map does not have; left out, such a value is an error. */
  readonly otherwise?: unknown;
}

export interface AppErrors {
  readonly deadLetter: string;
  readonly retry: RetryOptions;
  readonly onError: readonly ClauseDefinition[];
}

export interface SystemDefinition {
  readonly name: string;
  readonly title?: string | undefined;
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
}

export interface RouteDefinition {
  readonly id: string;
  readonly from: readonly SourceNode[];
  readonly input?: Contract | undefined;
  readonly output?: Contract | undefined;
  readonly steps: readonly StepNode[];
  readonly onError: readonly ClauseDefinition[];
  readonly onComplete: readonly CompletionDefinition[];
  readonly intercept: readonly InterceptionDefinition[];
  /** The parameters of the template that it was made from; expressions read them as `attributes.params`. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** A channel name, false (failures are only logged), or undefined for the app's. */
  readonly deadLetter?: string | false | undefined;
  readonly concurrency?: number | undefined;
  readonly durability: Durability;
  readonly title?: string | undefined;
  readonly note?: string | undefined;
  readonly tags: readonly string[];
  readonly owner?: string | undefined;
  readonly place?: Place | undefined;
}

/** One pattern at work. `options` have been read by the pattern's option specs; nested steps in them are step nodes. */
export interface StepNode<Options = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly pattern: string;
  readonly options: Options;
  readonly note?: string | undefined;
  /** Where it stands in the tree, such as `routes.start.steps.0`. */
  readonly path: string;
  readonly place?: Place | undefined;
}

export type SourceNode = ChannelSourceNode | ConnectorSourceNode;

export interface ChannelSourceNode {
  readonly kind: "channel";
  readonly channel: string;
}

export interface ConnectorSourceNode {
  readonly kind: "connector";
  readonly connector: ConnectorDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly place?: Place | undefined;
}

export type TargetNode = ChannelTargetNode | RouteTargetNode | RecordTargetNode | AddressTargetNode | ConnectorTargetNode;

export interface ChannelTargetNode {
  readonly kind: "channel";
  readonly channel: string;
}

export interface RouteTargetNode {
  readonly kind: "route";
  readonly route: string;
}

/** An outside system of the test kit. */
export interface RecordTargetNode {
  readonly kind: "record";
  readonly name: string;
}

export interface AddressTargetNode {
  readonly kind: "address";
  readonly address: Expression;
  readonly allow: readonly string[];
  readonly onUnknown: "fail" | "skip";
  readonly onEmpty: "fail" | "skip";
}

export interface ConnectorTargetNode {
  readonly kind: "connector";
  readonly connector: ConnectorDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  readonly system?: string | undefined;
  readonly path: string;
}

export type ChannelMode = "direct" | "memory" | "durable";

export interface ChannelDefinition {
  readonly name: string;
  readonly mode: ChannelMode;
  readonly contract?: Contract | undefined;
  readonly orderedBy?: Expression | undefined;
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly redelivery: RetryOptions;
  readonly deadLetter?: string | undefined;
  readonly ttl?: number | undefined;
  readonly priority?: Expression | undefined;
  readonly delay?: number | Expression | undefined;
  readonly capacity: number;
}

export type Outcome = "fail" | "handle" | "continue" | "deadLetter";

export interface ClauseDefinition {
  readonly match: ErrorMatch;
  /** undefined or false: no retry. */
  readonly retry?: RetryOptions | false | undefined;
  readonly outcome: Outcome;
  readonly steps: readonly StepNode[];
  readonly useOriginal: boolean;
  readonly deadLetter?: string | undefined;
}

/** What runs when a message has ended: flow-format section 11. */
export interface CompletionDefinition {
  readonly on: "success" | "failure" | "always";
  readonly mode: "after" | "before";
  readonly when?: Expression | undefined;
  readonly useOriginal: boolean;
  readonly steps: readonly StepNode[];
}

/** What runs before a route, a step or a send: flow-format section 11. */
export interface InterceptionDefinition {
  readonly on: "from" | "step" | "to";
  /** A route id, a pattern's name, or an address; with `*` as wildcard. */
  readonly match: string;
  readonly when?: Expression | undefined;
  readonly skip: boolean;
  readonly steps: readonly StepNode[];
}

export interface ErrorMatch {
  readonly kind?: readonly ErrorKind[] | undefined;
  readonly code?: readonly string[] | undefined;
  readonly message?: string | undefined;
  readonly when?: Expression | undefined;
}

/** Retry options as written: what is left out is inherited. Durations in milliseconds. */
export interface RetryOptions {
  readonly attempts?: number | "unlimited" | undefined;
  readonly delay?: number | undefined;
  readonly backoff?: "exponential" | "linear" | "fixed" | undefined;
  readonly factor?: number | undefined;
  readonly maxDelay?: number | undefined;
  readonly delays?: readonly number[] | undefined;
  readonly jitter?: "equal" | "full" | "none" | undefined;
  readonly maxElapsed?: number | undefined;
  readonly retryWhile?: Expression | undefined;
  readonly wait?: "inline" | "parked" | undefined;
}

/** Retry options as people write them, durations as numbers or text. */
export type RetryInput = {
  readonly [K in keyof RetryOptions]?: K extends "delay" | "maxDelay" | "maxElapsed"
    ? Duration
    : K extends "delays"
      ? readonly Duration[]
      : RetryOptions[K];
};
