import {
  PortolanError,
  isRecord,
  isStandardSchema,
  type BodyOf,
  type Durability,
  type Duration,
  type JsonSchema,
  type Message,
  type RetryInput,
  type SystemDefinition,
  type ValueMapDefinition,
} from "@portolan/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { patterns } from "../patterns.gen.ts";
import { createBuilder, type Builder } from "./create-builder.ts";
import type { ClauseInput, InterceptionInput } from "./route-methods.ts";
import type { Block, ChannelRef, COMPLETE, RawStep, RouteOf, Steps } from "./steps.ts";

const CHANNEL: unique symbol = Symbol.for("portolan.channel");
const APP: unique symbol = Symbol.for("portolan.app");

/** A contract as people give it: a Standard Schema value, a JSON Schema, or a path to one. */
type ContractInput = StandardSchemaV1 | string | JsonSchema;

export interface RouteInput<In extends ContractInput, Out extends ContractInput> {
  /** Checked before the first step. */
  readonly input?: In;
  /** Checked after the last step. */
  readonly output?: Out;
  /** A channel, or false: failures that nobody waits for are only logged. */
  readonly deadLetter?: string | { readonly channel: string } | false;
  /** Messages in flight at once. */
  readonly concurrency?: number;
  readonly durability?: Durability;
  readonly title?: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly owner?: string;
}

type Declared<C> = BodyOf<C>;

const build = createBuilder(patterns);

/**
 * Begins a route: `.from(…)` takes its sources, each further method appends a step and knows the body that reaches it.
 *
 * @example
 * const hello = route("hello").from(rest.get("/hello")).map(() => ({ text: "Hello" }));
 */
export function route<In extends ContractInput = JsonSchema, Out extends ContractInput = JsonSchema>(
  id: string,
  options: RouteInput<In, Out> = {},
): Steps<Declared<In>, never, RouteOf<Declared<In>, Declared<Out>>> {
  const { deadLetter, ...rest } = options;
  const named = deadLetter === undefined ? {} : { deadLetter: isRecord(deadLetter) ? deadLetter["channel"] : deadLetter };
  const builder: Builder = build({ id, options: { ...rest, ...named }, from: [], onError: [], onComplete: [], intercept: [] });
  // The methods come from the patterns, whose folders declare their types.
  return builder as unknown as Steps<Declared<In>, never, RouteOf<Declared<In>, Declared<Out>>>;
}

export interface ChannelInput<C extends ContractInput> {
  readonly mode?: "direct" | "memory" | "durable";
  readonly contract?: C;
  /** Messages with the same key are processed one after another, in order. */
  readonly orderedBy?: (body: Declared<C>) => unknown;
  readonly concurrency?: number;
  readonly maxAttempts?: number;
  readonly redelivery?: Omit<RetryInput, "attempts" | "wait">;
  readonly deadLetter?: string | { readonly channel: string };
  readonly ttl?: Duration;
  readonly priority?: (body: Declared<C>) => number;
  readonly delay?: Duration | ((body: Declared<C>) => number);
  readonly capacity?: number;
}

/** A channel: a named pipe between routes. Durable unless its `mode` says otherwise. Its callbacks get the body. */
export function channel<C extends ContractInput = JsonSchema>(name: string, options: ChannelInput<C> = {}): ChannelRef<Declared<C>> {
  const onBody = (callback: unknown) =>
    // The types above say that these options are functions of the body.
    typeof callback === "function" ? (message: Message) => (callback as (body: unknown) => unknown)(message.body) : callback;
  const { orderedBy, priority, delay, deadLetter, ...rest } = options;
  const raw = {
    ...rest,
    ...defined({
      orderedBy: onBody(orderedBy),
      priority: onBody(priority),
      delay: onBody(delay),
      deadLetter: isRecord(deadLetter) ? deadLetter["channel"] : deadLetter,
    }),
  };
  const reference: ChannelRef<Declared<C>> & { readonly [CHANNEL]: unknown } = { channel: name, [CHANNEL]: raw };
  return reference;
}

/** A system: an application or organisation that routes talk to. */
export function system(name: string, options: Omit<SystemDefinition, "name"> = {}): SystemDefinition {
  return { name, ...options };
}

