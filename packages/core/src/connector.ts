import type { Clock } from "./clock.ts";
import type { Contract, ContractCheck } from "./contract.ts";
import type { Expression } from "./expression.ts";
import type { Format } from "./format.ts";
import type { Logger } from "./log.ts";
import type { HeaderValue, Headers, Message } from "./message.ts";
import type { OptionSpecs, OptionsOf } from "./options.ts";
import type { Finding, Place, PortolanError } from "./portolan-error.ts";
import type { Random } from "./random.ts";
import type { SetPositionEffect } from "./store.ts";

/**
 * One technology: its sources and targets, and all that docs, YAML schema, console forms and validation need to know.
 * Third-party clients are loaded inside `open`.
 */
export interface ConnectorDefinition<SourceSpecs extends OptionSpecs = OptionSpecs, TargetSpecs extends OptionSpecs = OptionSpecs> {
  /** The key in flow files, and the scheme of its addresses. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly source?: SourceDefinition<SourceSpecs>;
  readonly target?: TargetDefinition<TargetSpecs>;
}

export interface SourceDefinition<Specs extends OptionSpecs = OptionSpecs> {
  readonly summary: string;
  readonly options: Specs;
  /** What a person should read at start, such as `POST /orders`. */
  describe(options: OptionsOf<Specs>): string;
  /** Options that contradict each other, in words; an empty list if none do. */
  check?(options: OptionsOf<Specs>): readonly string[];
  /** What is wrong with all sources of this connector that an app has, taken together; asked once at start, before any is opened, and by `portolan check`. */
  checkAll?(
    sources: readonly PlacedSource<Specs>[],
    services: ConnectorServices,
    targets?: readonly PlacedTarget[],
  ): Promise<readonly Finding[]>;
  /** Whether somebody waits for the reply (a door), or messages are one-way. */
  readonly replies: boolean;
  /** Starts the source; resolves when it can take messages. It calls `deliver` only after that. */
  open(options: OptionsOf<Specs>, context: SourceContext): Promise<RunningSource>;
  /** How steps take single messages from it (`pollEnrich`). Left out by sources that cannot be asked for one. */
  readonly poll?: PollDefinition<Specs>;
}

/** A source of an app, and where it stands. */
export interface PlacedSource<Specs extends OptionSpecs = OptionSpecs> {
  readonly options: OptionsOf<Specs>;
  readonly path: string;
  readonly place?: Place | undefined;
  readonly route?: PlacedRoute;
}

/** A target of the same connector, for `checkAll`: what sources and targets make together can only be seen on both. */
export interface PlacedTarget {
  readonly options: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly place?: Place | undefined;
}

/** What is known of the route of a source before any is opened. */
export interface PlacedRoute {
  readonly id: string;
  readonly input?: Contract | undefined;
  readonly output?: Contract | undefined;
}

export interface PollDefinition<Specs extends OptionSpecs = OptionSpecs> {
  /** Options that make no sense where single messages are taken, in words; an empty list if all do. */
  check?(options: OptionsOf<Specs>): readonly string[];
  /** Called once for each step that polls, at start. Nothing is taken before the first `take`. */
  open(options: OptionsOf<Specs>, context: PollContext): Promise<PolledSource>;
}

/** A source that is asked for messages, one at a time. Several units of work may ask it at once; none gets what another one has. */
export interface PolledSource {
  /**
   * The next message, or undefined if there is none within `waitMs`; 0 looks once. Rejects with the reason of the signal when
   * it is aborted first, and with a PortolanError if the system cannot be asked. What cannot be read as a message is put
   * aside by the source, as when it delivers by itself, and does not fail whoever asks.
   */
  take(request: PollRequest): Promise<PolledMessage | undefined>;
  /** Called when no unit of work has a message of it any more. Resolves when those that have ended are dealt with. */
  close(): Promise<void>;
}