export interface ValueMapInput extends Omit<ValueMapDefinition, "refresh"> {
  readonly refresh?: Duration;
}

/**
 * A code list: what stands for each value of another system.
 *
 * @example
 * valueMap("countries", { file: "./countries.csv", key: "name", value: "code" }) // then $valueMap("countries", body.country)
 */
export function valueMap(name: string, options: Omit<ValueMapInput, "name">): ValueMapInput {
  return { name, ...options };
}

/** A clause that retries: `.onError(retry({ attempts: 8 }))`. */
export function retry(options: RetryInput): ClauseInput {
  return { retry: options };
}

/** A value that is read from the environment at start: `secret("ERP_TOKEN")`. */
export function secret(name: string): string {
  return `\${${name}}`;
}

/** A route whose end fits its declared output. */
export interface CompleteRoute {
  readonly steps: readonly RawStep[];
  readonly [COMPLETE]?: "complete";
}

/** Interceptions of all routes of an app. */
export interface AppInterception extends InterceptionInput {
  readonly steps: Block<unknown, unknown, unknown>;
}

export interface AppInput {
  readonly routes: readonly CompleteRoute[];
  /** Channels that no route of the app names; the others are found by themselves. */
  readonly channels?: readonly { readonly channel: string }[];
  readonly systems?: readonly SystemDefinition[];
  /** Code lists for `$valueMap` and for mapping tables. */
  readonly valueMaps?: readonly ValueMapInput[];
  readonly errors?: { readonly deadLetter?: string; readonly retry?: RetryInput; readonly onError?: readonly ClauseInput[] };
  readonly intercept?: readonly AppInterception[];
}

/** An app as the builder made it: its name and its flow tree. */
export interface App {
  readonly [APP]: true;
  readonly name: string;
  readonly flow: Readonly<Record<string, unknown>>;
}

/** Puts routes together; what it yields is an entry file's default export. */
export function app(name: string, { routes, channels = [], systems = [], valueMaps = [], errors = {}, intercept = [] }: AppInput): App {
  const rawRoutes: Record<string, unknown> = {};
  for (const builder of routes as readonly Builder[]) {
    const { parts } = builder;
    if (parts === undefined) continue;
    if (Object.hasOwn(rawRoutes, parts.id)) {
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route "${parts.id}" exists twice in app "${name}"`, {
        findings: [{ path: `routes.${parts.id}`, message: `route "${parts.id}" exists twice` }],
      });
    }
    const { id, options, ...lists } = parts;
    rawRoutes[id] = { ...options, ...lists, steps: builder.steps };
  }
  const rawIntercept = intercept.map(({ steps, ...rest }) => ({ ...rest, steps: steps(emptyBlock()).steps }));
  const rawChannels: Record<string, unknown> = {};
  for (const reference of channelsIn([rawRoutes, channels, rawIntercept])) rawChannels[reference.channel] = reference[CHANNEL];
  return {
    [APP]: true,
    name,
    flow: {
      routes: rawRoutes,
      channels: rawChannels,
      systems: byName(systems),
      valueMaps: byName(valueMaps),
      errors,
      intercept: rawIntercept,
    },
  };
}

function byName(named: readonly { readonly name: string }[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(named.map(({ name, ...rest }) => [name, rest]));
}

function emptyBlock(): Steps<unknown> {
  const builder: Builder = build({ id: "", options: {}, from: [], onError: [], onComplete: [], intercept: [] });
  // As with `route`: the methods come from the patterns.
  return builder as unknown as Steps<unknown>;
}

/** Whether a value is what `app` returned. */
export function isApp(value: unknown): value is App {
  return isRecord(value) && APP in value;
}

function* channelsIn(value: unknown): Iterable<{ readonly channel: string; readonly [CHANNEL]: unknown }> {
  if (typeof value !== "object" || value === null || isStandardSchema(value)) return;
  if (CHANNEL in value && "channel" in value) {
    yield value as { readonly channel: string; readonly [CHANNEL]: unknown };
    return;
  }
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
  for (const child of Object.values(value)) yield* channelsIn(child);
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