export interface PollRequest {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A message that nobody else gets until the unit of work that took it has ended, or the process. */
export interface PolledMessage {
  readonly incoming: Incoming;
  /** Committed with the effects of the unit of work, so that a message whose acknowledgement was lost is not taken again. */
  readonly position?: Omit<SetPositionEffect, "kind">;
  /**
   * Called once. True: the unit of work is committed, the message is done with. False: nothing happened, the next `take` may
   * answer it again. What follows from it goes on in the background, and its failures are the source's to log and to mend.
   */
  ended(committed: boolean): void;
}

export interface RunningSource {
  /**
   * For a source that has an end, such as a stream: resolves when everything was delivered and has ended, rejects if the rest
   * cannot be read. Other sources have none.
   */
  readonly ended?: Promise<void>;
  /** Takes no new message and resolves when those that it delivered have ended and its resources are closed. */
  close(): Promise<void>;
}

/** What came from the wire. There are no attributes: wire data never reaches the engine's control. */
export interface Incoming {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** A stable id of the wire, if it has one: the same on every attempt. */
  readonly id?: string;
}

export interface DeliverOptions {
  /** `request`: somebody waits for the reply and gets the error. Default `oneWay`. */
  readonly mode?: "oneWay" | "request";
  /**
   * Who learns of a failure that the route does not deal with. `report` (default): `deliver` throws.
   * `deadLetter`: nobody can be told, so the message goes to the dead letter and `deliver` resolves.
   */
  readonly failure?: "report" | "deadLetter";
  /** How far the source has come; committed with the effects of the message. */
  readonly position?: Omit<SetPositionEffect, "kind">;
  /**
   * Why the source could not read the message, whose body then is what came, such as bytes. The route fails with this before
   * its first step, as with a body that breaks its contract.
   */
  readonly unreadable?: PortolanError | undefined;
  /** Aborted when nobody waits any more; steps in progress are told. */
  readonly signal?: AbortSignal;
}

/** What the engine gives a source that is asked for messages. */
export interface PollContext {
  /** The route that the source belongs to. */
  readonly route: string;
  /** A name for positions and logs, stable over restarts. */
  readonly name: string;
  /** The last committed position of that name. */
  position(name: string): Promise<unknown>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** What doors and connectors share on this node, such as the HTTP host. */
  readonly services: ConnectorServices;
}

/** What the engine gives a running source. */
export interface SourceContext extends PollContext {
  /**
   * Processes one message: resolves after its unit of work committed, with the route's result (undefined if it was dropped);
   * throws a PortolanError otherwise. Acknowledge the wire after it resolved. While it does not resolve, slow down.
   */
  deliver(incoming: Incoming, options?: DeliverOptions): Promise<Message | undefined>;
  /**
   * `deliver` for doors, whose requests are small and many: where nothing had to wait, the result is there at once, without
   * a promise, and an error is thrown at once. Left out by whoever cannot tell.
   */
  readonly answer?: (incoming: Incoming, options?: DeliverOptions) => Message | undefined | Promise<Message | undefined>;
  /** The route's contracts, for doors that answer a breach themselves or document it. */
  readonly input?: ContractCheck | undefined;
  readonly output?: ContractCheck | undefined;
}

/** Formats by name or media type, and the shared HTTP host as `http` (its type is the gateway's). */
export interface ConnectorServices {
  /** The format of a name. Its options, as people write them, are read by its specs: PORTOLAN_CONFIG_INVALID says what is wrong. */
  format(name: string, options?: Readonly<Record<string, unknown>>): Format | undefined;
  formatFor(mediaType: string): Format | undefined;
  /** The names of all formats, for errors that say which there are. */
  readonly formatNames?: readonly string[];
  /** The content of a file of the app, decoded in the format of its name; paths start in the directory. Throws PORTOLAN_CONFIG_INVALID or PORTOLAN_FORMAT_INVALID. */
  readonly readFile?: (path: string) => unknown;
  readonly http?: unknown;
  /** Whether the app runs for its users: what only finds mistakes of its developers need not be looked at then. */
  readonly isProduction?: boolean;
  /** Relative paths of options start here. */
  readonly directory: string;
  /** Makes a stream that can be read once one that can be read again. Left out by whoever has no place for it. */
  readonly spool?: (stream: AsyncIterable<unknown>) => SpooledStream;
}

/** What a stream has yielded, kept out of memory. */
export interface SpooledStream {
  /** Reads from the start each time it is iterated. */
  readonly records: AsyncIterable<unknown>;
  /** Ends the stream and frees its place; nobody may read it any more. */
  close(): Promise<void>;
}

export interface TargetDefinition<Specs extends OptionSpecs = OptionSpecs> {
  readonly summary: string;
  readonly options: Specs;
  describe(options: OptionsOf<Specs>): string;
  check?(options: OptionsOf<Specs>): readonly string[];
  /** Whether `call` gets a reply. */
  readonly replies: boolean;
  /** Called once per target of the definition at start. */
  open(options: OptionsOf<Specs>, context: TargetContext): Promise<RunningTarget>;
  /** Options for a computed address such as `https://host/path`, if the connector has addresses. */
  readonly address?: { readonly schemes: readonly string[]; options(address: string): OptionsOf<Specs> };
}

export interface TargetContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly services: ConnectorServices;
  /** An expression of the target's options, ready to be asked for each message; what it yields may be a promise. */
  expression(expression: Expression): (message: Message) => unknown;
}

export interface RunningTarget {
  /**
   * Sends one message; resolves when the system took it, with its reply if it has one. Throws a PortolanError whose
   * kind says whether the same may work later. At least once: `key` is the same on every attempt of the same send.
   */
  send(message: Message, request: SendRequest): Promise<Reply | undefined>;
  close(): Promise<void>;
}

export interface SendRequest {
  /** `call` wants a reply. */
  readonly mode: "to" | "call";
  /** A stable idempotency key. */
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly body: unknown;
  readonly headers: Headers;
}

/** Checks at compile time that a connector's functions fit its option specs. */
export function defineConnector<SourceSpecs extends OptionSpecs, TargetSpecs extends OptionSpecs>(
  definition: ConnectorDefinition<SourceSpecs, TargetSpecs>,
): ConnectorDefinition {
  // Options reach `open` only after `readOptions` with the same specs; outside, connectors of all shapes share one list.
  return definition as unknown as ConnectorDefinition;
}

/** Under this symbol the references that a connector's functions return carry its definition. */
export const CONNECTOR: unique symbol = Symbol.for("portolan.connector");

declare const BODY: unique symbol;
declare const REPLY: unique symbol;

/** A source as a flow file holds it, such as `{ schedule: { every: 5000 } }`, with the type of the bodies that it yields. */
export interface SourceRef<Body = unknown> {
  readonly [CONNECTOR]: ConnectorDefinition;
  /** Never set: it carries the type only. */
  readonly [BODY]?: Body;
}

/** A target as a flow file holds it, with the types of the bodies that it takes and of its reply. */
export interface TargetRef<In = never, Reply = unknown> {
  readonly [CONNECTOR]: ConnectorDefinition;
  /** Never set. A function, so that a target which wants more than a body offers does not compile. */
  readonly [BODY]?: (body: In) => void;
  readonly [REPLY]?: Reply;
}

/** What a connector's functions return: its options under its key, and its definition under CONNECTOR. */
export function attachConnector<Options extends object>(
  definition: ConnectorDefinition,
  options: Options,
): { readonly [CONNECTOR]: ConnectorDefinition } & Readonly<Record<string, Options>> {
  return { [definition.name]: options, [CONNECTOR]: definition } as { readonly [CONNECTOR]: ConnectorDefinition } & Readonly<
    Record<string, Options>
  >;
}
